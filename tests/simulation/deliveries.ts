import { type Letter, letterOf } from "../../handlers/dead-letters.ts";
import type { Picture } from "../../handlers/record.ts";
import { type Cast, castOf, type Role } from "./cast.ts";
import type { Change } from "./journal.ts";
import { sourceName } from "./outside.ts";
import { type Ending, processOf } from "./process.ts";
import type { Random } from "./random.ts";
import type { Seen, Stage } from "./stage.ts";
import type { Timeline } from "./timeline.ts";
import type { Storm } from "./weather.ts";

/** What a mapping's filter lets through, of each change of a record. */
export type Filter = (record: Picture) => boolean;

export const filters: Readonly<Partial<Record<Role, Filter>>> = {
  moderate: ({ status }) => status === "received",
  resize: ({ status }) => status === "accepted",
  compress: ({ status }) => status === "resized",
  publish: ({ status }) => status === "compressed",
  forget: ({ status }) => status === "forgetting",
  "restore begin": ({ status, archive }) => status === "published" && archive?.restoring !== undefined,
  "write-back": ({ status, source }) => status === "published" && source === sourceName,
};

/** How often each is told again, as the components have it. */
const retries: Readonly<Partial<Record<Role, number>>> = {
  forget: 100,
  "write-back": 20,
  reconcile: 0,
  redrive: 0,
  "catch-up": 1,
};
const usualRetries = 5;

const minute = 60_000;
/** Those of whom the reconciler makes up for what they were never told. */
const madeUpFor: readonly Role[] = ["ingest", "moderate", "resize", "compress", "publish", "forget"];
const fromQueue: readonly Role[] = ["ingest", "restore finish"];
/** What entered earlier the reconciler does not look at. */
const daysBack = 6 * 24 * 60 * minute;
const functionSeconds = 120;

export interface DeliveriesDeps {
  readonly stage: Stage;
  readonly timeline: Timeline;
  readonly random: Random;
  readonly weather: () => Storm;
  readonly filters: Readonly<Partial<Record<Role, Filter>>>;
  /** What one of them sees, after a fault was put in. */
  readonly tamper: (seen: Seen, role: Role) => Seen;
  readonly trace: (line: string) => void;
}

/** Tells actors of what happened, as AWS does: twice, late, out of order, again when they fail, and sometimes never. */
export function deliveriesOf({ stage, timeline, random, weather, tamper, trace, ...wired }: DeliveriesDeps) {
  const strange: string[] = [];
  const givenUp = new Set<string>();

  function run<R extends Role>(role: R, given: Parameters<Cast[R]>, ended: (ending: Ending) => void): Promise<void> {
    const process = processOf(timeline, random, weather);
    const cast = castOf(tamper(stage.seenBy(role, process), role));
    const work = cast[role] as (...given: Parameters<Cast[R]>) => Promise<unknown>;
    trace(`${role} begins ${given.join(" ")}`);
    return process.start(
      () => work(...given),
      functionSeconds,
      (ending) => {
        trace(`${role} ${ending.how} ${given.join(" ")} ${ending.how === "failed" ? String(ending.error) : ""}`);
        if (ending.how === "failed" && !/^(SourceError|Error): /.test(String(ending.error)))
          strange.push(`${role}: ${(ending.error as Error).stack}`);
        ended(ending);
      },
    );
  }

  function deliver<R extends Role>(role: R, given: Parameters<Cast[R]>, about?: Picture, soon = 0): void {
    const { loss, doubling, delay } = weather();
    const isSeen = about === undefined || Date.parse(about.enteredAt) > stage.world.now().getTime() - daysBack;
    if (madeUpFor.includes(role) && isSeen && random.chance(loss)) {
      trace(`${role} is never told of ${given.join(" ")}`);
      return;
    }
    const lateness = () => soon + (random.chance(delay) ? random.between(1, 20) * minute : random.between(5, 2000));
    const times = random.chance(doubling) ? 2 : 1;
    for (let time = 0; time < times; time++) timeline.after(lateness(), () => attempt(role, given, about, 0));
  }

  function attempt<R extends Role>(role: R, given: Parameters<Cast[R]>, about: Picture | undefined, before: number) {
    return run(role, given, ({ how }) => {
      if (how === "done") return;
      if (before === (retries[role] ?? usualRetries)) return putAside(role, given, about);
      const rest = fromQueue.includes(role) ? 6 * minute : random.between(200, 60_000);
      timeline.after(rest, () => attempt(role, given, about, before + 1));
    });
  }

  function putAside(role: Role, given: readonly unknown[], about: Picture | undefined): void {
    trace(`${role} is put aside ${given.join(" ")}`);
    givenUp.add(`${role} ${given[0]}`);
    if (role === "ingest") stage.untold.push(String(given[0]));
    else if (about !== undefined || role === "archive") {
      const letter = letterFor(role, String(given[0]), about);
      stage.letters.set(letter.key, letter);
    }
  }

  /** As Lambda writes it, and redrive reads it. */
  function letterFor(role: Role, pictureId: string, about: Picture | undefined): Letter {
    const image = (status: string) => ({ pictureId: { S: pictureId }, status: { S: status } });
    const dynamodb = about ? { NewImage: image(about.status) } : { OldImage: { pictureId: { S: pictureId } } };
    const at = stage.world.now().toISOString();
    const payload = JSON.stringify({ Records: [{ eventName: about ? "MODIFY" : "REMOVE", dynamodb }] });
    const body = { timestamp: at, requestContext: { condition: "RetryAttemptsExhausted" }, payload };
    return letterOf(`${at} ${role} ${pictureId}`, JSON.stringify(body));
  }

  return {
    deliver,
    /** Failures that no handler means to have. */
    strange,
    /** Who was told as often as may be, and of what. */
    givenUp,
    /** What the table's stream tells. */
    tell({ record, pictureId, from }: Change): void {
      if (record === undefined) return;
      for (const [role, lets] of Object.entries(wired.filters) as [Role, Filter][])
        if (lets(record) && !(role === "restore begin" && from === undefined))
          deliver(role as "moderate", [pictureId], record);
    },
  };
}

export type Deliveries = ReturnType<typeof deliveriesOf>;
