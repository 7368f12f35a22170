import type { Authorize, Identity } from "../aws/types.ts";

/** A function's execution role, which a mapping acts as. */
export interface Role {
  readonly identity: Identity;
  readonly authorize: Authorize;
}

/** @throws MappingDenied when the role may not, as AWS refuses to create the mapping. */
export function assertMay(mapping: string, { identity, authorize }: Role, action: string, resource: string): void {
  const decision = authorize(identity, { action, resource });
  if (!decision.allowed) throw new MappingDenied(mapping, decision.because);
}

export class MappingDenied extends Error {
  override readonly name = "MappingDenied";
  readonly code = "MAPPING_DENIED";
  constructor(mapping: string, because: string) {
    super(`[${mapping}] MAPPING_DENIED: AWS would not create this mapping: ${because}. Grant it beside the function.`);
  }
}
