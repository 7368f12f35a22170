import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { startHost } from "../../local/host.ts";
import { withFolders } from "../../local/wiring/folder-sources.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { allPictures, root, until } from "./harness.ts";

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanUps.splice(0).reverse()) await clean();
});

async function scratch(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-"));
  cleanUps.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

describe("the inbox", () => {
  it("takes in a picture that lies there, by the same way as any other source, and publishes it", async () => {
    const dir = await scratch();
    const inbox = join(dir, "inbox");
    await mkdir(join(inbox, "holiday"), { recursive: true });
    await writeFile(join(inbox, "holiday", "beach.jpg"), await makePhoto({ width: 400, height: 300, seed: 21 }));
    await writeFile(join(inbox, "notes.txt"), "not a picture");
    const said: string[] = [];
    const host = await startHost({ port: 0, dir, stack: "dev", say: (text) => said.push(text), log: () => {} });
    cleanUps.push(() => host.close());

    expect(said).toContainEqual(expect.stringContaining(inbox));
    const [picture, ...more] = await until(async () => {
      const pictures = await allPictures(host.url);
      return pictures.some(({ status }) => status === "published") ? pictures : undefined;
    });
    expect(picture).toMatchObject({ status: "published", source: "inbox", name: "beach.jpg", width: 400, height: 300 });
    expect(more).toEqual([]);
  });
});

describe("sources on this machine", () => {
  const sourcesOf = (config: Readonly<Record<string, string>>) => JSON.parse(config["darkroom:sources"]!);

  it("are the stack's and the inbox, with folders seen from the project's", async () => {
    const dir = await scratch();
    const disk = { name: "disk", kind: "folder", path: "pictures" };
    const { config, inbox } = await withFolders({ "darkroom:sources": JSON.stringify([disk]) }, dir);
    expect(inbox).toBe(join(dir, "inbox"));
    expect(config["darkroom:folders"]).toBe("true");
    expect(sourcesOf(config)).toEqual([
      { ...disk, path: join(root, "pictures") },
      { name: "inbox", kind: "folder", path: inbox, every: "1 minute", settleSeconds: 2 },
    ]);
  });

  it("leave a source that the stack itself calls inbox as it is", async () => {
    const own = [{ name: "inbox", kind: "s3", bucket: "incoming-mail" }];
    const { config, inbox } = await withFolders({ "darkroom:sources": JSON.stringify(own) }, await scratch());
    expect(inbox).toBeUndefined();
    expect(sourcesOf(config)).toEqual(own);
  });

  it.each(["oops", '{"name":"disk"}'])("leave %s for the program to refuse in its own words", async (text) => {
    const { config, inbox } = await withFolders({ "darkroom:sources": text }, await scratch());
    expect(inbox).toBeUndefined();
    expect(config["darkroom:sources"]).toBe(text);
  });
});
