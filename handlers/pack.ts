import type { Readable } from "node:stream";
import { pack as openTar } from "tar-stream";
import * as z from "zod/mini";
import type { Pixels } from "../providers/compressors/types.ts";
import type { Level } from "./record.ts";
import { type Entry, PackError, readEntries } from "./unpack.ts";

/** What one actor hands to the next about a picture is one tar: a PUT costs more than the compute, and `tar -tv` shows what is inside. */

export interface PackedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** `levels.json`, then `<level>.raw` each. The same levels give the same bytes. */
export const packPixels = (levels: readonly Pixels[]): Promise<Buffer> =>
  pack([
    { name: "levels.json", bytes: json(levels.map(({ data: _, ...level }) => level)) },
    ...levels.map(({ name, data }) => ({ name: `${name}.raw`, bytes: data })),
  ]);

/** `files.json`, then every file. The same files give the same bytes. */
export const packFiles = (files: readonly PackedFile[]): Promise<Buffer> =>
  pack([
    { name: "files.json", bytes: json(files.map(({ name, bytes }) => ({ name, bytes: bytes.length }))) },
    ...files,
  ]);

/**
 * One level at a time: while a stream is read, only the level in hand is held.
 * @throws PackError
 */
export async function* unpackPixels(source: Buffer | Readable): AsyncGenerator<Pixels> {
  const levelsOf = (index: Buffer) => parse(levels, index, "levels.json");
  const entryOf = (level: Level): Entry => ({
    name: `${level.name}.raw`,
    bytes: level.width * level.height * level.channels * level.frames,
  });
  for await (const { item, bytes } of readEntries(source, "levels.json", levelsOf, entryOf))
    yield { ...item, data: bytes };
}

/**
 * One file at a time: while a stream is read, only the file in hand is held.
 * @throws PackError
 */
export async function* unpackFiles(source: Buffer | Readable): AsyncGenerator<PackedFile> {
  const filesOf = (index: Buffer) => parse(files, index, "files.json");
  for await (const { item, bytes } of readEntries(source, "files.json", filesOf, (file) => file))
    yield { name: item.name, bytes };
}

async function pack(entries: readonly PackedFile[]): Promise<Buffer> {
  const tar = openTar();
  // Neither clock nor user may show in the bytes, or a retry would write another object.
  for (const { name, bytes } of entries) tar.entry({ name, mtime: new Date(0), mode: 0o644, uid: 0, gid: 0 }, bytes);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));

/** Names are ours and plain; anything else was not packed here. */
const name = z.string().check(z.regex(/^[\w.-]{1,80}$/));
const size = z.int().check(z.positive());
const files = z.array(z.strictObject({ name, bytes: z.int().check(z.nonnegative()) }));
const levels = z.array(
  z.strictObject({
    name,
    width: size,
    height: size,
    channels: z.union([z.literal(3), z.literal(4)]),
    frames: size,
    delay: z.array(z.number().check(z.nonnegative())),
    loop: z.int().check(z.nonnegative()),
    formats: z.array(z.enum(["jpeg", "png", "gif", "webp", "avif"])),
  }) satisfies z.ZodMiniType<Level>,
);

function parse<T>(schema: z.ZodMiniType<T>, index: Buffer, name: string): T {
  try {
    return schema.parse(JSON.parse(index.toString()));
  } catch (cause) {
    throw new PackError(
      "PACK_INVALID",
      `expected ${name} as this project writes it, but it cannot be read. Put the picture back on its way to have it packed anew.`,
      { cause },
    );
  }
}
