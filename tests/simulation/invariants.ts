import { contentClaim } from "../../handlers/content-claim.ts";
import { dayOf } from "../../handlers/export/days.ts";
import { isMoving } from "../../handlers/moving.ts";
import { resizedKey } from "../../handlers/object-keys.ts";
import type { Picture, Status } from "../../handlers/record.ts";
import { isArchived } from "../../handlers/reminder.ts";
import { hashOf } from "./contents.ts";
import type { Change } from "./journal.ts";
import { sourceName } from "./outside.ts";
import type { Outcome, Sent } from "./schedule.ts";
import type { Stage } from "./stage.ts";

/** What must hold whenever all has come to rest. Answers what does not, in sentences. */
export function look(outcome: Outcome): string[] {
  const { stage, sent, changes } = outcome;
  const records = [...stage.world.catalog.records.values()];
  return [
    ...sent.flatMap((one) => atItsEnd(one, outcome)),
    ...records.flatMap((record) => wholeOf(record, outcome)),
    ...orphans(outcome),
    ...backwards(changes),
    ...twice(outcome),
    ...trail(outcome),
    ...wishes(changes),
  ];
}

/** Every picture that was sent has come to the end that is meant for it. */
function atItsEnd({ pictureId, content, key, owner }: Sent, { stage, sent, changes }: Outcome): string[] {
  const record = stage.world.catalog.records.get(pictureId);
  if (record === undefined) return [`${pictureId} (${key}) was lost`];
  const { status } = record;
  const said = `${pictureId} (${content.name}) is ${status}`;
  const isAsked = changes.some((change) => change.pictureId === pictureId && change.to === "forgetting");
  if (isAsked) return status === "forgotten" ? [] : [`${said}, and was to be forgotten`];
  if (isMoving(record) || status === "review" || status === "forgotten") return [`${said}, and stands still`];
  if (content.verdict === "no picture") return ends(record, ["rejected"], said);
  if (status === "duplicate") {
    const first = sent.find((one) => one.pictureId === record.duplicateOf);
    const isSame = first?.content === content && first.owner === owner && first.pictureId !== pictureId;
    const isDuplicate = stage.world.catalog.records.get(record.duplicateOf)?.status === "duplicate";
    return isSame && !isDuplicate ? [] : [`${said} of ${record.duplicateOf}, which is another or none`];
  }
  const meant = { fine: ["published"], unsure: ["published", "rejected"], bad: ["rejected"] } as const;
  return ends(record, meant[content.verdict], said);
}

function ends(record: Picture, meant: readonly Status[], said: string): string[] {
  if (!meant.includes(record.status)) return [`${said}, expected ${meant.join(" or ")}`];
  return "reason" in record && record.reason.code === "TOO_EXPENSIVE" ? [`${said} as too expensive`] : [];
}

/** What a record speaks of is there. */
function wholeOf(record: Picture, { stage, sent }: Outcome): string[] {
  const { published, working, archived, now } = stage.world;
  const { pictureId } = record;
  if (record.status === "rejected") {
    const due = Date.parse(record.timings.moderate?.endedAt ?? record.changedAt) + 92 * day;
    const isKept = record.original !== undefined && record.deletedAt === undefined;
    return isKept && now().getTime() > due ? [`the original of ${pictureId}, which was refused, is kept for ever`] : [];
  }
  if (record.status !== "published") return [];
  const wrong: string[] = [];
  for (const { key } of record.renditions) {
    const bytes = published.objects.get(key)?.bytes;
    if (bytes === undefined) wrong.push(`${key} is not published`);
    else if (!key.includes(`.${hashOf(bytes).slice(0, 8)}.`)) wrong.push(`${key} is not what its name says`);
  }
  if (!record.acceptedBy) wrong.push(`${pictureId} is published, and nobody accepted it`);
  const { archive, original } = record;
  const stays = Math.max(
    Date.parse(record.publishedAt) + 31 * day,
    Date.parse(archive?.restored?.until ?? "1970") + day,
  );
  const isDue = now().getTime() > stays + 2 * day;
  if (isDue && !isArchived(record)) wrong.push(`the original of ${pictureId} has not gone to the archive`);
  if (archive?.restoring) wrong.push(`${pictureId} is wanted back, and does not come`);
  if (!isArchived(record) && !working.objects.has(original)) wrong.push(`the original of ${pictureId} is not there`);
  if (archive && !archived.objects.has(archive.key)) wrong.push(`the archive has no copy of ${pictureId}`);
  if (record.source === sourceName && sent.some((one) => one.pictureId === pictureId)) {
    const written = stage.beyond.written.filter((path) => path.includes(`-${pictureId.slice(0, 8)}`));
    if (written.length !== record.renditions.length)
      wrong.push(`${written.length} of ${record.renditions.length} renditions of ${pictureId} were written back`);
  }
  return wrong;
}

const day = 24 * 3600_000;

/** A record says nothing of bytes that are not there. */
export function bytesFirst({ from, to, record, pictureId }: Change, { world }: Pick<Stage, "world">): string[] {
  if (record === undefined || from === to) return [];
  const has = ({ objects }: Pick<Stage["world"]["working"], "objects">, keys: readonly string[]) =>
    keys.filter((key) => !objects.has(key)).map((key) => `${pictureId} is ${to}, and ${key} is not there`);
  if (to === "received") return has(world.working, [record.status === "received" ? record.original : ""]);
  if (to === "resized") return has(world.working, [resizedKey(pictureId)]);
  if (record.status === "compressed") return has(world.working, [record.pack]);
  return record.status === "published"
    ? has(
        world.published,
        record.renditions.map(({ key }) => key),
      )
    : [];
}

/** Every object is one that a record speaks of, and of what is forgotten nothing is left. */
function orphans({ stage, sent, givenUp }: Outcome): string[] {
  const { incoming, working, quarantine, published, archived, reminders, catalog } = stage.world;
  const { records, owners } = catalog;
  const isLive = (id: string) => records.get(id) !== undefined && records.get(id)?.status !== "forgotten";
  const wrong: string[] = [];
  const every = (objects: ReadonlyMap<string, unknown>, bucket: string, isMeant: (key: string) => boolean) => {
    for (const key of objects.keys()) if (!isMeant(key)) wrong.push(`${bucket}/${key} is nobody's`);
  };
  every(incoming.objects, "incoming", (key) => isLive(sent.find((one) => one.key === key)?.pictureId ?? ""));
  every(working.objects, "working", (key) => {
    const [folder, rest = ""] = key.split("/");
    const id = rest.split(".", 1)[0]!;
    const record = records.get(id);
    if (record === undefined || record.status === "forgotten") return false;
    // Where whoever decided has died and never asked again, it goes by a lifecycle rule.
    if (folder === "previews") return record.status === "review" || givenUp.has(`review ${id}`);
    // Those go by a lifecycle rule.
    if (folder !== "originals") return true;
    const isKept = "original" in record && record.original === key && record.deletedAt === undefined;
    return isKept && record.status !== "duplicate" && !isArchived(record);
  });
  every(quarantine.objects, "quarantine", (key) => {
    // What redrive has taken in after all goes by a lifecycle rule.
    return isLive(key.slice("refused/".length));
  });
  every(published.objects, "published", (key) => {
    const record = records.get(key.split("/", 1)[0]!);
    return record?.status === "published" && record.renditions.some((rendition) => rendition.key === key);
  });
  every(archived.objects, "archived", (key) => [...records.values()].some(({ archive }) => archive?.key === key));
  every(reminders.all, "reminders", isLive);
  // The claim on a folder of results stays as the results do: both are the source's.
  for (const { pictureId, content, owner } of sent)
    if (owners.get(contentClaim({ source: owner }, hashOf(content.bytes))) === pictureId && !isLive(pictureId))
      wrong.push(`the claim of ${pictureId} is nobody's`);
  for (const record of records.values())
    if (record.status === "forgotten" && (record.name || record.uploader || "contentHash" in record))
      wrong.push(`${record.pictureId} is forgotten, and something is known of it`);
  return wrong;
}

const steps: Readonly<Partial<Record<Status | "none", readonly Status[]>>> = {
  none: ["received", "duplicate", "rejected"],
  received: ["accepted", "review", "rejected"],
  review: ["accepted", "rejected"],
  accepted: ["resized", "rejected"],
  resized: ["compressed", "rejected"],
  compressed: ["published", "rejected"],
  forgetting: ["forgotten"],
};
/** Only redrive may, by its own rules. */
const again: typeof steps = {
  rejected: ["received", "accepted", "compressed"],
  resized: ["accepted"],
  compressed: ["accepted"],
};

const none = "none" as const;

/** No status goes back. */
function backwards(changes: readonly Change[]): string[] {
  return changes.flatMap(({ by, pictureId, from = none, to }) => {
    if (from === to || to === "forgetting") return [];
    if (to === undefined) return by === "redrive" && from === "rejected" ? [] : [`${by} took ${pictureId} out`];
    if (steps[from]?.includes(to) || (by === "redrive" && again[from]?.includes(to))) return [];
    return [`${by} moved ${pictureId} from ${from} to ${to}`];
  });
}

/** Nothing that is seen outside happens twice. */
function twice({ stage, sent, changes }: Outcome): string[] {
  const { beyond, ledger, world } = stage;
  const wrong: string[] = [];
  const more = (what: string, of: readonly string[], most: (one: string) => number) => {
    for (const [one, count] of countsOf(of)) if (count > most(one)) wrong.push(`${what} ${count} times: ${one}`);
  };
  const once = () => 1;
  more("paid", beyond.paid, once);
  more("written back", beyond.written, once);
  const told = (pictureId: string, to: Status) =>
    changes.filter((change) => change.pictureId === pictureId && change.to === to && change.from !== to).length;
  for (const status of ["received", "published", "forgotten", "accepted", "resized", "compressed"] as const) {
    const lines = world.lines.filter(({ outcome, details }) => outcome === status && details["pictureId"]);
    more(
      `counted as ${status}`,
      lines.map(({ details }) => String(details["pictureId"])),
      (id) => told(id, status),
    );
  }
  for (const { pictureId } of world.catalog.records.values())
    if (told(pictureId, "published") > 1) wrong.push(`${pictureId} was published twice`);
  const requests = [...new Set(beyond.invalidated.map(({ prefix, request }) => `${prefix} ${request}`))];
  // Each change that wakes forget is a round of its own, and a late delivery finds the end of the last.
  const rounds = (id: string) =>
    changes.filter(({ pictureId, to }) => pictureId === id && (to === "forgetting" || to === "forgotten")).length;
  more(
    "invalidated",
    requests.map((request) => request.split("/", 1)[0]!),
    rounds,
  );
  const ours = new Set(
    changes
      .filter(({ record, to }) => to === "published" && record?.source === sourceName)
      .map(({ pictureId }) => pictureId),
  );
  if (ledger.counts.writtenBack > ours.size)
    wrong.push(`${ledger.counts.writtenBack} pictures were counted as written back, of ${ours.size}`);
  const shown = [...world.catalog.records.values()].filter(({ status }) => status === "published");
  const whose = ({ pictureId }: Picture) => sent.find((one) => one.pictureId === pictureId);
  more(
    "the same is shown",
    shown.map(whose).flatMap((one) => (one ? [`${one.content.name} of ${one.owner}`] : [])),
    once,
  );
  return wrong;
}

/** What was done is on record beside the pictures. */
function trail({ stage, changes }: Outcome): string[] {
  const { decisions, world } = stage;
  return changes.flatMap(({ by, pictureId, from, to, record }) => {
    if (by === "review" && from === "review" && record !== undefined) {
      const decision = decisions.get(`${record.changedAt} ${pictureId}`);
      const isSo = decision?.lost !== true && decision?.verdict === (to === "accepted" ? "accept" : "reject");
      return isSo ? [] : [`nobody is on record for it that ${pictureId} is ${to}`];
    }
    if (from === "forgetting" && to === "forgotten" && record && !world.marked.includes(dayOf(record.enteredAt)))
      return [`${pictureId} stays in the export`];
    return [];
  });
}

/** Nobody's wish to have an original back is overwritten: it ends with the original, or with the picture. */
function wishes(changes: readonly Change[]): string[] {
  const wished = new Set<string>();
  return changes.flatMap(({ by, pictureId, record }) => {
    const isDropped = wished.has(pictureId) && !by.startsWith("restore") && record?.status === "published";
    if (record?.archive?.restoring === undefined) wished.delete(pictureId);
    else wished.add(pictureId);
    return isDropped && !wished.has(pictureId) ? [`${by} overlooked that ${pictureId} is wanted back`] : [];
  });
}

function countsOf(all: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}
