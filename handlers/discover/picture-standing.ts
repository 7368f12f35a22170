import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Repository, RepositoryFile } from "../../providers/repositories/types.ts";
import { endOfName } from "../keys.ts";
import type { SourceMeasure } from "../measures.ts";
import { pulledKey } from "../object-keys.ts";
import { fileIdentity } from "../picture-id.ts";
import type { Catalog, Log, ObjectStore, SourceLedger } from "../ports.ts";
import type { Picture, PictureIn, Reason } from "../record.ts";
import type { Replacement } from "./edits.ts";
import { left } from "./left.ts";

/** How far a picture of a page has come. */
export type Standing =
  | { readonly is: "published"; readonly picture: Published }
  /** It is on its way; an actor will move it on. */
  | { readonly is: "waiting" }
  /** Not yet taken from the repository. */
  | { readonly is: "new"; readonly pictureId: string }
  /** Its references stay as they are. A person may still decide otherwise. */
  | { readonly is: "left"; readonly reason: Reason; readonly mayChange?: true };

export type Published = Replacement & Pick<PictureIn<"published">, "pictureId" | "url">;

export interface StandingDeps {
  /** The repository's. */
  readonly name: string;
  readonly catalog: Pick<Catalog, "get" | "did">;
  /** Largest file taken, in bytes. */
  readonly maxBytes: number;
}

/** What is said of a picture once it was sent: until its record is there, nothing else knows. */
const sent = "discover";
/** What is said of a file that only tells where the picture is. */
const pointer = "discover-pointer";
/** What the service gives out of a file. https://docs.github.com/en/rest/git/blobs#get-a-blob */
const largestBlob = 100_000_000;

/** Asks the catalog alone. */
export async function standingOf(
  { name, catalog, maxBytes }: StandingDeps,
  file: RepositoryFile | undefined,
): Promise<Standing> {
  if (file === undefined) return { is: "left", reason: left("MISSING") };
  if (file.bytes > Math.min(maxBytes, largestBlob)) return { is: "left", reason: left("TOO_LARGE") };
  const { pictureId } = identityOf(name, file);
  const picture = await catalog.get(pictureId);
  if (picture === undefined) {
    if (await catalog.did(pictureId, sent)) return { is: "waiting" };
    if (isSmall(file) && (await catalog.did(pictureId, pointer))) return elsewhere;
    return { is: "new", pictureId };
  }
  // The bytes are the same, and so is what was made of them.
  if (picture.status !== "duplicate") return toStanding(picture);
  const first = await catalog.get(picture.duplicateOf);
  return first === undefined || first.status === "duplicate"
    ? { is: "left", reason: left("FORGOTTEN") }
    : toStanding(first);
}

function toStanding(picture: Picture): Standing {
  switch (picture.status) {
    case "published":
      return picture.frames > 1 && picture.levels.every(({ frames }) => frames === 1)
        ? { is: "left", reason: left("ANIMATION_TOO_LARGE") }
        : { is: "published", picture };
    case "rejected":
      return { is: "left", reason: picture.reason };
    case "review":
      return { is: "left", reason: left("IN_REVIEW"), mayChange: true };
    case "forgetting":
    case "forgotten":
      return { is: "left", reason: left("FORGOTTEN") };
    default:
      return { is: "waiting" };
  }
}

export interface SendDeps {
  readonly name: string;
  readonly repository: Pick<Repository, "open">;
  readonly catalog: Pick<Catalog, "once">;
  readonly incoming: Pick<ObjectStore, "upload">;
  readonly ledger: Pick<SourceLedger, "taken">;
  readonly log: Log;
  readonly measure: SourceMeasure;
}

/**
 * Streams a picture into the incoming bucket, and answers what it has come to. Safe to run twice: the
 * key is made of what it is. @throws RepositoryError
 */
export async function sendPicture(deps: SendDeps, file: RepositoryFile): Promise<Standing> {
  const { name, repository, catalog, incoming, ledger, log, measure } = deps;
  const { sourceId, revision, pictureId } = identityOf(name, file);
  let body = await repository.open(file);
  if (isSmall(file)) {
    const bytes = await buffer(body);
    if (bytes.toString("latin1").startsWith(pointerStart)) {
      await catalog.once(pictureId, pointer);
      return elsewhere;
    }
    body = Readable.from([bytes]);
  }
  await incoming.upload(pulledKey(name, pictureId), body, {
    contentType: "application/octet-stream",
    metadata: {
      source: name,
      id: sourceId,
      revision,
      name: endOfName(file.path.split("/").at(-1) ?? file.path, 600),
    },
  });
  if (await catalog.once(pictureId, sent)) {
    await ledger.taken();
    measure({ SourceTaken: 1 });
    log("taken", { actor: "discover", source: name, pictureId });
  }
  return { is: "waiting" };
}

/** A pointer is below 1024 bytes. https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
const isSmall = ({ bytes }: RepositoryFile) => bytes < 1024;
const pointerStart = "version https://git-lfs.github.com/spec/";
const elsewhere: Standing = { is: "left", reason: left("LFS_POINTER") };

const identityOf = (name: string, { path, blob }: RepositoryFile) => fileIdentity(name, { id: path, version: blob });
