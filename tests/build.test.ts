import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertArm64 } from "../build/sharp-layer.ts";
import { build } from "../build.ts";

const root = resolve(import.meta.dirname, "..");
const run = promisify(execFile);
let dir: string;
let handlers: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "darkroom-build-"));
  // Inside the project, so that the entry finds the project's packages.
  handlers = await mkdtemp(join(root, "dist/fixture-"));
  await writeFile(
    join(handlers, "small.lambda.ts"),
    `import sharp from "sharp";
     export const handler = async (): Promise<string> => (await import("./more.ts")).more(typeof sharp, sharp.versions.sharp);`,
  );
  await writeFile(join(handlers, "more.ts"), `export const more = (...parts: unknown[]) => parts.join(" ");`);
});
afterAll(async () => {
  await rm(dir, { recursive: true });
  await rm(handlers, { recursive: true });
});

/** Every file of a folder by a hash of its bytes. */
async function hashes(folder: string): Promise<Record<string, string>> {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const hashed = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [
      relative(folder, path),
      createHash("sha256")
        .update(await readFile(path))
        .digest("hex"),
    ] as const;
  });
  return Object.fromEntries((await Promise.all(hashed)).sort());
}

describe("bundles", () => {
  it("of an unchanged tree are the same bytes, wherever they are put", async () => {
    const [first, second] = [join(dir, "first"), join(dir, "elsewhere/second")];
    await build({ out: first, local: true });
    await build({ out: second, local: true });
    const made = await hashes(first);
    expect(Object.keys(made)).toEqual(
      expect.arrayContaining(
        ["ingest", "moderate", "resize", "compress", "publish", "api"].map((actor) => `${actor}/index.mjs`),
      ),
    );
    expect(made).toHaveProperty(["moderate/tfjs-backend-wasm-simd.wasm"]);
    expect(await hashes(second)).toEqual(made);
  });

  it("hold no path of the machine that made them", async () => {
    for (const file of Object.keys(await hashes(join(dir, "first"))).filter((name) => name.endsWith(".mjs")))
      expect((await readFile(join(dir, "first", file), "utf8")).includes(root), file).toBe(false);
  });

  it("find sharp in a layer, by NODE_PATH, from a folder that has no packages near", async () => {
    const out = join(dir, "lambda");
    await build({ handlers, out, only: "small" });
    const layer = join(dir, "opt/nodejs/node_modules");
    for (const name of ["sharp", "@img", "detect-libc", "semver"])
      await cp(join(root, "node_modules", name), join(layer, name), { recursive: true });
    const { version } = JSON.parse(await readFile(join(root, "node_modules/sharp/package.json"), "utf8")) as {
      version: string;
    };
    const script = `const { handler } = await import(${JSON.stringify(join(out, "small/index.mjs"))}); console.log(await handler());`;
    const withLayer = { cwd: dir, env: { ...process.env, NODE_PATH: layer } };
    expect((await run(process.execPath, ["-e", script], withLayer)).stdout).toBe(`function ${version}\n`);
    await expect(
      run(process.execPath, ["-e", script], { cwd: dir, env: { ...process.env, NODE_PATH: "" } }),
    ).rejects.toThrow("Cannot find module 'sharp'");
  });

  it("take away what is no longer made, and leave alone what is right", async () => {
    const out = join(dir, "again");
    const said: string[] = [];
    await build({ handlers, out, only: "small" });
    await writeFile(join(out, "small/chunk-of-yesterday.mjs"), "");
    await build({ handlers, out, only: "small", say: (line) => said.push(line) });
    expect(Object.keys(await hashes(join(out, "small")))).not.toContain("chunk-of-yesterday.mjs");
    expect(said).toEqual([expect.stringMatching(/^small .*, unchanged$/)]);
  });
});

describe("the layer", () => {
  it("is left out by --local, and what is there instead says so", async () => {
    const out = join(dir, "laptop");
    await build({ handlers, out, local: true });
    expect(await readFile(join(out, "layers/sharp/EMPTY.txt"), "utf8")).toContain("npm run build");
  });

  /** The first bytes of a program for a machine, as far as anybody looks. */
  const elf = (machine: number) => {
    const bytes = Buffer.alloc(64);
    bytes.write("\x7fELF", "latin1");
    bytes.writeUInt16LE(machine, 18);
    return bytes;
  };
  const [arm64, x64] = [0xb7, 0x3e];
  async function layerOf(name: string, sharp: Buffer, libvips?: Buffer): Promise<string> {
    const lib = join(dir, name, "nodejs/node_modules/@img");
    await mkdir(lib, { recursive: true });
    await writeFile(join(lib, "sharp-linux-arm64.node"), sharp);
    if (libvips) await writeFile(join(lib, "libvips-cpp.so.8.18.7"), libvips);
    return join(dir, name);
  }

  it("is taken when sharp and libvips in it are for 64-bit ARM", async () => {
    await expect(assertArm64(await layerOf("right", elf(arm64), elf(arm64)))).resolves.toMatch(/KB$/);
  });

  it("is refused when either is missing, for another machine, or no program", async () => {
    await expect(assertArm64(await layerOf("machine", elf(x64), elf(arm64)))).rejects.toThrow(
      /LAYER_WRONG.*sharp.*with machine 62/,
    );
    await expect(assertArm64(await layerOf("text", elf(arm64), Buffer.from("not a library")))).rejects.toThrow(
      /LAYER_WRONG.*libvips.*with machine none/,
    );
    await expect(assertArm64(await layerOf("missing", elf(arm64)))).rejects.toThrow(/LAYER_WRONG.*no such file/);
  });

  const built = join(root, "dist/layers/sharp");
  it.skipIf(!existsSync(join(built, "nodejs")))(
    "for AWS, where it has been built (npm run build), holds the versions of the lock and neither of npm's own notes",
    async () => {
      await assertArm64(built);
      const files = Object.keys(await hashes(built));
      expect(files.filter((file) => /\.bin\/|package-lock\.json$/.test(file))).toEqual([]);
      const lock = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as {
        packages: Record<string, { version: string }>;
      };
      for (const name of [
        "sharp",
        "@img/sharp-linux-arm64",
        "@img/sharp-libvips-linux-arm64",
        "detect-libc",
        "semver",
      ]) {
        const { version } = JSON.parse(
          await readFile(join(built, "nodejs/node_modules", name, "package.json"), "utf8"),
        ) as { version: string };
        expect(version, name).toBe(lock.packages[`node_modules/${name}`]!.version);
      }
    },
  );
});

describe("the command", () => {
  it("names the parts there are when asked for one that there is not", async () => {
    await expect(run(process.execPath, ["build.ts", "--only", "nothing"], { cwd: root })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/PART_UNKNOWN.*ingest.*sharp-layer/),
    });
  });
});
