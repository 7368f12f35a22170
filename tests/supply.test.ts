import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Validation } from "@cyclonedx/cyclonedx-library";
import { lintSource } from "@secretlint/core";
import { creator as recommended } from "@secretlint/secretlint-rule-preset-recommend";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { cyclonedxOf, specVersion } from "../build/sbom/cyclonedx.ts";
import { licencesPage, offencesOf } from "../build/sbom/licences.ts";
import { nativeLibraries } from "../build/sbom/native.ts";
import { type Part, partsOf } from "../build/sbom/parts.ts";

const root = resolve(import.meta.dirname, "..");
const textOf = (path: string) => readFileSync(join(root, path), "utf8");

interface Bom {
  readonly metadata: { readonly component: { readonly components?: readonly Entry[] } };
  readonly components: readonly Entry[];
}
interface Entry {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly unknown[];
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

describe("what is deployed", () => {
  let parts: readonly Part[];
  beforeAll(async () => {
    parts = await partsOf();
  });
  const partOf = (name: string) => parts.find((part) => part.name === name)!;
  const namesIn = (name: string) => partOf(name).packages.map((one) => one.name);

  it("has a bill of materials for each part, as CycloneDX would have it", async () => {
    const validator = new Validation.JsonStrictValidator(specVersion);
    for (const part of parts) {
      const text = cyclonedxOf(part, "0.1.0");
      // A second each: one with everything in it, one with native libraries, one with nobody's work.
      if (["discover", "sharp-layer", "policy"].includes(part.name))
        expect(await validator.validate(text), part.name).toBeNull();
      const { components } = JSON.parse(text) as Bom;
      expect(components).toHaveLength(part.packages.length);
      for (const { purl, version, licenses, hashes } of components) {
        expect(purl).toMatch(/^pkg:(npm|generic)\/.+@./);
        expect(decodeURIComponent(purl).endsWith(`@${version}`)).toBe(true);
        expect(licenses, purl).toHaveLength(1);
        if (purl.startsWith("pkg:npm/")) expect(hashes?.[0]?.content, purl).toMatch(/^[0-9a-f]{128}$/);
      }
    }
    expect(
      await validator.validate(cyclonedxOf(parts[0]!, "0.1.0").replace('"application"', '"whatever"')),
    ).not.toBeNull();
  });

  it("is in the bill of every function, and of what is deployed beside them", async () => {
    const functions = (await readdir(join(root, "handlers"))).filter((file) => file.endsWith(".lambda.ts"));
    const expected = [...functions.map((file) => file.replace(".lambda.ts", "")), "sharp-layer", "web", "policy"];
    expect(parts.map(({ name }) => name).sort()).toEqual(expected.sort());
  });

  it("is listed by what is really taken of it, and no other package", () => {
    expect(namesIn("discover")).toEqual(expect.arrayContaining(["parse5", "css-tree", "mdn-data", "source-map-js"]));
    expect(namesIn("moderate")).toEqual(
      expect.arrayContaining(["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-wasm", "nsfwjs"]),
    );
    expect(namesIn("web")).toEqual(expect.arrayContaining(["@uppy/core"]));
    for (const name of ["ingest", "resize", "api"]) {
      expect(namesIn(name)).not.toContain("sharp");
      expect(namesIn(name)).not.toContain("parse5");
    }
    const layer = namesIn("sharp-layer");
    expect(layer).toEqual(
      expect.arrayContaining([
        "sharp",
        "@img/sharp-linux-arm64",
        "@img/sharp-libvips-linux-arm64",
        "libvips",
        "libheif",
      ]),
    );
    expect(layer.filter((name) => /darwin|win32|x64|wasm|musl/.test(name))).toEqual([]);
  });

  it("is the very files that the build made", async () => {
    const { createHash } = await import("node:crypto");
    const bom = JSON.parse(cyclonedxOf(partOf("ingest"), "0.1.0")) as Bom;
    const files = bom.metadata.component.components!;
    expect(files.map(({ name }) => name)).toContain("index.mjs");
    for (const { name, hashes } of files) {
      const built = await readFile(join(root, "dist/ingest", name));
      expect(hashes?.[0]?.content).toBe(createHash("sha256").update(built).digest("hex"));
    }
  });

  it("is under licences that somebody has agreed to", () => {
    expect(offencesOf(parts)).toEqual([]);
    const one = (licence: string) => ({ kind: "npm", name: "one", version: "1.0.0", licence }) as const;
    const under = (licence: string, name = "ingest") =>
      offencesOf([{ name, files: new Map(), packages: [one(licence)] }]).length === 0;
    expect(under("MIT AND ISC") && under("(GPL-3.0-only OR MIT)")).toBe(true);
    for (const licence of ["AGPL-3.0-or-later", "MIT AND GPL-2.0-only", "SEE LICENSE IN LICENSE", "NOASSERTION"])
      expect(under(licence), licence).toBe(false);
    // A library that has to be exchangeable may not be bundled with our code.
    expect(under("LGPL-3.0-or-later", "sharp-layer")).toBe(true);
    expect(under("LGPL-3.0-or-later")).toBe(false);
    expect(() => nativeLibraries({ novel: "1.0" })).toThrow("LIBRARY_UNKNOWN");
  });

  it("has its licences on a page: npm run sbom -- --licences", () => {
    expect(textOf("docs/licences.md")).toBe(licencesPage(parts));
  });
});

describe("package-lock.json", () => {
  interface Entry {
    readonly integrity?: string;
    readonly resolved?: string;
    readonly link?: boolean;
    readonly version?: string;
  }
  const lock = JSON.parse(textOf("package-lock.json")) as { packages: Record<string, Entry> };
  const { "": own, ...others } = lock.packages;

  it("holds the hash of every package, and of where it came from nothing but npm's own registry", () => {
    expect(Object.keys(others).length).toBeGreaterThan(500);
    for (const [path, { integrity, resolved, link }] of Object.entries(others)) {
      expect(link, path).toBeUndefined();
      expect(integrity, path).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
      // Without an address npm asks the registry that it is set up with.
      if (resolved !== undefined) expect(resolved, path).toMatch(/^https:\/\/registry\.npmjs\.org\//);
    }
  });

  it("is of the very package.json", () => {
    const { dependencies, devDependencies } = JSON.parse(textOf("package.json")) as Record<string, object>;
    expect(own).toMatchObject({ dependencies, devDependencies });
  });

  it("lets only those packages run scripts of their own that are named", () => {
    const { allowScripts } = JSON.parse(textOf("package.json")) as { allowScripts: Record<string, boolean> };
    const asking = Object.entries(others).filter(([, entry]) => "hasInstallScript" in entry);
    const names = asking.map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
    const unnamed = names.filter((name) => !(name in allowScripts));
    // macOS alone; there npm asks.
    expect(unnamed.filter((name) => name !== "fsevents")).toEqual([]);
  });
});

describe("the repository", () => {
  it("holds no secrets", async () => {
    const lint = async (filePath: string, content: string) => {
      const rules = [{ id: "recommended", rule: recommended }];
      const { messages } = await lintSource({
        source: { filePath, content, ext: "", contentType: "text" },
        options: { config: { rules }, maskSecrets: true },
      });
      return messages.map(({ message }) => `${filePath}: ${message}`);
    };
    expect(
      await lint("a.ts", `const key = "${["ghp", "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"].join("_")}";`),
    ).toHaveLength(1);
    const files = filesOfRepository();
    expect(files.length).toBeGreaterThan(500);
    const found: string[] = [];
    for (const file of files) found.push(...(await lint(file, textOf(file))));
    // Addresses with a made-up password in them, which are to be refused.
    const invented = /^tests\/(moderators|sources\/options)\.test\.ts: found basic auth credential/;
    expect(found.filter((one) => !invented.test(one))).toEqual([]);
  });

  it("is kept up to date each week, packages and actions, in groups", () => {
    const { updates } = parse(textOf(".github/dependabot.yml")) as {
      updates: { "package-ecosystem": string; schedule: { interval: string }; groups: object }[];
    };
    expect(updates.map((one) => one["package-ecosystem"])).toEqual(["npm", "github-actions"]);
    for (const { schedule, groups } of updates) {
      expect(schedule.interval).toBe("weekly");
      expect(Object.keys(groups).length).toBeGreaterThan(0);
    }
  });

  it("shows in SECURITY.md where each thing is that is done", () => {
    const links = [...textOf("SECURITY.md").matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path!);
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((path) => !existsSync(join(root, dirname("SECURITY.md"), path)))).toEqual([]);
  });
});

/** Text that git knows of, and what is about to be added. */
function filesOfRepository(): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root });
  return listed
    .toString()
    .split("\n")
    .filter((file) => /\.(ts|js|json|md|ya?ml|py|html|css|sh|svg)$/.test(file) && file !== "package-lock.json")
    .filter((file) => existsSync(join(root, file)));
}
