import { describe, expect, it } from "vitest";
import { decodeChunks } from "../../local/aws/s3/chunked.ts";
import { readForm } from "../../local/aws/s3/form.ts";

/** The same bytes in pieces of this size, as a network may cut them. */
async function* cut(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function textOf(pieces: AsyncIterable<Buffer>) {
  const read: Buffer[] = [];
  for await (const piece of pieces) read.push(piece);
  return Buffer.concat(read).toString();
}

describe.each([1, 2, 3, 7, 1000])("a request body that comes %i bytes at a time", (size) => {
  it("is decoded from its chunks", async () => {
    const trailers = new Map<string, string>();
    const body = Buffer.from("4\r\n\r\n0\r\r\n3\r\nend\r\n0\r\nX-Amz-Checksum-Crc32: AAAAAA==\r\n\r\n");
    expect(await textOf(decodeChunks(cut(body, size), { length: 7, trailers }))).toBe("\r\n0\rend");
    expect([...trailers]).toEqual([["x-amz-checksum-crc32", "AAAAAA=="]]);
  });

  it("is read as a form, whatever its file holds", async () => {
    const file = "\r\n--edg\r\n-\r\n--ed--edge\r\n--\r";
    const lines = ["--edge", 'Content-Disposition: form-data; name="Key"', "", "a\r\nb", "--edge"];
    const rest = [
      'Content-Disposition: form-data; name="file"; filename="a%22b.jpg"',
      "Content-Type: image/jpeg",
      "",
      file,
      "--edge--",
      "",
    ];
    const form = await readForm(
      "multipart/form-data; boundary=edge",
      cut(Buffer.from([...lines, ...rest].join("\r\n")), size),
    );
    expect([...form.fields]).toEqual([["key", "a\r\nb"]]);
    expect(form.filename).toBe('a"b.jpg');
    expect(await textOf(form.file)).toBe(file);
    await form.drain();
  });
});
