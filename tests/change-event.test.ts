import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { z } from "zod";
import { dynamoCatalog } from "../handlers/aws/catalog.ts";
import type { StreamRecord } from "../local/aws/dynamodb/types.ts";
import { accepted, received } from "./contract/ports/records.ts";
import { clientOf, createRig, catalog as table } from "./dynamodb-rig.ts";

const read = (file: string) => JSON.parse(readFileSync(new URL(`../docs/${file}`, import.meta.url), "utf8"));
const schema = z.fromJSONSchema(read("change-event.schema.json"));
const faults = (event: unknown) => schema.safeParse(event).error?.issues ?? [];

it("describes the event that is its example, and refuses what is none", () => {
  const example = read("change-event.example.json");
  expect(faults(example)).toEqual([]);
  const { pictureId: _, ...image } = example.Records[0].dynamodb.NewImage;
  expect(
    faults({ Records: [{ ...example.Records[0], dynamodb: { ...example.Records[0].dynamodb, NewImage: image } }] }),
  ).not.toEqual([]);
  expect(faults({ Records: [] })).not.toEqual([]);
});

it("describes what the catalog writes, whose moves leave alone what others added", async () => {
  const rig = await createRig({ ...table, hashKey: "pk", rangeKey: "sk", attributes: keys, indexes: [] });
  const documents = clientOf(rig.port());
  const catalog = dynamoCatalog(documents, table.name);
  const picture = received();
  const mine = "x-dominant-colour";
  const { pictureId } = picture;
  try {
    await catalog.add(picture);
    // Between an actor's reading and its moving of the record.
    const item = { pk: `picture#${pictureId}`, sk: "record", shard: "0", ...picture, [mine]: "#3a5f0b" };
    await rig.put(item);
    expect(await catalog.move("received", accepted(picture, "ann"))).toBe(true);
    expect(await catalog.get(pictureId)).toEqual({ ...accepted(picture, "ann"), [mine]: "#3a5f0b" });
    const changes: StreamRecord[] = await rig.stream();
    expect(changes.length).toBe(3);
    for (const change of changes) expect(faults({ Records: [change] })).toEqual([]);

    const forgotten = { ...picture, status: "forgotten", deletedAt: picture.changedAt } as const;
    expect(await catalog.move("accepted", forgotten)).toBe(true);
    expect(await catalog.get(pictureId)).not.toHaveProperty([mine]);
  } finally {
    documents.destroy();
    await rig.end();
  }
});

const keys = ["pk", "sk"].map((name) => ({ name, type: "S" }) as const);
