import { describe, expect, it } from "vitest";
import { type Announcement, createAnnounce, type RecordChange } from "../../handlers/announce.ts";
import { announcedLetter } from "../../handlers/dead-letters.ts";

/** A topic that refuses some changes, by their number. */
function topic(...refused: string[]) {
  const calls: (readonly Announcement[])[] = [];
  const faults: [message: string, pictureId: string | undefined][] = [];
  const announce = createAnnounce({
    async publish(some) {
      calls.push(some);
      return some.filter(({ id }) => refused.includes(id)).map(({ id }) => ({ id, why: "SNS refused it: Busy" }));
    },
    fault: ({ message }, { pictureId }) => void faults.push([message, pictureId]),
  });
  return { announce, calls, faults };
}

const text = (S: string) => ({ S });
const change = (SequenceNumber: string, more: Record<string, { S: string }> = {}): RecordChange => ({
  eventID: `event ${SequenceNumber}`,
  eventName: "MODIFY",
  dynamodb: {
    ApproximateCreationDateTime: 1_795_435_200,
    Keys: { pk: text(`picture#${SequenceNumber}`), sk: text("record") },
    NewImage: {
      pictureId: text(`id${SequenceNumber}`),
      status: text("accepted"),
      source: text("upload"),
      homeRegion: text("eu-west-1"),
      changedAt: text("2026-11-23T12:00:00.000Z"),
      ...more,
    },
    SequenceNumber,
    OldImage: { status: text("received") },
  } as RecordChange["dynamodb"],
});

describe("announce", () => {
  it("tells each change as the stream does, but for what was before, with what a subscription chooses by", async () => {
    const { announce, calls } = topic();
    expect(await announce([change("1")])).toEqual([]);
    const [told] = calls[0]!;
    expect(told).toMatchObject({
      id: "1",
      attributes: { status: "accepted", source: "upload", homeRegion: "eu-west-1" },
    });
    const { OldImage: _, ...rest } = change("1").dynamodb as Record<string, unknown>;
    expect(JSON.parse(told!.body)).toEqual({ eventID: "event 1", eventName: "MODIFY", dynamodb: rest });
  });

  it("asks for those to be told again that were refused, and names their pictures", async () => {
    const { announce, faults } = topic("2");
    expect(await announce(["1", "2", "3"].map((n) => change(n)))).toEqual(["2"]);
    expect(faults).toEqual([[expect.stringMatching(/^TOPIC_REFUSED: .*Busy/), "id2"]]);
  });

  it("tells no more at once than SNS takes: ten messages, 256 KB", async () => {
    const few = topic();
    await few.announce(Array.from({ length: 23 }, (_, n) => change(String(n))));
    expect(few.calls.map(({ length }) => length)).toEqual([10, 10, 3]);
    const large = topic();
    await large.announce(["1", "2", "3"].map((n) => change(n, { name: text("x".repeat(100_000)) })));
    expect(large.calls.map(({ length }) => length)).toEqual([2, 1]);
  });

  it("spells out what a queue's messages may not hold", async () => {
    const { announce, calls } = topic();
    await announce([change("1", { name: text("a\u0001\ufffe\uffff\ud800b") })]);
    const { body } = calls[0]![0]!;
    expect(body).toMatch(/^[\x20-\x7e]*$/);
    expect(JSON.parse(body).dynamodb.NewImage.name.S).toBe("a\u0001\ufffe\uffff\ud800b");
  });

  it("refuses what is no picture's record with words that name the filter, and tells the others", async () => {
    const { announce, calls, faults } = topic();
    const strange = { eventName: "REMOVE", dynamodb: { SequenceNumber: "2", Keys: { sk: text("record") } } };
    expect(await announce([change("1"), strange, change("3")])).toEqual(["2"]);
    expect(calls[0]!.map(({ id }) => id)).toEqual(["1", "3"]);
    expect(faults).toEqual([[expect.stringMatching(/^EVENT_STRANGE: .*REMOVE.*filter/), undefined]]);
  });
});

describe("an announcement that was given up", () => {
  it("is read as a letter: whose, and since when it stood so", async () => {
    const { announce, calls } = topic();
    await announce([change("1")]);
    expect(announcedLetter("resize", "m1", calls[0]![0]!.body)).toEqual({
      key: "m1",
      actor: "resize",
      reason: "RETRIES_SPENT",
      at: "2026-11-23T12:00:00.000Z",
      pictures: [{ pictureId: "id1", status: "accepted" }],
    });
  });

  it("names no picture where it cannot be read", () => {
    for (const body of ["", "not JSON", "null", "{}"])
      expect(announcedLetter("resize", "m1", body).pictures, body).toEqual([]);
  });
});
