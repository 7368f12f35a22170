import type { Context } from "aws-lambda";
import { beforeEach, describe, expect, it } from "vitest";
import { discreet, hide } from "../../handlers/aws/discreet.ts";
import { fault, log, speakAs, spoken } from "../../handlers/aws/log.ts";
import { emfMeasure } from "../../handlers/aws/metrics.ts";
import { onObjectCreated, onPictureChange } from "../../handlers/aws/runtime.ts";
import { readSecret } from "../../handlers/aws/secret.ts";
import { pictureIdOf } from "../../handlers/picture-id.ts";
import { logLines } from "./log-lines.ts";

const place = {
  environment: "test",
  region: "eu-west-1",
  availabilityZone: "euw1-az1",
  instanceId: "2026/11/23/[$LATEST]abc",
};
const context = (awsRequestId: string) => ({ awsRequestId, getRemainingTimeInMillis: () => 10_000 }) as Context;

const lines = logLines();
beforeEach(() => {
  speakAs(place, { actor: "resize", source: "studio" });
});

/** A step that says what it did, and fails at what it is told to. */
const step = (failing: string) => async (pictureId: string) => {
  if (pictureId === failing) throw new Error("NO_LUCK: with this one.");
  log("resized", { actor: "resize", pictureId, ms: 5 });
};
const change = (id: string) => ({
  dynamodb: { NewImage: { pictureId: { S: id }, status: { S: "accepted" } }, SequenceNumber: id },
});
const message = (key: string) => ({
  messageId: key,
  attributes: { SentTimestamp: "1795435200000" },
  body: JSON.stringify({ detail: { bucket: { name: "incoming" }, object: { key } } }),
});

describe("every line", () => {
  it("says where, who, on which request and on which picture, also when it tells of a failure", async () => {
    const handler = onPictureChange("accepted", step("id2"));
    await handler({ Records: [change("id1"), change("id2")] } as never, context("request 1"), () => {});
    await handler({ Records: [change("id3")] } as never, context("request 2"), () => {});
    const carried = { ...place, actor: "resize", source: "studio" };
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatchObject(carried);
    expect(lines).toMatchObject([
      { message: "resized", pictureId: "id1", requestId: "request 1", ms: 5 },
      { message: "failed", pictureId: "id2", requestId: "request 1", error: { message: "NO_LUCK: with this one." } },
      { message: "resized", pictureId: "id3", requestId: "request 2" },
    ]);
  });

  it("names the picture of an object that nobody has looked at yet, as far as its key tells", async () => {
    const id = pictureIdOf("studio", "a.jpg", "1");
    const keys = ["uploads/7", `pulled/studio/${id}`, "dropped by hand.jpg"];
    const failing = onObjectCreated("incoming", async () => {
      throw new Error("NO_LUCK: at all.");
    });
    await failing({ Records: keys.map(message) } as never, context("1"), () => {});
    expect(lines.map(({ key, pictureId }) => [key, pictureId])).toEqual([
      [keys[0], pictureIdOf("upload", "uploads/7", "1")],
      [keys[1], id],
      [keys[2], undefined],
    ]);
  });

  it("is left by a call that fails as a whole, too, which still fails", async () => {
    const handler = spoken(async (call: { fail: boolean }) => {
      if (call.fail) throw new Error("NOT_MAILED: to nobody.");
      return "well";
    });
    expect(await handler({ fail: false }, context("1"))).toBe("well");
    await expect(handler({ fail: true }, context("2"))).rejects.toThrow("NOT_MAILED");
    expect(lines).toMatchObject([{ message: "failed", requestId: "2", ...place }]);
  });

  it("carries it also where it is a measure, beside the dimensions", () => {
    const written: string[] = [];
    emfMeasure({ Environment: "test", Source: "studio" }, (line) => written.push(line))({ SourceTaken: 1 });
    expect(JSON.parse(written[0]!)).toMatchObject({ ...place, actor: "resize", Source: "studio", SourceTaken: 1 });
  });
});

describe("no line", () => {
  const shown = () => JSON.stringify(lines);

  it("shows a person's address, whoever wrote it", () => {
    const cause = new Error("Address is not verified: <ann.smith+x@mail.example.co.uk>");
    log("mailed", { to: "ann@example.com", nested: [{ path: "/api/people/bob%40example.com" }] });
    fault(new Error("SES refused carl@example.com.", { cause }), { by: "dora@example.org" });
    fault("eve@example.com");
    expect(shown()).not.toMatch(/example|%40|ann|bob|carl|dora/);
    expect(shown()).toContain('"path":"/api/people/(address)"');
    expect(shown()).toContain("SES refused (address).");
  });

  it("shows one by Lambda's own hand, which writes down what a call fails with", async () => {
    class MessageRejected extends Error {
      override readonly name = "MessageRejected";
      readonly recipients = ["ann@example.com"];
    }
    const failing = spoken(async () => {
      throw new MessageRejected("Not verified: ann@example.com");
    });
    const thrown: unknown = await failing({}, context("1")).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ name: "MessageRejected", message: "Not verified: (address)" });
    // As its runtime does: type, message and stack, and whatever else can be listed.
    expect((thrown as Error).stack).toMatch(/^MessageRejected: Not verified: \(address\)\n {4}at /);
    expect(Object.entries(thrown as Error)).toEqual([]);
  });

  it("is torn up where there is no address", () => {
    for (const text of ["icon@2x.png", "arn:aws:lambda:eu-west-1:1:function:x", "2026/11/23/[$LATEST]abc", "a @ b"])
      expect(discreet(text)).toBe(text);
  });

  it("shows a secret that was read, as a whole or in its parts, in whatever quotes it", async () => {
    const secret = { refreshToken: "token-4f9a77", client: { id: "short", secret: "s3cr3t-of-client" } };
    const client = { send: async () => ({ SecretString: JSON.stringify(secret) }) };
    await readSecret("arn|1", client as never);
    hide("key-of-tinify");
    log("trouble", { sentence: "401 for Bearer token-4f9a77", header: "Basic s3cr3t-of-client" });
    fault(new Error('key "key-of-tinify" is not known', { cause: new Error("token-4f9a77") }));
    expect(shown()).not.toMatch(/token-4f9a77|s3cr3t-of-client|key-of-tinify/);
    // What is too short to be one stays, or every sentence would have holes.
    expect(discreet("a short way")).toBe("a short way");
  });
});
