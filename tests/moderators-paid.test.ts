import { RekognitionClient } from "@aws-sdk/client-rekognition";
import { describe, expect, it, onTestFinished } from "vitest";
import { escalating } from "../providers/moderators/escalate.ts";
import { httpModerator } from "../providers/moderators/http.ts";
import { rekognitionModerator } from "../providers/moderators/rekognition.ts";
import { type Moderator, ModeratorError } from "../providers/moderators/types.ts";
import type { Purse } from "../providers/types.ts";
import { fakeServer, judgeRedness, rekognitionError, rekognitionRedness } from "./contract/moderator-fakes.ts";
import { pictures } from "./contract/moderator-pictures.ts";
import { purseOf } from "./fixtures/memory-costs.ts";

async function serve(answer: Parameters<typeof fakeServer>[0]) {
  const fake = await fakeServer(answer);
  onTestFinished(fake.close);
  return fake;
}

const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
/** With the SDK's own three attempts. */
const rekognitionAt = (endpoint: string, purse: Purse) =>
  rekognitionModerator({ client: new RekognitionClient({ endpoint, region: "eu-west-1", credentials }), purse });
const httpAt = (url: string, purse: Purse) => httpModerator({ url, purse });

describe.each([
  ["http", judgeRedness, httpAt],
  ["rekognition", rekognitionRedness, rekognitionAt],
] as const)("%s, when it is paid for", (name, answer, moderatorAt) => {
  it("is paid once for each view that it is shown", async () => {
    const fake = await serve(answer);
    const purse = purseOf(10);
    await moderatorAt(fake.url, purse).screen(await pictures.tiny());
    expect([purse.paid(), fake.posted.length]).toEqual([1, 1]);
    await moderatorAt(fake.url, purse).screen(await pictures["a long animation"]());
    expect([purse.paid(), fake.posted.length]).toEqual([6, 6]);
  });

  it("is not called when the budget is spent, also in the middle of a picture, and that is no answer", async () => {
    const fake = await serve(answer);
    const asked = moderatorAt(fake.url, purseOf(3)).screen(await pictures["a long animation"]());
    await expect(asked).rejects.toMatchObject({ code: "BUDGET_SPENT", moderator: name, first: undefined });
    expect(fake.posted).toHaveLength(3);
  });

  it("is not called when nobody can count the call; it is asked again later", async () => {
    const fake = await serve(answer);
    const cause = Object.assign(new Error("not allowed"), { name: "AccessDeniedException" });
    const purse = { refuses: () => false, pay: () => Promise.reject(cause) };
    const asked = moderatorAt(fake.url, purse).screen(await pictures.tiny());
    // Not as if the moderator had refused it.
    await expect(asked).rejects.toMatchObject({ code: "UNAVAILABLE", cause });
    await expect(asked).rejects.toThrow("ledger of costs");
    expect(fake.posted).toHaveLength(0);
  });
});

describe("the SDK's own retries", () => {
  it("are paid for, each of them", async () => {
    let failures = 2;
    const fake = await serve((posted, response) =>
      failures-- > 0 ? rekognitionError(response, 500, "InternalServerError") : rekognitionRedness(posted, response),
    );
    const purse = purseOf(10);
    await rekognitionAt(fake.url, purse).screen(await pictures.tiny());
    expect([purse.paid(), fake.posted.length]).toEqual([3, 3]);
  });

  it("end with the budget", async () => {
    const fake = await serve((_, response) => rekognitionError(response, 500, "InternalServerError"));
    const asked = rekognitionAt(fake.url, purseOf(2)).screen(await pictures.tiny());
    await expect(asked).rejects.toMatchObject({ code: "BUDGET_SPENT" });
    expect(fake.posted).toHaveLength(2);
  });
});

describe("a pair of moderators", () => {
  const first = { containsNudity: false, confidence: 30, labels: [], moderator: "first" };
  const screen: Moderator = { name: "first", screen: async () => first };
  const pairWith = (error: Error) =>
    escalating({
      screen,
      escalate: { name: "second", screen: () => Promise.reject(error) },
      clearBelow: 10,
      rejectAbove: 80,
    });

  it("has no answer when the second cannot be paid for, but tells what the first has seen", async () => {
    const spent = new ModeratorError("second", "BUDGET_SPENT", "spent");
    const asked = pairWith(spent).screen(await pictures.tiny());
    await expect(asked).rejects.toMatchObject({ code: "BUDGET_SPENT", moderator: "second", first, cause: spent });
  });

  it("passes every other trouble of the second on as it is", async () => {
    const trouble = new ModeratorError("second", "UNAVAILABLE", "away");
    await expect(pairWith(trouble).screen(await pictures.tiny())).rejects.toBe(trouble);
  });
});
