import type { Picture, Status } from "../../handlers/record.ts";
import type { MemoryCatalog } from "../fixtures/memory-ports.ts";

/** One change of a record, as the table's stream tells it. */
export interface Change {
  /** Which actor made it. */
  readonly by: string;
  readonly pictureId: string;
  readonly from: Status | undefined;
  /** Undefined where the record was taken out. */
  readonly to: Status | undefined;
  readonly record: Picture | undefined;
  /** ISO 8601. */
  readonly at: string;
}

const writing = ["add", "move", "replace", "amend", "touch", "remove"] as const;

/** The catalog as one actor has it, that tells of each change. */
export function watched(
  catalog: MemoryCatalog,
  by: string,
  now: () => Date,
  tell: (change: Change) => void,
): MemoryCatalog {
  const told =
    (write: (...given: never[]) => Promise<unknown>) =>
    async (...given: unknown[]) => {
      const { pictureId } = given.find((one) => typeof one === "object") as Picture;
      const before = catalog.records.get(pictureId);
      const answer = await write(...(given as never[]));
      const record = catalog.records.get(pictureId);
      if (record !== before)
        tell({ by, pictureId, from: before?.status, to: record?.status, record, at: now().toISOString() });
      return answer;
    };
  return { ...catalog, ...Object.fromEntries(writing.map((name) => [name, told(catalog[name])])) };
}
