import type { Readable } from "node:stream";
import { S3Error } from "./errors.ts";
import { createReader, type Reader } from "./reader.ts";

export interface Form {
  /** The fields before the file, names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  /** As the browser gave it; empty when it gave none. */
  readonly filename: string;
  /** The file's bytes. Read them, then `drain`. */
  readonly file: AsyncGenerator<Buffer>;
  /** Reads past whatever follows the file, which S3 ignores too. */
  drain(): Promise<void>;
}

/**
 * Reads a browser's upload form: its fields, and its file as a stream. No streaming form parser is among
 * our packages, and Node's own `formData()` holds the whole file in memory.
 * @throws S3Error
 */
export async function readForm(contentType: string, source: AsyncIterable<Buffer> | Readable): Promise<Form> {
  const [, quoted, plain] =
    /^multipart\/form-data\s*;.*?boundary=(?:"([^"]{1,70})"|([^;\s]{1,70}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined)
    throw new S3Error("PreconditionFailed", "Bucket POST must be of the enclosure-type multipart/form-data", {
      Condition: "Bucket POST must be of the enclosure-type multipart/form-data",
    });
  const reader = createReader(source);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  if ((await reader.line(LINE)) !== `--${boundary}`) throw malformed();

  const fields = new Map<string, string>();
  for (let size = 0; size <= MOST_FIELDS; ) {
    const part = await readHead(reader);
    if (part.name === "file")
      return { fields, filename: part.filename, file: reader.until(delimiter), drain: reader.drain };
    const value = await readField(reader.until(delimiter), MOST_FIELDS - size);
    size += part.name.length + value.length;
    if (fields.has(part.name))
      throw new S3Error("InvalidArgument", "POST requires each field at most once.", { ArgumentName: part.name });
    fields.set(part.name, value.toString("utf8"));
    if ((await reader.line(LINE)) === "--") {
      throw new S3Error("IncorrectNumberOfFilesInPostRequest", "POST requires exactly one file upload per request.");
    }
  }
  throw tooMuch();
}

const LINE = 8 * 1024;
/** S3's limit for everything before the file. */
const MOST_FIELDS = 20 * 1024;

async function readHead(reader: Reader): Promise<{ name: string; filename: string }> {
  let disposition = "";
  for (let line = await reader.line(LINE); line !== ""; line = await reader.line(LINE)) {
    if (/^content-disposition:/i.test(line)) disposition = line;
  }
  const name = /[;\s]name="([^"]*)"/i.exec(disposition)?.[1];
  if (!name) throw malformed();
  return {
    name: unquoted(name).toLowerCase(),
    filename: unquoted(/[;\s]filename="([^"]*)"/i.exec(disposition)?.[1] ?? ""),
  };
}

/** Browsers escape just these three. */
const unquoted = (text: string) => text.replaceAll("%22", '"').replaceAll("%0D", "\r").replaceAll("%0A", "\n");

async function readField(bytes: AsyncGenerator<Buffer>, limit: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > limit) throw tooMuch();
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const tooMuch = () =>
  new S3Error("MaxPostPreDataLengthExceeded", "Your POST request fields preceding the upload file were too large.");

const malformed = () =>
  new S3Error("MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.");
