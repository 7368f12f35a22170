import type { Context, DynamoDBRecord, SQSRecord } from "aws-lambda";
import { afterEach, describe, expect, it, vi } from "vitest";
import { onObjectCreated, onPictureChange, runtime } from "../../handlers/aws/runtime.ts";
import { logLines } from "./log-lines.ts";

/** What the function's log would show: one JSON object a line. */
const lines = logLines();
afterEach(() => void vi.unstubAllEnvs());

const context = { awsRequestId: "1", getRemainingTimeInMillis: () => 10_000 } as Context;

/** A step that is told which of its subjects to fail. */
function step(...failing: string[]) {
  const woken: string[] = [];
  const run = async (subject: string) => {
    woken.push(subject);
    if (failing.includes(subject)) throw new Error(`NO_LUCK: with ${subject}.`);
  };
  return { woken, run };
}

describe("onPictureChange", () => {
  const change = (sequence: number, image: Record<string, string> | undefined): DynamoDBRecord => ({
    eventID: `event ${sequence}`,
    eventName: image ? "MODIFY" : "REMOVE",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "eu-west-1",
    eventSourceARN: "arn:aws:dynamodb:eu-west-1:111122223333:table/catalog/stream/2026-11-23T00:00:00.000",
    dynamodb: {
      ApproximateCreationDateTime: 1_795_435_200,
      Keys: { pk: { S: `picture#${sequence}` }, sk: { S: "record" } },
      NewImage: image && Object.fromEntries(Object.entries(image).map(([name, value]) => [name, { S: value }])),
      OldImage: { status: { S: "received" } },
      SequenceNumber: `${sequence}00000000000000000000`,
      SizeBytes: 300,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
  });
  const accepted = (sequence: number) => change(sequence, { pictureId: `id${sequence}`, status: "accepted" });
  const failures = (...sequences: number[]) => ({
    batchItemFailures: sequences.map((sequence) => ({ itemIdentifier: `${sequence}00000000000000000000` })),
  });
  const deliver = (run: (id: string) => Promise<void>, Records: DynamoDBRecord[]) =>
    onPictureChange("accepted", run)({ Records }, context, () => {});

  it("wakes the step for every picture, and says nothing when all goes well", async () => {
    const { woken, run } = step();
    expect(await deliver(run, [1, 2, 3].map(accepted))).toEqual(failures());
    expect(woken).toEqual(["id1", "id2", "id3"]);
    expect(lines).toEqual([]);
  });

  it("asks for the failed ones again, alone", async () => {
    const { woken, run } = step("id2", "id4");
    expect(await deliver(run, [1, 2, 3, 4, 5].map(accepted))).toEqual(failures(2, 4));
    expect(woken).toHaveLength(5);
  });

  it("asks for all of them when all failed, rather than fail as a whole", async () => {
    expect(await deliver(step("id1", "id2").run, [1, 2].map(accepted))).toEqual(failures(1, 2));
    expect(await deliver(step("id1").run, [accepted(1)])).toEqual(failures(1));
  });

  it("forgets a batch's failures before the next", async () => {
    const { run } = step("id1");
    const handler = onPictureChange("accepted", run);
    expect(await handler({ Records: [1, 2].map(accepted) }, context, () => {})).toEqual(failures(1));
    expect(await handler({ Records: [accepted(3)] }, context, () => {})).toEqual(failures());
  });

  it("logs each failure once, with its message and where it came from", async () => {
    await deliver(step("id1", "id3").run, [1, 2, 3].map(accepted));
    expect(lines).toMatchObject([
      { level: "ERROR", message: "failed", error: { name: "Error", message: "NO_LUCK: with id1." } },
      { level: "ERROR", message: "failed", error: { name: "Error", message: "NO_LUCK: with id3." } },
    ]);
    expect(JSON.stringify(lines[0]?.["error"])).toContain("runtime.test.ts");
  });

  it.each<[string, DynamoDBRecord]>([
    ["of another status", change(7, { pictureId: "id7", status: "review" })],
    ["that is no picture's", change(7, { count: "1", open: "1" })],
    ["without an id", change(7, { status: "accepted" })],
    ["that was removed", change(7, undefined)],
  ])("refuses a change %s, with words that name the filter, and takes the others", async (_, strange) => {
    const { woken, run } = step();
    expect(await deliver(run, [accepted(1), strange, accepted(2)])).toEqual(failures(7));
    expect(woken).toEqual(["id1", "id2"]);
    expect(lines).toMatchObject([
      { error: { message: expect.stringMatching(/^EVENT_STRANGE: expected .* accepted, .*picture#7.*filter/) } },
    ]);
  });
});

describe("onPictureChange, told by a queue", () => {
  const heard = (id: string, body: unknown) =>
    ({ messageId: `message of ${id}`, body: JSON.stringify(body), attributes: {} }) as SQSRecord;
  const change = (id: string, status = "accepted") =>
    heard(id, { eventName: "MODIFY", dynamodb: { NewImage: { pictureId: { S: id }, status: { S: status } } } });

  it("wakes the same step, and asks by message for the failed ones again, alone", async () => {
    const { woken, run } = step("id2");
    const Records = [change("id1"), change("id2"), change("id3", "review"), heard("id4", "nonsense")];
    const { batchItemFailures = [] } = Object(await onPictureChange("accepted", run)({ Records }, context, () => {}));
    const failed = batchItemFailures.map(({ itemIdentifier }: { itemIdentifier: string }) => itemIdentifier);
    expect(failed.sort()).toEqual(["message of id2", "message of id3", "message of id4"]);
    expect(woken).toEqual(["id1", "id2"]);
    expect(lines).toHaveLength(3);
    expect(lines).toContainEqual(expect.objectContaining({ pictureId: "id2", message: "failed" }));
  });
});

describe("onObjectCreated", () => {
  const message = (id: string, body: unknown): SQSRecord => ({
    messageId: id,
    receiptHandle: `receipt of ${id}`,
    body: typeof body === "string" ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "1795435200000",
      SenderId: "AIDA",
      ApproximateFirstReceiveTimestamp: "1795435200001",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-west-1:111122223333:intake",
    awsRegion: "eu-west-1",
  });
  const created = (key: string | undefined, bucket = "incoming") => ({
    version: "0",
    id: "17793124-05d4-b198-2fde-7ededc63b103",
    "detail-type": "Object Created",
    source: "aws.s3",
    account: "111122223333",
    time: "2026-11-23T12:00:00Z",
    region: "eu-west-1",
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: "0",
      bucket: { name: bucket },
      object: { key, size: 5, etag: "b57f9512698f4b09e608f4f2a65852e5", sequencer: "00617F08299329D189" },
      "request-id": "N4N7GDK58NMKJ12R",
      requester: "111122223333",
      reason: "PutObject",
    },
  });
  const failures = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });
  const deliver = (run: (key: string) => Promise<void>, Records: SQSRecord[]) =>
    onObjectCreated("incoming", run)({ Records }, context, () => {});

  it("wakes ingest with every key as it is: EventBridge has not encoded it", async () => {
    const { woken, run } = step();
    const keys = ["uploads/1", "a b+c%20d.jpg", "été/..%2f\u{1f600}.jpg"];
    expect(
      await deliver(
        run,
        keys.map((key, i) => message(`m${i}`, created(key))),
      ),
    ).toEqual(failures());
    expect(woken).toEqual(keys);
    expect(lines).toEqual([]);
  });

  it("asks for the failed ones again, alone, and logs each once", async () => {
    const { woken, run } = step("uploads/2");
    const batch = [1, 2, 3].map((i) => message(`m${i}`, created(`uploads/${i}`)));
    expect(await deliver(run, batch)).toEqual(failures("m2"));
    expect(woken).toHaveLength(3);
    expect(lines).toMatchObject([{ message: "failed", error: { message: "NO_LUCK: with uploads/2." } }]);
    expect(await deliver(step("uploads/1").run, batch.slice(0, 1))).toEqual(failures("m1"));
  });

  it.each<[string, unknown]>([
    ["of another bucket", created("uploads/1", "elsewhere")],
    ["without a key", created(undefined)],
    ["of S3 itself", { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "incoming" }],
    ["of another shape", [1, 2]],
    ["that is no JSON", "<xml/>"],
    ["that is empty", ""],
    ["that is null", "null"],
  ])("refuses a message %s, and takes the others", async (_, body) => {
    const { woken, run } = step();
    const batch = [message("m1", created("uploads/1")), message("m2", body), message("m3", created("uploads/3"))];
    expect(await deliver(run, batch)).toEqual(failures("m2"));
    expect(woken).toEqual(["uploads/1", "uploads/3"]);
    expect(lines).toMatchObject([{ message: "failed", error: { message: expect.stringMatching(/./) } }]);
  });

  it("says of a strange message what came, shortened, and where to look", async () => {
    const strange = { ...created("uploads/1", "elsewhere"), id: "x".repeat(5000) };
    await deliver(step().run, [message("m1", strange)]);
    const [{ error }] = lines as [{ error: { message: string } }];
    expect(error.message).toMatch(/^EVENT_STRANGE: expected an object in incoming, received .*rule/);
    expect(error.message.length).toBeLessThan(500);
  });
});

describe("runtime", () => {
  it("says where it runs, on the deps and on every line", async () => {
    vi.stubEnv("AWS_REGION", "eu-west-1");
    vi.stubEnv("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/23/[$LATEST]abc");
    const { place, log, now } = await runtime({ CATALOG_TABLE: "catalog", ENVIRONMENT: "test" }, { actor: "ingest" });
    expect(place).toMatchObject({ environment: "test", region: "eu-west-1", instanceId: "2026/11/23/[$LATEST]abc" });
    expect(Math.abs(now().getTime() - Date.now())).toBeLessThan(60_000);
    log("received", { actor: "ingest", pictureId: "id1", ms: 5 });
    expect(lines).toMatchObject([
      { level: "INFO", message: "received", actor: "ingest", pictureId: "id1", ms: 5, ...place },
    ]);
  });
});
