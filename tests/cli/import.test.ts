import { appendFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Imported } from "../../cli/import.ts";
import { darkroom, type Ran, scratch } from "./command.ts";
import { damaged, fakeDarkroom } from "./fake-darkroom.ts";

/** A folder with these files, each holding its own name. */
async function folder(...files: string[]): Promise<string> {
  const dir = await scratch();
  for (const file of files) {
    await mkdir(join(dir, file, ".."), { recursive: true });
    await writeFile(join(dir, file), `bytes of ${file}`);
  }
  return dir;
}

const picturesOf = (ran: Ran) => ran.json<{ pictures: Omit<Imported, "startedAt">[] }>().pictures;
const statuses = (ran: Ran) => Object.fromEntries(picturesOf(ran).map(({ file, status }) => [file, status]));

it("sends every file of the folder and its subfolders by its signed form, and no hidden ones or links", async () => {
  const dir = await folder("a.jpg", "sub/deeper/b.PNG", "ünï codé.webp", "unknown", ".hidden.jpg", ".git/c.jpg");
  await symlink(join(dir, "a.jpg"), join(dir, "link.jpg"));
  const host = await fakeDarkroom();

  const ran = await darkroom(["import", dir, "--to", host.url, "--json"]);

  expect(ran.code).toBe(0);
  expect(
    Object.fromEntries([...host.received].map(([name, { type, bytes }]) => [name, [type, bytes.toString()]])),
  ).toEqual({
    "a.jpg": ["image/jpeg", "bytes of a.jpg"],
    "sub/deeper/b.PNG": ["image/png", "bytes of sub/deeper/b.PNG"],
    "ünï codé.webp": ["image/webp", "bytes of ünï codé.webp"],
    unknown: ["application/octet-stream", "bytes of unknown"],
  });
  for (const picture of picturesOf(ran))
    expect(picture).toEqual({
      file: picture.file,
      status: "uploaded",
      pictureId: expect.any(String),
      ms: expect.any(Number),
    });
});

it("finds the files of the folder one stands in", async () => {
  const host = await fakeDarkroom();
  await darkroom(["import", ".", "--to", host.url], { cwd: await folder("a.jpg", "sub/b.jpg") });
  expect([...host.received.keys()].sort()).toEqual(["a.jpg", "sub/b.jpg"]);
});

it("follows each picture to its end, however many, and says why one was refused", async () => {
  const names = Array.from({ length: 300 }, (_, n) => `${String(n).padStart(3, "0")}.jpg`);
  const host = await fakeDarkroom({
    journey: (name) =>
      name === "007.jpg"
        ? ["received", "rejected"]
        : name === "008.jpg"
          ? ["duplicate"]
          : ["received", "resized", "published"],
  });
  const ran = await darkroom(["import", await folder(...names), "--to", host.url, "--wait", "--json"]);

  const pictures = picturesOf(ran);
  expect(pictures.map(({ file }) => file)).toEqual(names);
  expect(Object.groupBy(pictures, ({ status }) => status)).toMatchObject({
    rejected: [{ file: "007.jpg", reason: damaged }],
    duplicate: [{ file: "008.jpg" }],
    published: { length: 298 },
  });
  expect(ran.code).toBe(1);
  expect(ran.stderr).toMatch(/^300 pictures: .*298 published/);
});

it("goes on with the others when the host will not have one, or storage refuses one", async () => {
  const host = await fakeDarkroom({
    refuse: (name) => (name === "large.jpg" ? { code: "TOO_LARGE", sentence: "Too large." } : undefined),
    fault: (_, __, name) => (name === "denied.jpg" ? 403 : undefined),
  });
  const ran = await darkroom(["import", await folder("denied.jpg", "good.jpg", "large.jpg"), "--to", host.url]);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toMatch(
    /^failed {4}denied.jpg {2}UPLOAD_REFUSED: .*403.*\nrejected {2}large.jpg {2}TOO_LARGE: Too large.\n3 pictures: /,
  );
  expect([...host.received.keys()]).toEqual(["good.jpg"]);
});

it("tries again what passes, with the same form, so that no picture comes twice", async () => {
  const host = await fakeDarkroom({
    fault: (call, nth, name) => {
      if (call === "POST /api/uploads" && nth < 2) return nth === 0 ? 503 : "drop";
      if (name === "a.jpg" && nth < 2) return nth === 0 ? "drop" : 500;
      if (call === "GET /api/pictures" && nth === 1) return "drop";
      return undefined;
    },
  });
  const dir = await folder("a.jpg", "b.jpg");
  const ran = await darkroom(["import", dir, "--to", host.url, "--wait", "--at-once", "1", "--json"]);
  expect(statuses(ran)).toEqual({ "a.jpg": "published", "b.jpg": "published" });
  expect(ran.code).toBe(0);
  expect(new Set(host.calls.filter((call) => call.startsWith("POST /storage/"))).size).toBe(2);
});

it("gives one up that fails every time, and brings the others through", async () => {
  const host = await fakeDarkroom({ fault: (_, __, name) => (name === "cursed.jpg" ? "drop" : undefined) });
  const ran = await darkroom([
    "import",
    await folder("a.jpg", "cursed.jpg", "z.jpg"),
    "--to",
    host.url,
    "--wait",
    "--json",
  ]);
  expect(statuses(ran)).toEqual({ "a.jpg": "published", "cursed.jpg": "failed", "z.jpg": "published" });
  expect(picturesOf(ran)[1]!.reason?.code).toBe("HOST_UNREACHABLE");
  expect(ran.code).toBe(1);
});

it("stops trying when nobody is there any more, and still accounts for every file", async () => {
  const names = Array.from({ length: 200 }, (_, n) => `${n}.jpg`);
  let taken = 0;
  const host = await fakeDarkroom({ fault: (call) => (call === "POST /api/uploads" && ++taken > 5 ? 500 : undefined) });
  const ran = await darkroom(["import", await folder(...names), "--to", host.url, "--at-once", "40", "--json"]);
  const reasons = Object.groupBy(picturesOf(ran), ({ reason }) => reason?.code ?? "none");
  expect(
    Object.fromEntries(Object.entries(reasons).map(([code, all]) => [code, all!.length > 100 ? "most" : "some"])),
  ).toEqual({
    none: "some",
    HOST_TROUBLE: "some",
    NOT_TRIED: "most",
  });
  expect(ran.code).toBe(1);
});

it("waits no longer than --timeout for pictures that do not move, and says which", async () => {
  const host = await fakeDarkroom({ journey: (name) => (name === "stuck.jpg" ? ["received"] : ["published"]) });
  const dir = await folder("a.jpg", "stuck.jpg");
  const ran = await darkroom(["import", dir, "--to", host.url, "--wait", "--timeout", "1", "--json"]);
  expect(picturesOf(ran)).toMatchObject([
    { file: "a.jpg", status: "published" },
    { file: "stuck.jpg", status: "received", reason: { code: "NO_PROGRESS" } },
  ]);
  expect(ran.code).toBe(1);
});

it("has nothing to do in an empty folder", async () => {
  const host = await fakeDarkroom();
  const ran = await darkroom(["import", await scratch(), "--to", host.url, "--wait", "--json"]);
  expect(ran.json()).toEqual({ pictures: [] });
  expect(ran.code).toBe(0);
});

it("uploads nothing to what is not a Darkroom", async () => {
  const other = await fakeDarkroom({ fault: () => "text" });
  const ran = await darkroom(["import", await folder("a.jpg"), "--to", other.url, "--json"]);
  expect(ran.json()).toMatchObject({ error: { code: "HOST_STRANGE" } });
  expect(ran.code).toBe(2);
  expect(other.calls).toEqual(["GET /api/pictures"]);
});

describe("an import that is resumed", () => {
  const resumed = (dir: string, journal: string, to: string) =>
    darkroom(["import", dir, "--to", to, "--resume", journal, "--wait", "--json"]);

  it("uploads what was not, or has changed since, and follows all of them", async () => {
    const dir = await folder("a.jpg", "b.jpg", "c.jpg");
    const journal = join(dir, "import.jsonl");
    let isDown = true;
    const host = await fakeDarkroom({ fault: (_, __, name) => (isDown && name === "c.jpg" ? 403 : undefined) });
    expect(statuses(await resumed(dir, journal, host.url))).toMatchObject({ "b.jpg": "published", "c.jpg": "failed" });
    isDown = false;
    await writeFile(join(dir, "a.jpg"), "other bytes");
    // As if the process had been killed while it wrote.
    await appendFile(journal, '{"to":"http');
    const sent = host.calls.filter((call) => call.startsWith("POST /storage/")).length;

    const again = await resumed(dir, journal, host.url);

    expect(statuses(again)).toEqual({ "a.jpg": "published", "b.jpg": "published", "c.jpg": "published" });
    expect(host.received.get("a.jpg")!.bytes.toString()).toBe("other bytes");
    expect(host.calls.filter((call) => call.startsWith("POST /storage/")).length - sent).toBe(2);
    expect(again.stderr).toContain("1 of them uploaded before");
  });

  it("begins anew with another Darkroom", async () => {
    const [dir, journal] = [await folder("a.jpg"), join(await scratch(), "import.jsonl")];
    for (const host of [await fakeDarkroom(), await fakeDarkroom()]) {
      await resumed(dir, journal, host.url);
      expect([...host.received.keys()]).toEqual(["a.jpg"]);
    }
  });

  it("leaves a file alone that is no journal", async () => {
    const [host, dir] = [await fakeDarkroom(), await folder("a.jpg")];
    const ran = await resumed(await folder("b.jpg"), join(dir, "a.jpg"), host.url);
    expect(ran.json()).toMatchObject({ error: { code: "BAD_JOURNAL" } });
    expect(await readFile(join(dir, "a.jpg"), "utf8")).toBe("bytes of a.jpg");
    expect(host.received.size).toBe(0);
  });
});
