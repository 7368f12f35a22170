import { createArchive } from "../../handlers/archive.ts";
import { createCatchUp } from "../../handlers/catch-up.ts";
import { createCompress } from "../../handlers/compress.ts";
import { createForget } from "../../handlers/forget.ts";
import { askToForget } from "../../handlers/forgetting.ts";
import { createIngest } from "../../handlers/ingest.ts";
import { createModerate } from "../../handlers/moderate.ts";
import { createPublish } from "../../handlers/publish.ts";
import { createReconcile } from "../../handlers/reconcile.ts";
import { createRedrive } from "../../handlers/redrive.ts";
import { createResize } from "../../handlers/resize.ts";
import { createRestore } from "../../handlers/restore.ts";
import { createWriteBack } from "../../handlers/write-back.ts";
import { fewRenditions, limits, moderation } from "../fixtures/memory-chain.ts";
import { keeping } from "../fixtures/memory-ports.ts";
import { memoryReplica } from "../fixtures/memory-regions.ts";
import { ask } from "./api.ts";
import type { Seen } from "./stage.ts";

/** Who acts: the handlers as they are deployed, over the world as one process sees it. */
export function castOf(seen: Seen) {
  const { use, ledger, places } = seen;
  const limited = { ...seen, limits };
  const writeBack = () => createWriteBack({ ...seen, name: seen.sourceName, use, ledger });
  return {
    ingest: (key: string) => createIngest(limited)(key),
    moderate: (id: string) => createModerate({ ...limited, moderation })(id),
    resize: (id: string) => createResize({ ...limited, renditions: fewRenditions })(id),
    compress: (id: string) => createCompress({ ...seen, publishedUrl: "https://pictures.example" })(id),
    publish: (id: string) => createPublish({ ...seen, renditions: fewRenditions })(id),
    forget: (id: string) => createForget(seen)(id),
    archive: (id: string) =>
      createArchive({ ...seen, keeping, storageClass: "DEEP_ARCHIVE", arrivalClass: "DEEP_ARCHIVE" })(id),
    "restore begin": (id: string) => createRestore(seen).begin(id),
    "restore finish": (key: string) => createRestore(seen).finish(key),
    "write-back": (id: string) => writeBack()(id),
    "catch-up": () =>
      createCatchUp({ ...seen, name: seen.sourceName, ledger, writeBack: writeBack(), start: () => "" })(timeLeft),
    reconcile: () => createReconcile({ ...seen, ...oneRegion(seen), turns, place: places })(timeLeft),
    async redrive(reason?: string) {
      let next: string | undefined;
      do {
        const answer = await createRedrive({ ...seen, unheard: [], callAgain: async () => {} })({
          really: true,
          reason,
          next,
        });
        next = answer.next;
      } while (next !== undefined);
    },
    async "ask to forget"(id: string) {
      if ((await askToForget(seen, id, "ann@example.com")) === false) throw new Error("BUSY");
    },
    review: (id: string, verdict: "accept" | "reject") =>
      ask(seen, `/api/pictures/${id}/review`, { verdict, reason: verdict === "reject" ? "No." : "" }),
    "ask to restore": (id: string, days: number) => ask(seen, `/api/pictures/${id}/restore`, { days }),
  };
}

export type Cast = ReturnType<typeof castOf>;
export type Role = keyof Cast;

const timeLeft = () => 300_000;
/** As components/reconciler.ts has them. */
const turns = { objects: [5, 60, 360, 1440], records: [30, 60, 360, 1440] };

/** Nobody is there to take over from. */
const oneRegion = (seen: Seen) => ({
  here: memoryReplica(seen.place.region, seen.catalog),
  regions: [seen.place.region],
  sweepOf: () => seen.sweep,
  adoptAfter: 5,
});
