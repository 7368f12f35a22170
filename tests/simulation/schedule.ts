import { createHash } from "node:crypto";
import { pulledKey } from "../../handlers/object-keys.ts";
import { pictureIdOf } from "../../handlers/picture-id.ts";
import type { Role } from "./cast.ts";
import { type Content, contents } from "./contents.ts";
import type { Filter } from "./deliveries.ts";
import { deliveriesOf, filters } from "./deliveries.ts";
import { bytesFirst, look } from "./invariants.ts";
import type { Change } from "./journal.ts";
import { sourceName } from "./outside.ts";
import { randomOf } from "./random.ts";
import { type Seen, stageOf } from "./stage.ts";
import { timelineOf } from "./timeline.ts";
import { calm, stormOf } from "./weather.ts";

/** A mistake that somebody could make: what an actor sees is not quite what it should. */
export interface Fault {
  readonly name: string;
  readonly tamper?: (seen: Seen, role: Role) => Seen;
  readonly filters?: Readonly<Partial<Record<Role, Filter>>>;
}

export interface Sent {
  readonly key: string;
  readonly pictureId: string;
  readonly content: Content;
  /** Whose pictures it is compared with. */
  readonly owner: string;
}

/** What a schedule came to. */
export interface Outcome {
  readonly stage: ReturnType<typeof stageOf>;
  readonly sent: readonly Sent[];
  readonly changes: readonly Change[];
  readonly violations: string[];
  readonly isRestless: boolean;
  /** Who was told of what as often as may be, and has not done it. */
  readonly givenUp: ReadonlySet<string>;
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Far above what any schedule needs. */
const mostEvents = 60_000;

/** Lets one schedule happen: three months of some pictures, with three storms, after each of which all is put right. */
export async function play(
  seed: number,
  {
    fault,
    trace = () => {},
  }: { readonly fault?: Fault | undefined; readonly trace?: ((line: string) => void) | undefined } = {},
): Promise<Outcome> {
  const random = randomOf(seed);
  const storm = stormOf(random);
  let weather = calm;
  const changes: Change[] = [];
  const violations: string[] = [];
  const accepted = new Set<string>();

  const stage = stageOf(
    {
      changed(change) {
        changes.push(change);
        say(`  ${change.by}: ${change.pictureId} ${change.from} → ${change.to}`);
        if (change.to === "accepted") accepted.add(change.pictureId);
        violations.push(...bytesFirst(change, stage));
        deliveries.tell(change);
        if (weather !== calm) meddle(change);
        if (change.to === "review" && change.from !== "review") decide(change.pictureId);
      },
      reminded(at) {
        timeline.after(Math.max(0, at.getTime() - now().getTime()) + random.between(1, 300) * minute, () => {
          for (const id of reminders.ranOut(at)) {
            deliveries.deliver("archive", [id]);
            // In the very moment in which it is to go again.
            if (weather !== calm && catalog.records.get(id)?.archive && random.chance(0.7))
              timeline.after(random.between(1, 2500), () => deliveries.deliver("ask to restore", [id, 1]));
          }
        });
      },
      thawing() {
        timeline.after(random.between(1, 12) * hour, () => {
          for (const key of stage.world.archived.thawed()) deliveries.deliver("restore finish", [key]);
        });
      },
      announced: (key, delaySeconds) => deliveries.deliver("ingest", [key], undefined, delaySeconds * 1000),
      published(pictureId) {
        if (!accepted.has(pictureId)) violations.push(`${pictureId} is published, and nobody has accepted it`);
      },
    },
    () => random.chance(weather.away),
  );
  const { now, clock, reminders, catalog } = stage.world;
  const timeline = timelineOf(clock);
  const begin = now().getTime();
  const say = (line: string) => trace(`${now().toISOString()} ${line}`);
  const deliveries = deliveriesOf({
    stage,
    timeline,
    random,
    weather: () => weather,
    filters: { ...filters, ...fault?.filters },
    tamper: fault?.tamper ?? ((seen) => seen),
    trace: say,
  });

  let isRestless = false;
  const until = async (ms: number) => {
    if (!isRestless && !(await timeline.until(new Date(begin + ms), mostEvents))) isRestless = true;
  };
  const at = (ms: number, happens: () => void) => timeline.after(begin + ms - now().getTime(), happens);
  const decide = (pictureId: string) => {
    const times = random.chance(0.2) ? 2 : 1;
    for (let time = 0; time < times; time++)
      timeline.after(random.between(1, 60) * minute, () =>
        deliveries.deliver("review", [pictureId, random.pick(["accept", "reject"] as const)]),
      );
  };
  /** People who do not wait until something has come to its end. */
  const meddle = ({ pictureId, record }: Change) => {
    const soon = () => random.between(1, 10_000);
    if (random.chance(0.03)) timeline.after(soon(), () => deliveries.deliver("ask to forget", [pictureId]));
    if (record?.archive && random.chance(0.3))
      timeline.after(soon(), () => deliveries.deliver("ask to restore", [pictureId, 1]));
  };
  const each = (chance: number, from: number, to: number, happens: (one: Sent) => void) => {
    for (const one of sent) if (random.chance(chance)) at(random.between(from, to), () => happens(one));
  };
  const forget = ({ pictureId }: Sent) => deliveries.deliver("ask to forget", [pictureId]);
  /** What an operator does, and time: until nothing stands still. */
  const putRight = async (from: number) => {
    weather = calm;
    for (const [turn, after] of [
      31 * minute,
      2 * hour,
      9 * hour,
      35 * hour,
      37 * hour,
      40 * hour,
      43 * hour,
    ].entries()) {
      await until(from + after);
      if (turn > 2) {
        deliveries.deliver("redrive", []);
        deliveries.deliver("redrive", ["TOO_EXPENSIVE"]);
      }
      deliveries.deliver("reconcile", []);
      deliveries.deliver("catch-up", []);
      for (const { pictureId, status, archive } of catalog.records.values()) {
        if (status === "review") decide(pictureId);
        if (archive?.restoring) deliveries.deliver("ask to restore", [pictureId, 3]);
      }
    }
    await until(from + 3 * day);
    if (isRestless) violations.push("it does not come to rest");
    violations.push(
      ...look({ stage, sent, changes, violations, isRestless, givenUp: deliveries.givenUp }).map(
        (one) => `after ${Math.round(from / day)} days: ${one}`,
      ),
    );
  };

  const sent: Sent[] = [];
  for (let count = random.between(2, 6); count > 0; count--) {
    const { metadata, ...one } = somethingSent(random, sent.length);
    sent.push(one);
    at(random.between(0, hour), () => {
      stage.put(one.key, one.content.bytes, metadata);
      deliveries.deliver("ingest", [one.key]);
    });
  }

  weather = storm;
  each(0.25, 0, 3 * hour, forget);
  for (let when = 15 * minute; when < 3 * hour; when += 15 * minute)
    at(when, () => {
      deliveries.deliver("reconcile", []);
      deliveries.deliver("catch-up", []);
    });
  await until(3 * hour);
  await putRight(3 * hour);

  await until(8 * day);
  expire(stage, "working", ["resized/", "compressed/"], 7 * day);
  await until(30 * day - hour);
  weather = storm;
  each(0.3, 31 * day, 32 * day, ({ pictureId }) =>
    deliveries.deliver("ask to restore", [pictureId, random.between(1, 4)]),
  );
  each(0.1, 30 * day, 33 * day, forget);
  await until(36 * day);
  expire(stage, "incoming", [""], 30 * day);
  await putRight(38 * day);

  await until(90 * day - hour);
  weather = storm;
  each(0.1, 90 * day, 92 * day, forget);
  await until(92 * day);
  expire(stage, "quarantine", [""], 90 * day);
  await putRight(96 * day);
  violations.push(...deliveries.strange);
  return { stage, sent, changes, violations, isRestless, givenUp: deliveries.givenUp };
}

function somethingSent(
  random: ReturnType<typeof randomOf>,
  index: number,
): Sent & { readonly metadata: Record<string, string> } {
  const content = random.pick(contents);
  const kind = random.pick(["upload", "upload", "upload", "pulled", "bucket"] as const);
  if (kind === "upload") {
    const key = `uploads/${index}`;
    const owner = random.pick(["ann@example.com", "bob@example.com"]);
    return {
      key,
      pictureId: pictureIdOf("upload", key, "1"),
      content,
      owner,
      metadata: { name: "a.png", uploader: owner },
    };
  }
  if (kind === "pulled") {
    const pictureId = pictureIdOf(sourceName, `${index}`, "1");
    const metadata = { source: sourceName, id: `${index}`, revision: "1", name: "b.png" };
    return { key: pulledKey(sourceName, pictureId), pictureId, content, owner: sourceName, metadata };
  }
  const key = `shared/${index}.png`;
  return { key, pictureId: pictureIdOf("bucket", key, etagOf(content.bytes)), content, owner: "bucket", metadata: {} };
}

/** As S3 makes it of an object that was put in one piece. */
const etagOf = (bytes: Buffer) => `"${createHash("md5").update(bytes).digest("hex")}"`;

/** What a bucket's lifecycle rules do. */
function expire(
  { world, writtenAt }: Outcome["stage"],
  bucket: "incoming" | "working" | "quarantine",
  prefixes: readonly string[],
  age: number,
) {
  for (const key of [...world[bucket].objects.keys()])
    if (prefixes.some((prefix) => key.startsWith(prefix)))
      if (world.now().getTime() - writtenAt.get(`${bucket}/${key}`)!.getTime() > age) world[bucket].objects.delete(key);
}
