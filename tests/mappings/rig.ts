import type { Role } from "../../local/lambda/role.ts";
import type { Outcome } from "../../local/lambda/types.ts";
import { config } from "../lambda/rig.ts";

/** How an invocation may end. */
export const ok = (result: unknown = null): Outcome => ({ ok: true, requestId: "r", result });
export const broken: Outcome = { ok: false, requestId: "r", errorType: "Error", errorMessage: "broken" };

/** A role that may do everything, or everything but one action. */
export const roleWithout = (denied?: string): Role => ({
  identity: config.identity,
  authorize: (_, { action }) =>
    action === denied ? { allowed: false, because: `not authorized to perform: ${action}` } : { allowed: true },
});
