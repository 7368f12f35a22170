import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** One file of the corpus manifest. */
export interface CorpusEntry {
  readonly file: string;
  readonly expected: "accept" | "reject";
  readonly firm: boolean;
  readonly checks?: {
    readonly mustNotContain?: string;
    readonly noExifGps?: true;
    readonly uprightSize?: readonly [number, number];
    readonly topLeft?: "red" | "green";
    readonly topRight?: "red" | "green";
  };
}

/** A file of the folder beside the project that only some machines have; undefined where it is absent. */
export function sharedFile(name: string): string | undefined {
  const path = join(import.meta.dirname, "../../../shared", name);
  return existsSync(path) ? path : undefined;
}

export async function sharedJson<T>(name: string): Promise<T> {
  const path = sharedFile(name);
  if (!path) throw new Error(`Expected ../shared/${name} beside the project. Skip the test where it is absent.`);
  return JSON.parse(await readFile(path, "utf8")) as T;
}
