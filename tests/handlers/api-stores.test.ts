import { CloudFrontClient, TooManyInvalidationsInProgress } from "@aws-sdk/client-cloudfront";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { describe, expect, it, onTestFinished } from "vitest";
import { auditTrail } from "../../handlers/aws/audit.ts";
import { cdnCache } from "../../handlers/aws/cdn-cache.ts";
import { uploadsBegun } from "../../handlers/aws/uploads-begun.ts";
import { caller, keysOnly, openTable, region } from "../dynamodb-rig.ts";

const name = "stores";

async function start() {
  const { plain, documents, end } = await openTable(keysOnly(name));
  onTestFinished(end);
  const clock = { now: new Date("2026-11-23T12:00:00.000Z") };
  const items = async () => (await plain.send(new ScanCommand({ TableName: name }))).Items ?? [];
  return {
    clock,
    items,
    audit: auditTrail(documents, name),
    begun: uploadsBegun(documents, name, () => clock.now),
  };
}

describe("the trail of decisions", () => {
  const said = (second: number, more = {}) => ({
    pictureId: `picture-${second}`,
    verdict: "reject" as const,
    reason: "Not ours.",
    by: "rita@example.com",
    at: new Date(Date.UTC(2026, 10, 23, 12, 0, second)).toISOString(),
    ...more,
  });

  it("tells the latest, newest first, as they were said", async () => {
    const { audit } = await start();
    expect(await audit.last(50)).toEqual([]);
    const all = [3, 1, 4, 5, 9, 2, 6].map((second) =>
      said(second, second === 9 ? { verdict: "accept", reason: "" } : {}),
    );
    for (const one of all) expect(await audit.add(one)).toBe(true);
    const newest = all.toSorted((a, b) => (a.at < b.at ? 1 : -1));
    expect(await audit.last(50)).toEqual(newest);
    expect(await audit.last(3)).toEqual(newest.slice(0, 3));
  });

  it("tells of what was said which did not take", async () => {
    const { audit } = await start();
    for (const second of [1, 2]) await audit.add(said(second));
    await audit.lose(said(1));
    expect(await audit.last(50)).toEqual([said(2), said(1, { lost: true })]);
    // Somebody else's of the same moment is not touched, and none comes to be.
    for (const other of [said(2, { by: "bob@example.com" }), said(3)])
      await expect(audit.lose(other)).rejects.toMatchObject({ name: "ConditionalCheckFailedException" });
    expect(await audit.last(50)).toEqual([said(2), said(1, { lost: true })]);
  });

  it("is only ever added to, and no time takes it away", async () => {
    const { audit, items } = await start();
    expect(await audit.add(said(1))).toBe(true);
    expect(await audit.add(said(1, { verdict: "accept", by: "bob@example.com" }))).toBe(false);
    expect(await audit.add(said(1, { pictureId: "another" }))).toBe(true);
    expect(await audit.last(50)).toEqual([said(1), said(1, { pictureId: "another" })]);
    for (const item of await items()) expect(Object.keys(item)).not.toContain("expiresAt");
  });
});

describe("uploads in parts that were begun", () => {
  const upload = {
    key: "uploads/7",
    type: "image/jpeg",
    bytes: 20_000_000,
    metadata: { name: "a.jpg", uploader: "ann%40example.com" },
    by: "ann@example.com",
  };

  it("are known until their time is over, and go by themselves", async () => {
    const { begun, clock, items } = await start();
    const until = new Date(clock.now.getTime() + 24 * 3600_000);
    await begun.keep("7", upload, until);
    expect(await begun.get("7")).toEqual(upload);
    expect((await items()).map(({ expiresAt }) => expiresAt)).toEqual([{ N: String(until.getTime() / 1000) }]);
    clock.now = new Date(until.getTime() - 1);
    expect(await begun.get("7")).toEqual(upload);
    clock.now = until;
    expect(await begun.get("7")).toBeUndefined();
  });

  it("are none where nobody began one, whatever the id", async () => {
    const { begun } = await start();
    for (const id of ["nobody", "x".repeat(5000), "\ud800"]) expect(await begun.get(id)).toBeUndefined();
  });
});

it("waits for its turn where CloudFront has its hands full, and gives up within a function's minute", async () => {
  const full = new TooManyInvalidationsInProgress({ $metadata: {}, message: "15 at most" });
  const world = (refusals: number) => {
    const [sent, rests]: [unknown[], number[]] = [[], []];
    const client = {
      send: async (command: unknown) => {
        if (sent.push(command) <= refusals) throw full;
      },
    } as unknown as CloudFrontClient;
    return { sent, rests, invalidate: cdnCache(client, "E1", async (ms) => void rests.push(ms)) };
  };
  const patient = world(2);
  await patient.invalidate("id/", "id 1");
  // The very same request: CloudFront takes it once, whatever it did with the first.
  expect(new Set(patient.sent).size).toBe(1);
  expect([patient.sent.length, patient.rests.length]).toEqual([3, 2]);
  const hopeless = world(Number.POSITIVE_INFINITY);
  await expect(hopeless.invalidate("id/", "id 1")).rejects.toBe(full);
  expect(hopeless.rests.reduce((sum, ms) => sum + ms)).toBeLessThan(45_000);
});

it("has a distribution forget all under a prefix, in a request that can be repeated", async () => {
  const client = new CloudFrontClient({
    region,
    credentials: { accessKeyId: caller.accessKeyId, secretAccessKey: caller.secretAccessKey },
  });
  const sent: { readonly method: string; readonly path: string; readonly body: string }[] = [];
  client.config.requestHandler.handle = async (request) => {
    sent.push({ method: request.method, path: request.path, body: String(request.body) });
    return { response: { statusCode: 201, headers: {}, body: undefined } } as never;
  };
  await cdnCache(client, "EDFDVBD6EXAMPLE")("id/", "id 2026-11-23T12:00:00.000Z");
  expect(sent).toMatchObject([{ method: "POST", path: "/2020-05-31/distribution/EDFDVBD6EXAMPLE/invalidation" }]);
  expect(sent[0]?.body).toContain("<CallerReference>id 2026-11-23T12:00:00.000Z</CallerReference>");
  expect(sent[0]?.body).toContain("<Quantity>1</Quantity><Items><Path>/id/*</Path></Items>");
});
