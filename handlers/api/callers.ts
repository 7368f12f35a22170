import type { Context } from "hono";
import { problem } from "./problems.ts";
import type { Caller, HonoEnv, Operator, Person } from "./types.ts";

/** How a route asks who calls. Each throws the problem to answer when it is nobody that may. */

type Asked = Context<HonoEnv>;

/** @throws Problem `SIGN_IN_FIRST` */
export function anyCaller(c: Asked): Caller {
  const { caller } = c.var;
  if (caller === undefined)
    throw problem("SIGN_IN_FIRST", "Expected somebody who has signed in. Sign in and try again.");
  return caller;
}

/** @throws Problem `SIGN_IN_FIRST`, or `NOT_ALLOWED` for an operator */
export function person(c: Asked): Person {
  const caller = anyCaller(c);
  if (caller.kind !== "person") throw problem("NOT_ALLOWED", "Expected a person who has signed in on the page.");
  return caller;
}

/** An operator or a reviewer. @throws Problem `SIGN_IN_FIRST`, `NOT_ALLOWED` */
export function staff(c: Asked): Caller {
  const caller = anyCaller(c);
  if (caller.kind === "person" && !caller.reviewer)
    throw problem("NOT_ALLOWED", "Expected a reviewer. Ask for your address to be added to the stack's reviewers.");
  return caller;
}

/** @throws Problem `SIGN_IN_FIRST`, `NOT_ALLOWED` */
export function operator(c: Asked): Operator {
  const caller = anyCaller(c);
  if (caller.kind !== "operator")
    throw problem("NOT_ALLOWED", "Expected an operator. Ask by the stack's apiUrl, with AWS credentials.");
  return caller;
}

/** What a record or an audit item calls them. */
export const nameOf = (caller: Caller): string => (caller.kind === "operator" ? caller.arn : caller.email);
