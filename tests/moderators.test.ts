import { RekognitionClient } from "@aws-sdk/client-rekognition";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ModerationOptions, moderationOptions } from "../options.ts";
import { escalating } from "../providers/moderators/escalate.ts";
import { type HttpModeratorDeps, httpModerator } from "../providers/moderators/http.ts";
import { moderatorFor } from "../providers/moderators/index.ts";
import { rekognitionModerator } from "../providers/moderators/rekognition.ts";
import { nudityOf } from "../providers/moderators/rekognition-labels.ts";
import type { Moderator, Screening } from "../providers/moderators/types.ts";
import { moderatorContract } from "./contract/moderator.ts";
import {
  type Fake,
  fakeServer,
  json,
  judgeRedness,
  rekognitionError,
  rekognitionRedness,
} from "./contract/moderator-fakes.ts";
import { pictures, toImage } from "./contract/moderator-pictures.ts";

const open: Fake[] = [];
const serve = async (answer: Parameters<typeof fakeServer>[0]) => {
  const fake = await fakeServer(answer);
  open.push(fake);
  return fake;
};
const bearer = "c0ffee-secret";
let http: Fake;
let rekognition: Fake;
beforeAll(async () => {
  http = await serve(judgeRedness);
  rekognition = await serve(rekognitionRedness);
});
afterAll(() => Promise.all(open.map((fake) => fake.close())));

const httpAt = (url: string, deps: Partial<HttpModeratorDeps> = {}) =>
  httpModerator({ url, token: bearer, timeoutMs: 2000, ...deps });
const httpAnswering = async (status: number, body: unknown) =>
  httpAt((await serve((_, response) => json(response, status, body))).url);
const rekognitionAt = (endpoint: string) =>
  rekognitionModerator({
    client: new RekognitionClient({
      endpoint,
      region: "eu-west-1",
      maxAttempts: 1,
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    }),
  });
const rekognitionFailing = async (status: number, code: string) =>
  rekognitionAt((await serve((_, response) => rekognitionError(response, status, code))).url);

moderatorContract("http", {
  make: () => httpAt(http.url),
  failures: [
    { when: "the token is wrong", code: "AUTH", make: () => httpAnswering(401, {}) },
    { when: "the token may not", code: "AUTH", make: () => httpAnswering(403, {}) },
    { when: "it is asked too often", code: "RATE_LIMITED", make: () => httpAnswering(429, {}) },
    { when: "it is broken", code: "UNAVAILABLE", make: () => httpAnswering(503, {}) },
    { when: "nobody listens", code: "UNAVAILABLE", make: () => httpAt("http://127.0.0.1:9") },
    {
      when: "it is silent",
      code: "UNAVAILABLE",
      make: async () => httpAt((await serve(() => {})).url, { timeoutMs: 100 }),
    },
    {
      when: "it stops in the middle",
      code: "UNAVAILABLE",
      make: async () =>
        httpAt((await serve((_, response) => response.writeHead(200).write("{"))).url, { timeoutMs: 200 }),
    },
    {
      when: "it sends elsewhere",
      code: "CONFIG",
      make: async () =>
        httpAt((await serve((_, response) => response.writeHead(307, { location: http.url }).end())).url),
    },
    { when: "there is nothing at the address", code: "CONFIG", make: () => httpAnswering(404, {}) },
    { when: "it refuses the picture", code: "BAD_ANSWER", make: () => httpAnswering(422, {}) },
    {
      when: "it does not answer in JSON",
      code: "BAD_ANSWER",
      make: async () => httpAt((await serve((_, r) => r.end("yes"))).url),
    },
    {
      when: "the confidence is missing",
      code: "BAD_ANSWER",
      make: () => httpAnswering(200, { containsNudity: false }),
    },
    {
      when: "the verdict is a word",
      code: "BAD_ANSWER",
      make: () => httpAnswering(200, { containsNudity: "false", confidence: 1 }),
    },
    {
      when: "the confidence is 101",
      code: "BAD_ANSWER",
      make: () => httpAnswering(200, { containsNudity: true, confidence: 101 }),
    },
    {
      when: "the confidence is below 0",
      code: "BAD_ANSWER",
      make: () => httpAnswering(200, { containsNudity: false, confidence: -1 }),
    },
    {
      when: "the confidence is null",
      code: "BAD_ANSWER",
      make: () => httpAnswering(200, { containsNudity: false, confidence: null }),
    },
    {
      when: "it counts from 0 to 1",
      code: "BAD_ANSWER",
      make: () => httpAnswering(200, { containsNudity: true, confidence: 0.97 }),
    },
    {
      when: "the answer is huge",
      code: "BAD_ANSWER",
      make: () => httpAnswering(200, { containsNudity: false, confidence: 1, note: "x".repeat(100_000) }),
    },
  ],
});

moderatorContract("rekognition", {
  make: () => rekognitionAt(rekognition.url),
  failures: [
    { when: "the role may not ask", code: "AUTH", make: () => rekognitionFailing(400, "AccessDeniedException") },
    { when: "the key is unknown", code: "AUTH", make: () => rekognitionFailing(400, "UnrecognizedClientException") },
    { when: "it is asked too often", code: "RATE_LIMITED", make: () => rekognitionFailing(400, "ThrottlingException") },
    {
      when: "throughput runs out",
      code: "RATE_LIMITED",
      make: () => rekognitionFailing(400, "ProvisionedThroughputExceededException"),
    },
    { when: "it is broken", code: "UNAVAILABLE", make: () => rekognitionFailing(500, "InternalServerError") },
    { when: "nobody listens", code: "UNAVAILABLE", make: () => rekognitionAt("http://127.0.0.1:9") },
    {
      when: "it cannot read the picture",
      code: "BAD_ANSWER",
      make: () => rekognitionFailing(400, "InvalidImageFormatException"),
    },
    {
      when: "it sends no labels",
      code: "BAD_ANSWER",
      make: async () => rekognitionAt((await serve((_, r) => json(r, 200, {}))).url),
    },
    {
      when: "a label has no confidence",
      code: "BAD_ANSWER",
      make: async () =>
        rekognitionAt((await serve((_, r) => json(r, 200, { ModerationLabels: [{ Name: "Explicit" }] }))).url),
    },
  ],
});

moderatorContract("escalating", {
  make: () =>
    escalating({ screen: httpAt(http.url), escalate: rekognitionAt(rekognition.url), clearBelow: 10, rejectAbove: 80 }),
  failures: [
    {
      when: "the first has none",
      code: "RATE_LIMITED",
      make: async () => pair(await httpAnswering(429, {}), answering("second", 0)),
    },
    {
      when: "the second has none",
      code: "AUTH",
      make: async () => pair(answering("first", 50), await httpAnswering(401, {})),
    },
  ],
});

describe("the HTTP moderator", () => {
  it("posts a JPEG without metadata, with its token", async () => {
    const fake = await serve(judgeRedness);
    await httpAt(fake.url).screen(await pictures["turned by its tag"]());
    expect(fake.posted[0]?.headers).toMatchObject({ "content-type": "image/jpeg", authorization: `Bearer ${bearer}` });
    expect(await toImage(fake.posted[0]!.body)).toMatchObject({ format: "jpeg", width: 200, height: 900 });
  });

  it.each(["http://pictures.example.com/", "ftp://127.0.0.1/", "https://user:word@pictures.example.com/", "moderator"])(
    "refuses %s as an address",
    (url) => expect(() => httpModerator({ url })).toThrow(expect.objectContaining({ code: "CONFIG" })),
  );

  it("does not repeat an unusable token in its complaint", () => {
    const make = () => httpModerator({ url: http.url, token: "two\nlines" });
    expect(make).toThrow(expect.objectContaining({ code: "CONFIG", message: expect.not.stringContaining("two") }));
  });
});

describe("the Rekognition moderator", () => {
  const nudity = (...labels: [name: string, parent: string, confidence: number][]) =>
    nudityOf(labels.map(([name, parent, confidence]) => ({ name, parent, confidence })));
  const suggestive = "Non-Explicit Nudity of Intimate parts and Kissing";

  it.each([
    ["nothing found", nudity(), 0],
    [
      "explicit nudity",
      nudity(
        ["Explicit", "", 99],
        ["Explicit Nudity", "Explicit", 99],
        ["Exposed Female Nipple", "Explicit Nudity", 99],
      ),
      99,
    ],
    [
      "a bare-chested man",
      nudity(
        [suggestive, "", 90],
        ["Non-Explicit Nudity", suggestive, 90],
        ["Exposed Male Nipple", "Non-Explicit Nudity", 90],
      ),
      27,
    ],
    [
      "a parent that is surer than its child",
      nudity(["Non-Explicit Nudity", suggestive, 90], ["Bare Back", "Non-Explicit Nudity", 40]),
      63,
    ],
    ["a kiss", nudity([suggestive, "", 95], ["Kissing on the Lips", suggestive, 95]), 0],
    [
      "swimwear",
      nudity(["Swimwear or Underwear", "", 90], ["Male Swimwear or Underwear", "Swimwear or Underwear", 90]),
      27,
    ],
    ["violence", nudity(["Violence", "", 99], ["Graphic Violence", "Violence", 99]), 0],
    ["a family nobody has heard of", nudity(["Bodies", "", 88], ["Bodies at Rest", "Bodies", 88]), 88],
  ])("takes %s for what it is", (_, confidence, expected) => expect(confidence).toBeCloseTo(expected));

  it("keeps the noisiest and largest picture within 5 MB", async () => {
    const fake = await serve(rekognitionRedness);
    await rekognitionAt(fake.url).screen(await pictures.large());
    expect(JSON.parse(fake.posted[0]!.body.toString()).Image.Bytes.length * 0.75).toBeLessThan(5 * 1024 * 1024);
  });
});

describe("screening, then escalating", () => {
  it.each([
    [9.99, "first", 9.99],
    [10, "first → second", 3],
    [79.99, "first → second", 3],
    [80, "first", 80],
  ])("with the first at %f, %s answers", async (confidence, moderator, answer) => {
    const screening = await pair(answering("first", confidence), answering("second", 3)).screen(await pictures.tiny());
    expect(screening).toMatchObject({ moderator, confidence: answer, containsNudity: answer >= 50 });
  });

  it("keeps the labels of both", async () => {
    const screening = await pair(answering("first", 50), answering("second", 3)).screen(await pictures.tiny());
    expect(screening.labels.map((label) => label.name)).toEqual(["second's", "first's"]);
  });

  it("does not ask the dear one about a clear picture", async () => {
    const dear: Moderator = { name: "dear", screen: () => expect.fail("expected not to be asked") };
    await pair(answering("first", 1), dear).screen(await pictures.tiny());
  });
});

describe("the moderator that the options name", () => {
  const secret = async () => bearer;
  const options = (given: Partial<ModerationOptions>) => moderationOptions.parse(given);

  it.each([
    [options({}), "nsfwjs"],
    [options({ screen: "rekognition" }), "rekognition"],
    [options({ screen: "http", url: "https://example.com" }), "http"],
    [options({ escalate: "rekognition" }), "nsfwjs → rekognition"],
  ])("%j is %s", async (given, name) =>
    expect((await moderatorFor(given, { secret, region: "eu-west-1" })).name).toBe(name),
  );

  it("gives the HTTP moderator its secret", async () => {
    const fake = await serve(judgeRedness);
    await (await moderatorFor(options({ screen: "http", url: fake.url }), { secret })).screen(await pictures.tiny());
    expect(fake.posted[0]?.headers.authorization).toBe(`Bearer ${bearer}`);
  });

  it("asks for no secret when the HTTP moderator is not named", () =>
    moderatorFor(options({}), { secret: () => expect.fail("expected not to be asked") }));
});

const pair = (screen: Moderator, escalate: Moderator) =>
  escalating({ screen, escalate, clearBelow: 10, rejectAbove: 80 });

const answering = (name: string, confidence: number): Moderator => ({
  name,
  screen: async (): Promise<Screening> => ({
    containsNudity: confidence >= 50,
    confidence,
    labels: [{ name: `${name}'s`, confidence }],
    moderator: name,
  }),
});
