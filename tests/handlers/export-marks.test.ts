import { expect, it, onTestFinished } from "vitest";
import { exportMarks } from "../../handlers/aws/export-marks.ts";
import { keysOnly, openTable } from "../dynamodb-rig.ts";

it("keeps one mark a day, and removes none that was set again meanwhile", async () => {
  const { documents, end } = await openTable(keysOnly("marks"));
  onTestFinished(end);
  let moment = "2026-11-23T06:00:00.000Z";
  const marks = exportMarks(documents, "marks", () => new Date(moment));
  await marks.set("2026-03-02");
  await marks.set("2026-03-01");
  const [first, second] = await marks.all();
  expect([first, second]).toEqual([
    { day: "2026-03-01", at: moment },
    { day: "2026-03-02", at: moment },
  ]);
  moment = "2026-11-23T07:00:00.000Z";
  await marks.set("2026-03-01");
  for (const mark of [first!, second!]) await marks.remove(mark);
  expect(await marks.all()).toEqual([{ day: "2026-03-01", at: moment }]);
  // One that is gone already.
  await marks.remove(second!);
});
