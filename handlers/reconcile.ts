import type { Measure } from "./measures.ts";
import type { Log } from "./ports.ts";
import { type ObjectsDeps, takeUpObjects } from "./reconcile-objects.ts";
import { type RecordsDeps, wakeRecords } from "./reconcile-records.ts";

export type ReconcileDeps = ObjectsDeps & RecordsDeps & { readonly log: Log; readonly measure: Measure<"Environment"> };

/**
 * Finds what was lost on the way, and puts it back on it: objects that came in and have no record,
 * and records that stand still. Everything it does may be done twice, and a run that is cut off is
 * gone on with by the next.
 */
export const createReconcile =
  (deps: ReconcileDeps) =>
  async (timeLeft: () => number): Promise<void> => {
    const begun = deps.now().getTime();
    // Records wait for nobody, but a first look through a full bucket may take all the time there is.
    const records = await wakeRecords(deps, () => timeLeft() / 2);
    const objects = await takeUpObjects(deps, timeLeft);
    const stuck = records.stuck + objects.stuck;
    deps.measure({ Stranded: objects.stranded, Woken: records.woken, Stuck: stuck });
    deps.log("reconciled", {
      actor: "reconcile",
      ms: deps.now().getTime() - begun,
      objects: objects.looked,
      stranded: objects.stranded,
      still: records.still,
      woken: records.woken,
      stuck,
    });
  };
