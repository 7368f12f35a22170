import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Command, InvalidArgumentError } from "commander";
import type { Picture, Reason, Status } from "../handlers/record.ts";
import { type ApiClient, apiClient, sendFile } from "./api-client.ts";
import { CliError, exitCodes, type Finish, plain, printJson, progressLine } from "./output.ts";

interface Imported {
  readonly file: string;
  /** The record's status; `rejected` also when it was not even uploaded, `uploaded` when nobody waited. */
  status: Status | "uploaded" | "failed";
  reason?: Reason;
  pictureId?: string;
  ms: number;
}

export const importCommand = (finish: Finish) =>
  new Command("import")
    .description(
      "Uploads every file of a folder to a Darkroom and, with --wait, follows each until it is published or refused.",
    )
    .argument("<dir>", "folder; its subfolders too")
    .requiredOption("--to <url>", "address of a Darkroom, such as http://127.0.0.1:4000, or a stack's apiUrl")
    .option("--wait", "until every picture has come to its end")
    .option("--timeout <seconds>", "longest wait without any progress", seconds, 300)
    .option("--at-once <n>", "uploads at the same time", seconds, 6)
    .option("--json", "{pictures: [{file, status, reason, ms}]}")
    .action(async (dir: string, flags: { to: string; wait?: true; timeout: number; atOnce: number; json?: true }) => {
      const files = await filesIn(dir);
      const api = apiClient(flags.to);
      const progress = progressLine();
      const started = performance.now();
      const pictures: Imported[] = files.map((file) => ({ file, status: "uploaded", ms: 0 }));
      await uploadAll(dir, pictures, api, flags.atOnce, (sent) => progress.show(`${sent}/${files.length} uploaded`));
      if (flags.wait) await follow(pictures, api, started, flags.timeout, (text) => progress.show(text));
      progress.done(`${summary(pictures)} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
      if (flags.json) printJson({ pictures });
      else
        for (const { file, status, reason } of pictures)
          if (reason) console.log(`${status}  ${plain(file)}  ${reason.code}: ${reason.sentence}`);
      finish(
        pictures.every(({ status }) => status !== "rejected" && status !== "failed") ? exitCodes.ok : exitCodes.refused,
      );
    });

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("Expected a whole number from 1.");
  return value;
}

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError("BAD_FOLDER", `Expected a folder at ${dir} (${cause.code}).`, { cause });
  });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(join(dir, "/").length)).sort();
}

async function uploadAll(
  dir: string,
  pictures: readonly Imported[],
  api: ApiClient,
  atOnce: number,
  onSent: (sent: number) => void,
): Promise<void> {
  const left = [...pictures];
  let sent = 0;
  const worker = async () => {
    for (let picture = left.shift(); picture !== undefined; picture = left.shift()) {
      const started = performance.now();
      Object.assign(picture, await uploadOne(join(dir, picture.file), picture.file, api));
      picture.ms = Math.round(performance.now() - started);
      onSent(++sent);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function uploadOne(path: string, name: string, api: ApiClient): Promise<Partial<Imported>> {
  const { size } = await stat(path);
  const [upload] = await api.uploads([
    { name, type: types[extname(name).toLowerCase()] ?? "application/octet-stream", bytes: size },
  ]);
  if (upload === undefined) throw new CliError("HOST_REFUSED", "Expected a signed upload, received nothing.");
  if ("error" in upload) return { status: "rejected", reason: upload.error };
  const refusal = await sendFile(path, upload);
  return refusal ? { status: "failed", reason: refusal } : { status: "uploaded", pictureId: upload.pictureId };
}

/** Only what the upload form declares; Darkroom itself goes by content. */
const types: Readonly<Record<string, string>> = {
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".png": "image/png",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".tif": "image/tiff",
  ".tiff": "image/tiff",
};

/** Statuses from which a picture moves no further by itself. */
const ends: ReadonlySet<Status> = new Set(["published", "rejected", "duplicate", "review"]);

async function follow(
  pictures: readonly Imported[],
  api: ApiClient,
  started: number,
  timeout: number,
  say: (text: string) => void,
): Promise<void> {
  const waiting = new Map(
    pictures.flatMap((picture) => (picture.pictureId === undefined ? [] : [[picture.pictureId, picture] as const])),
  );
  let lastProgress = performance.now();
  while (waiting.size > 0) {
    if (performance.now() - lastProgress > timeout * 1000)
      throw new CliError(
        "NO_PROGRESS",
        `Expected ${waiting.size} more pictures to come to their end, but nothing moved for ${timeout} s. See "darkroom status".`,
      );
    for (const ids of inGroups([...waiting.keys()], 50))
      for (const record of await api.pictures(ids)) {
        const picture = waiting.get(record.pictureId);
        if (picture === undefined || picture.status === record.status) continue;
        lastProgress = performance.now();
        note(picture, record, Math.round(performance.now() - started));
        if (ends.has(record.status)) waiting.delete(record.pictureId);
      }
    say(summary(pictures));
    await wait(400);
  }
}

function note(picture: Imported, record: Picture, ms: number): void {
  picture.status = record.status;
  picture.ms = ms;
  if ("reason" in record) picture.reason = record.reason;
}

function* inGroups<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

function summary(pictures: readonly Imported[]): string {
  const counts = new Map<string, number>();
  for (const { status } of pictures) counts.set(status, (counts.get(status) ?? 0) + 1);
  return `${pictures.length} pictures: ${[...counts].map(([status, count]) => `${count} ${status}`).join(", ") || "none"}`;
}
