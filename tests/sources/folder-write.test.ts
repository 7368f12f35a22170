import { link, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { addFile } from "../../providers/sources/folder-write.ts";

vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  return { ...real, link: vi.fn(real.link) };
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "darkroom-write-"));
});
afterEach(() => rm(folder, { recursive: true }));
const failing = (code: string) => vi.mocked(link).mockRejectedValueOnce(Object.assign(new Error(code), { code }));

describe("adding a file to a folder", () => {
  it.each(["EPERM", "ENOTSUP"])(
    "works where the disk knows no links (%s), and replaces nothing there either",
    async (code) => {
      failing(code);
      await addFile(join(folder, "one.jpg"), Buffer.from("one"));
      expect(await readdir(folder)).toEqual(["one.jpg"]);
      failing(code);
      await expect(addFile(join(folder, "one.jpg"), Buffer.from("two"))).rejects.toMatchObject({ code: "EEXIST" });
      expect(await readFile(join(folder, "one.jpg"), "utf8")).toBe("one");
      expect(await readdir(folder)).toEqual(["one.jpg"]);
    },
  );

  it("leaves nothing behind when it fails half way", async () => {
    failing("ENOSPC");
    await expect(addFile(join(folder, "one.jpg"), Buffer.from("one"))).rejects.toMatchObject({ code: "ENOSPC" });
    expect(await readdir(folder)).toEqual([]);
  });

  it("never replaces a file", async () => {
    await writeFile(join(folder, "one.jpg"), "theirs");
    await expect(addFile(join(folder, "one.jpg"), Buffer.from("ours"))).rejects.toMatchObject({ code: "EEXIST" });
    expect(await readFile(join(folder, "one.jpg"), "utf8")).toBe("theirs");
  });
});
