import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type Locked, lockOfSharp } from "../sharp-layer.ts";

/** Somebody else's work that is deployed with ours. */
export interface Package {
  readonly kind: "npm" | "native";
  /** With its scope. */
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string;
  /** Of npm's archive, in hexadecimal; native libraries come inside one. */
  readonly sha512?: string;
}

/** The packages to which these files belong, as the lock has them: by name, each version once. */
export function packagesOf(inputs: readonly string[]): Package[] {
  const paths = new Set<string>();
  for (const input of inputs) {
    const path = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
    if (path === undefined) continue;
    paths.add(path);
    for (const name of carries[path] ?? []) paths.add(`node_modules/${name}`);
  }
  return inOrder([...paths].map((path) => packageOf(path, locked(path))));
}

/** What the layer for Lambda holds: sharp and what npm installs with it there. */
export async function packagesOfLayer(): Promise<Package[]> {
  const { "": _own, ...packages } = (await lockOfSharp(isForLambda)).packages;
  return inOrder(Object.entries(packages as Record<string, Locked>).map(([path, found]) => packageOf(path, found)));
}

const root = resolve(import.meta.dirname, "../..");

/** Whose own bundle is taken, with others inside: esbuild sees one file. */
const carries: Readonly<Record<string, readonly string[]>> = {
  "node_modules/css-tree": ["mdn-data", "source-map-js"],
};

/** What their own LICENSE says, where package.json does not say it as SPDX does. */
const licenceOf: Readonly<Record<string, string>> = { "url-template@2.0.8": "BSD-3-Clause" };

const isForLambda = ({ os = ["linux"], cpu = ["arm64"], libc = ["glibc"] }: Locked) =>
  os.includes("linux") && cpu.includes("arm64") && libc.includes("glibc");

let lock: Readonly<Record<string, Locked>> | undefined;

function locked(path: string): Locked {
  lock ??= (
    JSON.parse(readFileSync(resolve(root, "package-lock.json"), "utf8")) as { packages: Record<string, Locked> }
  ).packages;
  const found = lock[path];
  if (found === undefined)
    throw new Error(
      `PACKAGE_UNLOCKED: Expected package-lock.json to name what is bundled, but ${path} is not in it. Run: npm ci`,
    );
  return found;
}

function packageOf(path: string, { version, license = "NOASSERTION", integrity = "" }: Locked): Package {
  const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const [, hash] = /^sha512-(\S+)/.exec(integrity) ?? [];
  return {
    kind: "npm",
    name,
    version,
    licence: licenceOf[`${name}@${version}`] ?? license,
    ...(hash !== undefined && { sha512: Buffer.from(hash, "base64").toString("hex") }),
  };
}

function inOrder(packages: readonly Package[]): Package[] {
  const keyOf = ({ name, version }: Package) => `${name}@${version}`;
  const byKey = new Map(packages.map((one) => [keyOf(one), one]));
  return [...byKey].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, one]) => one);
}
