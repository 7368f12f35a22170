import { execFile } from "node:child_process";
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

/**
 * The layer with sharp for Lambda's arm64 Linux, fetched by npm whatever machine builds it, in exactly the
 * versions of the project's lock. Kept as long as these stay the same.
 * @throws Error `LAYER_NOT_FETCHED`, or `LAYER_WRONG` when what came is not for arm64.
 */
export async function sharpLayer(dir: string): Promise<string> {
  const wanted = JSON.stringify(await lockOfSharp(), null, 2);
  const note = `${dir}.lock.json`;
  if ((await exists(note)) && (await readFile(note, "utf8")) === wanted) return `${await assertArm64(dir)}, unchanged`;

  await mkdir(dirname(dir), { recursive: true });
  const work = await mkdtemp(`${dir}-`);
  try {
    const nodejs = join(work, "nodejs");
    await mkdir(nodejs);
    await writeFile(
      join(nodejs, "package.json"),
      JSON.stringify({ private: true, dependencies: JSON.parse(wanted).packages[""].dependencies }),
    );
    await writeFile(join(nodejs, "package-lock.json"), wanted);
    await npmCi(nodejs);
    // The first two differ from one npm to the next, and nothing needs any of them.
    for (const leftover of [
      "node_modules/.package-lock.json",
      "node_modules/.bin",
      "package.json",
      "package-lock.json",
    ])
      await rm(join(nodejs, leftover), { recursive: true, force: true });
    const what = await assertArm64(work);
    await rm(note, { force: true });
    await rm(dir, { recursive: true, force: true });
    await rename(work, dir);
    await writeFile(note, wanted);
    return what;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** What stands for the layer where nothing is deployed. index.ts refuses to deploy it. */
export async function sharpLayerPlaceholder(dir: string): Promise<string> {
  if (await exists(join(dir, "nodejs"))) return "kept as it is";
  await mkdir(dir, { recursive: true });
  await writeFile(
    join(dir, "EMPTY.txt"),
    "Made by `node build.ts --local`, without sharp for AWS. To deploy, run `npm run build`.\n",
  );
  return "left out (--local)";
}

const root = resolve(import.meta.dirname, "..");
const layerArgs = [
  "--os=linux",
  "--cpu=arm64",
  "--libc=glibc",
  "--ignore-scripts",
  "--omit=dev",
  "--no-audit",
  "--no-fund",
];

/** A package as package-lock.json has it. */
export interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly version: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

/** A lock of sharp and what it stands on, cut from the project's: all of it, or what is wanted. */
export async function lockOfSharp(isWanted: (found: Locked) => boolean = () => true) {
  const { packages } = JSON.parse(await readFile(join(root, "package-lock.json"), "utf8")) as {
    packages: Record<string, Locked>;
  };
  const taken: Record<string, Locked> = {};
  const take = (name: string, under: string) => {
    const path = [`${under}/node_modules/${name}`, `node_modules/${name}`].find((path) => path in packages);
    if (path === undefined || path in taken) return;
    const found = packages[path]!;
    if (!isWanted(found)) return;
    taken[path] = found;
    for (const dependency of Object.keys({ ...found.dependencies, ...found.optionalDependencies }))
      take(dependency, path);
  };
  take("sharp", "");
  const version = taken["node_modules/sharp"]?.version;
  if (version === undefined)
    throw new Error("LAYER_NOT_FETCHED: Expected package-lock.json to name sharp, but it does not. Run: npm install");
  return {
    lockfileVersion: 3,
    packages: { "": { dependencies: { sharp: version } }, ...Object.fromEntries(Object.entries(taken).sort()) },
  };
}

async function npmCi(cwd: string): Promise<void> {
  const npm = process.env["npm_execpath"];
  const [command, ...args] = npm === undefined ? ["npm"] : [process.execPath, npm];
  try {
    await promisify(execFile)(command!, [...args, "ci", ...layerArgs], { cwd, maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    const { stderr = "" } = error as { stderr?: string };
    throw new Error(
      `LAYER_NOT_FETCHED: Expected npm to fetch sharp for Lambda, but it failed. Without a network, build with --local.\n${stderr.trim()}`,
      { cause: error },
    );
  }
}

/** Answers the layer's size, once sure that both binaries in it are for 64-bit ARM. */
export async function assertArm64(dir: string): Promise<string> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const binary of [/sharp-linux-arm64[^/\\]*\.node$/, /libvips-cpp\.so[.\d]*$/]) {
    const file = files.find((path) => binary.test(path));
    const machine = file && (await elfMachine(file));
    if (machine !== aarch64)
      throw new Error(
        `LAYER_WRONG: Expected ${binary} in ${dir} to be for 64-bit ARM (ELF machine ${aarch64}), received ${file === undefined ? "no such file" : `${file} with machine ${machine ?? "none"}`}. Delete dist/layers and build again.`,
      );
  }
  const bytes = (await Promise.all(files.map((file) => stat(file)))).reduce((sum, { size }) => sum + size, 0);
  return `${Math.round(bytes / 1024).toLocaleString("en")} KB`;
}

const aarch64 = 0xb7;

/** The machine an ELF file is for; undefined for other files. */
async function elfMachine(path: string): Promise<number | undefined> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(20), 0, 20, 0);
    return buffer.subarray(0, 4).equals(Buffer.from("\x7fELF", "latin1")) ? buffer.readUInt16LE(18) : undefined;
  } finally {
    await file.close();
  }
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
