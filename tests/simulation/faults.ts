import type { Picture } from "../../handlers/record.ts";
import type { Role } from "./cast.ts";
import type { Fault } from "./schedule.ts";
import type { Seen } from "./stage.ts";

/**
 * Mistakes that somebody could make, each put between the handlers and the world. Invariants that let one of
 * them pass would let the same mistake in the code pass.
 */
export const faults: readonly Fault[] = [
  // Conditions that are dropped.
  fault("move: from wherever the record stands", ({ catalog }) => ({
    catalog: {
      ...catalog,
      move: async (_from, to) => catalog.move((await statusOf(catalog, to)) as typeof to.status, to),
    },
  })),
  fault("add: over what is there", ({ catalog }) => ({
    catalog: {
      ...catalog,
      async add(picture) {
        const status = await statusOf(catalog, picture);
        return status === undefined ? catalog.add(picture) : catalog.move(status, picture);
      },
    },
  })),
  fault("amend: whatever was said meanwhile", ({ catalog }) => ({
    catalog: {
      ...catalog,
      amend: async (found, amendment) => catalog.amend((await catalog.get(found.pictureId)) ?? found, amendment),
    },
  })),
  fault("once: every time", ({ catalog }) => ({ catalog: { ...catalog, once: yes } }), ["write-back", "catch-up"]),
  fault("once: every time a call is paid", (seen) => ({ compressorOf: seen.payingOnce(async () => true) }), [
    "compress",
  ]),
  fault(
    "claim: whose it is already",
    ({ catalog }) => ({
      catalog: { ...catalog, claim: async (_hash, pictureId) => pictureId },
    }),
    ["ingest"],
  ),

  // Filters.
  { name: "filter: moderate wakes on accepted", filters: { moderate: ({ status }) => status === "accepted" } },
  { name: "filter: compress wakes on nothing", filters: { compress: () => false } },
  { name: "filter: forget wakes on forgotten", filters: { forget: ({ status }) => status === "forgotten" } },
  { name: "filter: restore wakes on nothing", filters: { "restore begin": () => false } },
  {
    name: "filter: write-back wakes on compressed",
    filters: { "write-back": ({ status }) => status === "compressed" },
  },

  // Writes that are swapped.
  fault("publish: the record before the bytes", (seen) => bytesLast(seen, "published"), ["publish"]),
  fault("resize: the record before the bytes", (seen) => bytesLast(seen, "working"), ["resize"]),
  fault("compress: the record before the bytes", (seen) => bytesLast(seen, "working"), ["compress"]),
  fault(
    "ingest: the record before the original",
    (seen) => {
      let copy = async () => true;
      const { working, catalog } = seen;
      return {
        working: {
          ...working,
          copy: async (...given) => {
            copy = () => working.copy(...given);
            return true;
          },
        },
        catalog: { ...catalog, add: async (picture) => (await catalog.add(picture)) && copy() },
      };
    },
    ["ingest"],
  ),
  fault("remind: after the record has moved", (seen) => {
    const reminded: Picture[] = [];
    const { catalog, remind } = seen;
    return {
      remind: async (picture) => void reminded.push(picture),
      catalog: {
        ...catalog,
        async move(from, to) {
          const moved = await catalog.move(from, to);
          for (const picture of reminded.splice(0)) await remind(picture);
          return moved;
        },
      },
    };
  }),
  fault(
    "archive: the original is removed before the record says so",
    ({ archived, working }) => ({
      archived: {
        ...archived,
        async keep(from, key, storageClass) {
          const kept = await archived.keep(from, key, storageClass);
          const copy = await archived.head(key);
          await working.remove(from.key);
          return kept && copy !== undefined;
        },
      },
    }),
    ["archive"],
  ),
  fault(
    "write-back: said before it is done",
    ({ catalog }) => ({
      catalog: { ...catalog, did: async (id, effect) => !(await catalog.once(id, effect)) },
    }),
    ["write-back"],
  ),

  // Answers that are ignored.
  fault(
    "moderate: whatever the moderator says",
    ({ moderator }) => ({
      moderator: { ...moderator, screen: async (image) => ({ ...(await moderator.screen(image)), confidence: 0 }) },
    }),
    ["moderate"],
  ),
  fault(
    "review: whatever the reviewer says",
    ({ catalog }) => ({
      catalog: {
        ...catalog,
        move: (from, to) =>
          catalog.move(from, { ...to, status: "accepted", acceptedBy: "olga", acceptedAt: to.changedAt } as typeof to),
      },
    }),
    ["review"],
  ),
  fault(
    "publish: nobody has accepted it",
    ({ catalog }) => ({
      catalog: {
        ...catalog,
        move: (from, to) =>
          to.status === "review"
            ? catalog.move(from, { ...(to as Picture), status: "accepted", acceptedBy: "" } as unknown as typeof to)
            : catalog.move(from, to),
      },
    }),
    ["moderate"],
  ),
  fault("review: nothing for the trail", ({ audit }) => ({ audit: { ...audit, add: yes } }), ["review"]),

  // What is left out.
  fault("remind: never", () => ({ remind: async () => {} })),
  fault("restore: no reminder", ({ reminders }) => ({ reminders: { ...reminders, set: nothing } }), [
    "restore begin",
    "restore finish",
  ]),
  fault(
    "clean up after what was forgotten: never",
    ({ catalog }) => ({
      catalog: { ...catalog, move: async (from, to) => to.status === "forgetting" || catalog.move(from, to) },
    }),
    ["ingest", "moderate", "resize", "compress", "publish", "archive", "restore begin", "restore finish"],
  ),
  fault("forget: the uploaded file", ({ incoming }) => ({ incoming: { ...incoming, remove: nothing } }), ["forget"]),
  fault("forget: the published files", ({ published }) => ({ published: { ...published, removeAll: nothing } }), [
    "forget",
  ]),
  fault("forget: the working files", ({ working }) => ({ working: { ...working, removeAll: nothing } }), ["forget"]),
  fault("forget: the archive", ({ archived }) => ({ archived: { ...archived, removeAll: nothing } }), ["forget"]),
  fault("forget: the quarantine", ({ quarantine }) => ({ quarantine: { ...quarantine, removeAll: nothing } }), [
    "forget",
  ]),
  fault("forget: the reminder", ({ reminders }) => ({ reminders: { ...reminders, drop: nothing } }), ["forget"]),
  fault("forget: the claim on its bytes", ({ catalog }) => ({ catalog: { ...catalog, release: nothing } }), ["forget"]),
  fault("forget: the day that was exported", () => ({ markDay: async () => {} }), ["forget"]),
  fault(
    "invalidate: by a reference of its own each time",
    ({ invalidate, now }) => {
      let count = 0;
      return {
        async invalidate(prefix, request) {
          const own = () => `${request} ${now().getTime()} ${++count}`;
          await invalidate(prefix, own());
          await invalidate(prefix, own());
        },
      };
    },
    ["forget"],
  ),
  fault("ingest: the original of a duplicate", ({ working }) => ({ working: { ...working, remove: nothing } }), [
    "ingest",
  ]),
  fault("review: the preview", ({ working }) => ({ working: { ...working, remove: nothing } }), ["review"]),
  fault("archive: the original", ({ working }) => ({ working: { ...working, remove: nothing } }), ["archive"]),
  fault("reconcile: what came in", () => ({ list: async () => ({ objects: [], more: false }) }), ["reconcile"]),
  fault("reconcile and redrive: the wakening", ({ catalog }) => ({ catalog: { ...catalog, touch: yes } }), [
    "reconcile",
    "redrive",
  ]),
  fault("catch-up: the writing", () => ({ use: async () => undefined as never }), ["catch-up"]),
];

/** Of all roles, unless some are named. */
function fault(name: string, wrap: (seen: Seen) => Partial<Seen>, roles?: readonly Role[]): Fault {
  return { name, tamper: (seen, role) => (roles?.includes(role) === false ? seen : { ...seen, ...wrap(seen) }) };
}

const yes = async () => true;
const nothing = async () => {};

const statusOf = async (catalog: Seen["catalog"], { pictureId }: Picture) => (await catalog.get(pictureId))?.status;

/** What is to be written waits until the record has moved. */
function bytesLast({ catalog, ...seen }: Seen, bucket: "working" | "published"): Partial<Seen> {
  const waiting: (() => Promise<void>)[] = [];
  return {
    [bucket]: {
      ...seen[bucket],
      write: async (...given) => void waiting.push(() => seen[bucket].write(...given)),
    } satisfies Seen["working"],
    catalog: {
      ...catalog,
      async move(from, to) {
        const moved = await catalog.move(from, to);
        for (const write of waiting.splice(0)) await write();
        return moved;
      },
    },
  };
}
