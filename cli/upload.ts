import { openAsBlob } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Reason } from "../handlers/record.ts";
import { type ApiClient, asked, isPassing, passing, type Upload } from "./api-client.ts";
import { declaredType } from "./declared-type.ts";
import { fileTrouble, isFileTrouble } from "./file-trouble.ts";
import type { Imported } from "./import.ts";
import type { Journal } from "./import-journal.ts";
import { CliError } from "./output.ts";

export interface UploadDeps {
  readonly api: ApiClient;
  /** Folder that the files' names start from. */
  readonly dir: string;
  /** Uploads at the same time. */
  readonly atOnce: number;
  readonly onSent: (sent: number) => void;
  /** Is told of each that was uploaded. */
  readonly journal?: Pick<Journal, "add">;
}

/**
 * Uploads each picture's file and notes what became of it. What passes with time is tried again; a
 * picture that fails all the same is noted as such, and the others go on, unless so many fail in a
 * row that nobody is there any more.
 */
export async function uploadAll(pictures: readonly Imported[], deps: UploadDeps): Promise<void> {
  const queue = pictures.values();
  let sent = 0;
  let inARow = 0;
  let last: Reason | undefined;
  const worker = async () => {
    // All workers take from the one queue.
    for (const picture of queue) {
      picture.startedAt = performance.now();
      Object.assign(
        picture,
        inARow < hopeless ? await uploadOne(picture.file, deps) : { status: "failed", reason: notTried(last) },
      );
      if (picture.status === "uploaded") await deps.journal?.add(picture);
      picture.ms = Math.round(performance.now() - picture.startedAt);
      inARow = picture.status === "failed" ? inARow + 1 : 0;
      last = inARow < hopeless ? picture.reason : last;
      deps.onSent(++sent);
    }
  };
  await Promise.all(Array.from({ length: Math.min(deps.atOnce, pictures.length) }, worker));
}

const hopeless = 20;
const notTried = (last?: Reason): Reason => ({
  code: "NOT_TRIED",
  sentence: `${hopeless} uploads before this one failed in a row, the last of them so: ${last?.sentence} Import again when that is mended.`,
});

async function uploadOne(file: string, { dir, api }: UploadDeps): Promise<Partial<Imported>> {
  const path = join(dir, file);
  const type = declaredType(file);
  try {
    const { size: bytes } = await stat(path);
    const upload = await patiently(() => api.upload({ name: file, type, bytes }));
    if ("error" in upload) return { status: "rejected", reason: upload.error };
    // The same form again, should it be needed: it names the one place of this picture.
    await patiently(() => send(path, upload));
    return { status: "uploaded", pictureId: upload.pictureId };
  } catch (error) {
    return { status: "failed", reason: reasonOf(error) };
  }
}

/** A rejected upload is storage's answer to the form: XML with a code and a message. */
async function send(path: string, { url, fields }: Exclude<Upload, { error: Reason }>): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", await openAsBlob(path));
  const { status, answer } = await asked(new URL(url), {
    method: "POST",
    body: form,
    redirect: "manual",
    signal: AbortSignal.timeout(600_000),
  });
  if (status >= 200 && status < 300) return;
  const code = /<Code>(\w+)<\/Code>/.exec(answer)?.[1] ?? "UPLOAD_REFUSED";
  const message = /<Message>([^<]*)<\/Message>/.exec(answer)?.[1];
  throw new CliError(isPassing(status) ? "HOST_TROUBLE" : code, message ?? `The upload was answered ${status}.`);
}

/** Does it again, a little later each time, while what is in the way may pass. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const pause of [300, 1000, 3000])
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof CliError && passing.has(error.code))) throw error;
      await wait(pause * (0.75 + Math.random() / 2));
    }
  return await work();
}

function reasonOf(error: unknown): Reason {
  if (error instanceof CliError) return { code: error.code, sentence: error.message };
  if (isFileTrouble(error)) return { code: "UNREADABLE", sentence: `This file cannot be read: ${fileTrouble(error)}.` };
  throw error;
}
