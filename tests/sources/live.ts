import { type Abilities, sourceCases } from "../contract/source.ts";

const onDemand = "a real account does not fail on demand";

/** What can be asked of a real account. */
export const liveAbilities: Abilities = {
  deletes: true,
  cuts: onDemand,
  digests: onDemand,
  hangs: onDemand,
  rateLimits: onDemand,
  credentials: onDemand,
  resets: onDemand,
  writesBack: true,
};

/** Enough of the contract to know that a rig for real accounts does what it says, asked of a fake. */
export const offlineCases = sourceCases.filter(({ title }) =>
  ["gives an overwritten file", "tells that a file was deleted", "writes results back"].some((begin) =>
    title.startsWith(begin),
  ),
);
