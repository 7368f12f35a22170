import AwsS3 from "@uppy/aws-s3";
import Uppy, { type Body } from "@uppy/core";
import type { Api } from "../api.ts";
import { Trouble } from "../lib/trouble.ts";
import { keepAcrossReloads } from "./keeping.ts";
import { createSigning, partBytes, wholeAtMost } from "./signing.ts";
import { isOver, troubleOf } from "./storage-trouble.ts";
import { createTurns } from "./turns.ts";
import { type Facts, type Upload, type UploadFile, uploadOf } from "./upload.ts";

export interface UploadsDeps {
  readonly api: Pick<Api, "slot" | "partedSlot" | "sign" | "picture">;
  /** Whose uploads these are: what one person left undone, no other goes on with. */
  readonly person: string;
  /** Told at every change, with the upload as it is now. */
  readonly onChange: (upload: Upload) => void;
  readonly onCancelled: (id: string) => void;
  /** The session ended: nothing goes on until `signedIn`. */
  readonly onSignedOut: () => void;
  /** @default 3 */
  readonly atOnce?: number;
}

export interface Uploads {
  /** Answers the names of those that are on their way already. */
  add(files: readonly File[]): string[];
  /** Undone ones, the oldest first. */
  all(): Upload[];
  pause(id: string): void;
  resume(id: string): void;
  retry(id: string): void;
  /** Stops it if it is on its way, and forgets it. */
  cancel(id: string): void;
  signedIn(): void;
}

interface Own {
  readonly file?: File;
  failure?: Trouble;
  /** Uppy was told to begin. */
  live?: true;
  /** Uppy holds its transfer ready; it goes on without being begun anew. */
  parked?: true;
  tries: number;
  timer?: ReturnType<typeof setTimeout>;
}

/** Sends files to the storage by Uppy: a few at a time, in parts where they are large, on through breaks, pauses and reloads. */
export function createUploads(deps: UploadsDeps): Uploads {
  const { api, person, onChange, onCancelled, onSignedOut, atOnce = 3 } = deps;
  const uppy = new Uppy<Facts, Body>({ id: `darkroom ${person}`, logger: silent });
  const own = new Map<string, Own>();
  const turns = createTurns({ atOnce, start: (fileId) => void start(fileId) });
  const signing = createSigning({
    api,
    now: () => performance.now(),
    fileOf(fileId) {
      const { name, type, size } = uppy.getFile(fileId);
      return { name, type: type ?? "", bytes: size ?? 0 };
    },
    onPlace(fileId, pictureId) {
      const file = uppy.getFile(fileId);
      if (file !== undefined) uppy.setFileMeta(fileId, { ...file.meta, pictureId });
    },
  });
  uppy.use(AwsS3, {
    limit: Number.POSITIVE_INFINITY, // Turns are taken here: a paused file must not keep others waiting.
    shouldUseMultipart: ({ size }) => (size ?? 0) > wholeAtMost,
    getChunkSize: () => partBytes,
    generateObjectKey: ({ id }) => id,
    signRequest: signing.sign,
  });

  async function start(fileId: string) {
    const mine = own.get(fileId);
    if (mine === undefined) return;
    tell(fileId);
    if (mine.parked) {
      delete mine.parked;
      uppy.pauseResume(fileId);
      return;
    }
    const { pictureId } = uppy.getFile(fileId).meta;
    const there = pictureId !== undefined && (await arrived(pictureId));
    // It may have been cancelled or paused meanwhile.
    if (own.get(fileId) !== mine) return;
    if (there) return done(fileId);
    if (!turns.isSending(fileId)) return;
    mine.live = true;
    await uppy.retryUpload(fileId);
  }

  /** Back in line after the connection broke. */
  function again(fileId: string, mine: Own) {
    clearTimeout(mine.timer);
    delete mine.timer;
    turns.queue(fileId, "front");
  }

  /** The answer to the last byte may have been lost on the way, not the bytes. */
  const arrived = (pictureId: string) =>
    api.picture(pictureId).then(
      () => true,
      () => false,
    );

  function done(fileId: string) {
    const file = uppy.getFile(fileId);
    end(fileId);
    onChange({ ...toUpload(file), state: { phase: "sent" } });
    uppy.removeFile(fileId);
  }

  function end(fileId: string) {
    clearTimeout(own.get(fileId)?.timer);
    own.delete(fileId);
    turns.leave(fileId);
  }

  function failed(fileId: string, trouble: Trouble) {
    const mine = own.get(fileId);
    if (mine === undefined) return;
    turns.leave(fileId);
    delete mine.live;
    if (trouble.code === "SIGN_IN_FIRST") {
      turns.hold("signed out");
      turns.queue(fileId, "front");
      onSignedOut();
    } else if (byItself.has(trouble.code)) {
      mine.timer = setTimeout(again, Math.min(30_000, 1000 * 2 ** mine.tries++), fileId, mine);
    } else {
      mine.failure = trouble;
      signing.giveUp(fileId);
      if (isOver(trouble)) uppy.setFileState(fileId, { s3Multipart: undefined });
    }
    tell(fileId);
  }

  const tell = (fileId: string) => {
    const file = uppy.getFile(fileId);
    if (file !== undefined && own.has(fileId)) onChange(toUpload(file));
  };

  const toUpload = (file: UploadFile) =>
    uploadOf(file, { failure: own.get(file.id)?.failure, sending: turns.isSending(file.id) && navigator.onLine });

  uppy.on("upload-progress", (file) => file && tell(file.id));
  uppy.on("upload-success", (file) => file && queueMicrotask(() => uppy.getFile(file.id) && done(file.id)));
  uppy.on(
    "upload-error",
    (file, error) => file && failed(file.id, error instanceof Trouble ? error : troubleOf(error)),
  );
  uppy.on("files-added", (files) => {
    for (const { id, data } of files) {
      own.set(id, { tries: 0, ...(data instanceof File && { file: data }) });
      turns.queue(id);
      tell(id);
    }
  });
  keepAcrossReloads(uppy, {
    onRestored(files) {
      // What was added before the old ones came back was overwritten by them.
      const lost = [...own].flatMap(([id, { file }]) => (file && !uppy.getFile(id) ? [file] : []));
      for (const file of files) restore(file);
      if (lost.length > 0) add(lost);
    },
  });

  function restore({ id, meta, s3Multipart, isGhost, isPaused, progress }: UploadFile) {
    if (progress.uploadComplete) return uppy.removeFile(id);
    const mine: Own = { tries: 0 };
    own.set(id, mine);
    if (s3Multipart !== undefined && meta.pictureId !== undefined) signing.remember(s3Multipart.key, meta.pictureId);
    if (isGhost) mine.failure = new Trouble("FILE_NOT_KEPT", notKept, false);
    else if (!isPaused) turns.queue(id);
    tell(id);
  }

  function add(files: readonly File[]): string[] {
    const twice: string[] = [];
    const refuse = (file: { readonly name?: string } | undefined) => twice.push(file?.name ?? "");
    uppy.on("restriction-failed", refuse);
    uppy.addFiles(
      files.map((data) => ({ name: data.name, type: data.type, data, meta: { ownId: crypto.randomUUID() } })),
    );
    uppy.off("restriction-failed", refuse);
    return twice;
  }

  const fileIdOf = (id: string) => uppy.getFiles().find(({ meta }) => meta.ownId === id)?.id;
  const withFile = (act: (fileId: string, mine: Own) => void) => (id: string) => {
    const fileId = fileIdOf(id);
    const mine = fileId === undefined ? undefined : own.get(fileId);
    if (fileId === undefined || mine === undefined) return;
    act(fileId, mine);
    tell(fileId);
  };

  addEventListener("offline", () => {
    turns.hold("offline");
    for (const fileId of own.keys()) tell(fileId);
  });
  addEventListener("online", () => {
    for (const [fileId, mine] of own) if (mine.timer !== undefined) again(fileId, mine);
    turns.release("offline");
    for (const fileId of own.keys()) tell(fileId);
  });
  if (!navigator.onLine) turns.hold("offline");

  return {
    add,
    all: () =>
      uppy
        .getFiles()
        .filter(({ id }) => own.has(id))
        .map(toUpload),
    pause: withFile((fileId, mine) => {
      clearTimeout(mine.timer);
      delete mine.timer;
      if (mine.live) {
        mine.parked = true;
        uppy.pauseResume(fileId);
      } else uppy.setFileState(fileId, { isPaused: true });
      turns.leave(fileId);
    }),
    resume: withFile((fileId, mine) => {
      if (!mine.parked) uppy.setFileState(fileId, { isPaused: false });
      turns.queue(fileId, "front");
    }),
    retry: withFile((fileId, mine) => {
      delete mine.failure;
      mine.tries = 0;
      turns.queue(fileId, "front");
    }),
    cancel(id) {
      const fileId = fileIdOf(id);
      if (fileId === undefined) return;
      end(fileId);
      uppy.removeFile(fileId);
      onCancelled(id);
    },
    signedIn: () => turns.release("signed out"),
  };
}

const notKept = "The browser could not keep this file. Choose it again, and it goes on where it was.";

/** What passes without a person doing anything. */
const byItself: ReadonlySet<string> = new Set(["UNREACHABLE", "BUSY"]);

const silent = { debug() {}, warn() {}, error() {} };
