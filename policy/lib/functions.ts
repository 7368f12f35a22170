import { listOf, peek, type Seen } from "./seen.ts";
import { isOf, type Stack } from "./stack.ts";
import { allows, type Statement } from "./statements.ts";

/** All that a function's role may do. */
export function grantsOf(stack: Stack, fn: Seen): Statement[] {
  const roles = stack.of("aws:iam/role:Role").filter((role) => isOf(() => fn.props["role"], fn, "role", role));
  return roles.flatMap((role) =>
    stack.naming("aws:iam/rolePolicy:RolePolicy", "role", role).flatMap(({ props }) => allows(props["policy"])),
  );
}

const of = (type: string, stack: Stack, fn: Seen, property = "functionName") =>
  stack.naming(`aws:lambda/${type}`, property, fn);

export const mappingsOf = (stack: Stack, fn: Seen): Seen[] => of("eventSourceMapping:EventSourceMapping", stack, fn);

/** Whether a mapping reads a stream, and not a queue: only streams have a place to start at. */
export const readsStream = ({ props }: Seen): boolean =>
  Boolean(peek(() => props["startingPosition"])) ||
  /:(dynamodb|kinesis):/.test(peek(() => props["eventSourceArn"]) ?? "");

/** Whether people or programs from outside may cause it to run. */
export const isOpen = (stack: Stack, fn: Seen): boolean =>
  of("functionUrl:FunctionUrl", stack, fn).length > 0 ||
  callersOf(stack, fn).some((principal) => /^(\*|(apigateway|elasticloadbalancing|cloudfront)\.)/.test(principal));

/** What calls it and does not wait for an answer, by name: nobody else would hear of a failure. */
export const asyncCallersOf = (stack: Stack, fn: Seen): string[] => [
  ...callersOf(stack, fn).filter((principal) => /^(s3|sns|events|scheduler|ses|iot|logs)\./.test(principal)),
  ...stack
    .of("aws:scheduler/schedule:Schedule")
    .filter((schedule) => isOf(() => schedule.props["target"]?.arn, schedule, "target", fn))
    .map(({ name }) => name),
];

/** Whether what fails for good is kept somewhere. */
export const keepsFailures = (stack: Stack, fn: Seen): boolean =>
  Boolean(mention(() => fn.props["deadLetterConfig"]?.targetArn)) ||
  of("functionEventInvokeConfig:FunctionEventInvokeConfig", stack, fn).some(({ props }) =>
    mention(() => props["destinationConfig"]?.onFailure?.destination),
  );

/** Whether there is a value, though it may not be known yet. */
export const mention = (read: () => unknown): boolean => {
  const seen = peek(() => ({ value: read() }));
  return seen === undefined || Boolean(seen.value);
};

const callersOf = (stack: Stack, fn: Seen): string[] =>
  of("permission:Permission", stack, fn, "function").flatMap(({ props }) =>
    listOf<string>(peek(() => props["principal"] as string)),
  );
