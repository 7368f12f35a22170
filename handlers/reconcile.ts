import type { Measure } from "./measures.ts";
import type { Log } from "./ports.ts";
import { type ObjectsDeps, takeUpObjects } from "./reconcile-objects.ts";
import { type RecordsDeps, wakeRecords } from "./reconcile-records.ts";
import { type AdoptDeps, adoptStranded } from "./regions/adopt.ts";

export type ReconcileDeps = ObjectsDeps &
  RecordsDeps &
  AdoptDeps & { readonly log: Log; readonly measure: Measure<"Environment"> };

/**
 * Finds what was lost on the way, and puts it back on it: objects that came in and have no record,
 * records that stand still, and what a Region that is out has not finished. Everything it does may be done twice, and a run that is cut off is
 * gone on with by the next.
 */
export const createReconcile =
  (deps: ReconcileDeps) =>
  async (timeLeft: () => number): Promise<void> => {
    const begun = deps.now().getTime();
    // Records wait for nobody, but a first look through a full bucket may take all the time there is.
    const adopted = await adoptStranded(deps, () => timeLeft() / 2);
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
      adopted,
      stuck,
    });
  };
