import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

/** DESIGN's rule of one direction: who may import what, read from the sources. */

interface Import {
  /** File of ours, from the root, or a package's specifier. */
  readonly target: string;
  readonly typesOnly: boolean;
}

/** What reads a stack's config and checks it. */
const settings = ["settings.ts", "settings-capacity.ts", "settings-problems.ts", "settings-schema.ts"];
/** What a stack may say, for the settings to check. */
const schemas = [
  "options.ts",
  "options-actors.ts",
  "providers/repositories/options.ts",
  "providers/sources/options.ts",
];
const root = resolve(import.meta.dirname, "..");
const files = globSync(["*.ts", "{components,handlers,providers,local,policy,cli,build}/**/*.ts"], {
  cwd: root,
}).sort();
const imports = new Map(files.map((file) => [file, importsOf(file)]));

const under = (...folders: string[]) =>
  files.filter((file) => folders.some((folder) => file === folder || file.startsWith(`${folder}/`)));
const isUnder = (target: string, ...folders: string[]) =>
  folders.some((folder) => target === folder || target.startsWith(`${folder}/`));
const interfaces = under("providers").filter((file) => file.endsWith("/types.ts"));
const isOurs = (target: string) => files.includes(target) || existsSync(join(root, target));

/** `file → target` of every import for which `wrong` holds. */
const offences = (from: readonly string[], wrong: (target: string, typesOnly: boolean, file: string) => boolean) =>
  from.flatMap((file) =>
    imports
      .get(file)!
      .filter(({ target, typesOnly }) => wrong(target, typesOnly, file))
      .map(({ target, typesOnly }) => `${file} → ${typesOnly ? "type " : ""}${target}`),
  );

describe("imports run one way", () => {
  it("the policy pack imports none of ours", () => {
    expect(under("policy").length).toBeGreaterThan(1);
    expect(offences(under("policy"), (target) => isOurs(target) && !isUnder(target, "policy"))).toEqual([]);
  });

  it("what runs in functions and providers never imports Pulumi", () => {
    expect(offences(under("handlers", "providers", "cli"), (target) => target.startsWith("@pulumi/"))).toEqual([]);
  });

  it("only settings.ts reads Pulumi's config", () => {
    const readers = under("components", "index.ts", ...settings, "local").filter((file) =>
      /pulumi\.Config\(|allConfig\(/.test(readFileSync(join(root, file), "utf8")),
    );
    expect(readers).toEqual(["settings.ts"]);
  });

  it("infrastructure imports no code that runs in it: types, settings.ts and the components alone", () => {
    const wrong = (target: string, typesOnly: boolean) =>
      isOurs(target) && !isUnder(target, "components", "settings.ts") && !typesOnly;
    expect(offences(under("components", "index.ts"), wrong)).toEqual([]);
    expect(offences(settings, (target) => isOurs(target) && ![...schemas, ...settings].includes(target))).toEqual([]);
    expect(offences(under("components"), (target) => isUnder(target, "local", "cli", "providers", "policy"))).toEqual(
      [],
    );
  });

  it("options files are pure schemas: leaves, which functions know by their types", () => {
    expect(schemas.flatMap((file) => imports.get(file)!.map(({ target }) => target))).toEqual(schemas.map(() => "zod"));
    expect(
      offences(under("handlers", "providers"), (target, typesOnly) => schemas.includes(target) && !typesOnly),
    ).toEqual([]);
  });

  it("the laptop host reaches the bundles and the graph, and of the program only its entry, to capture it", () => {
    expect(offences(under("local"), (target) => isOurs(target) && !isUnder(target, "local"))).toEqual([
      "local/capture.ts → index.ts",
    ]);
    expect(
      offences(under("handlers", "components", "providers", "index.ts", ...settings), (target) =>
        isUnder(target, "local"),
      ),
    ).toEqual([]);
  });

  it("a step knows providers by their interface; only compositions choose one", () => {
    const steps = under("handlers").filter((file) => !file.endsWith(".lambda.ts"));
    expect(
      offences(
        steps,
        // Of an interface its error as well, to branch on its code.
        (target, typesOnly) =>
          isUnder(target, "providers") && !interfaces.includes(target) && !(typesOnly && schemas.includes(target)),
      ),
    ).toEqual([]);
    expect(offences(interfaces, (target, typesOnly) => isOurs(target) && !typesOnly)).toEqual([]);
    expect(
      offences(
        steps.filter((file) => !file.startsWith("handlers/aws/")),
        (target) => /^@?aws-(sdk|lambda)/.test(target),
      ),
    ).toEqual([]);
    expect(offences(files, (target, _, file) => target.endsWith(".lambda.ts") && file !== target)).toEqual([]);
  });

  it("a provider knows its family, what families share, the record and the pixels, and no step", () => {
    const family = (file: string) => file.split("/").slice(0, 2).join("/");
    const wrong = (target: string, _: boolean, file: string) =>
      isOurs(target) &&
      !isUnder(target, family(file), "providers/types.ts", "handlers/record.ts", "handlers/pixels", "options.ts");
    expect(offences(under("providers"), wrong)).toEqual([]);
  });

  it("names relative files with their ending, and finds them", () => {
    expect(offences(files, (target) => target.startsWith("missing:"))).toEqual([]);
  });
});

describe("weight", () => {
  it.each(["publish", "api", "pull", "discover"])("%s, which touches no pixels, does not load sharp", (actor) => {
    expect(wayTo("sharp", `handlers/${actor}.lambda.ts`)).toBeUndefined();
  });

  it.each(["ingest", "moderate", "resize", "compress", "digest"])("%s does", (actor) => {
    expect(wayTo("sharp", `handlers/${actor}.lambda.ts`)).toBeDefined();
  });
});

/** The chain of imports at run time from a file to a package, when there is one. */
function wayTo(wanted: string, file: string, seen = new Set<string>()): string | undefined {
  seen.add(file);
  for (const { target, typesOnly } of imports.get(file) ?? []) {
    if (typesOnly || seen.has(target)) continue;
    if (target === wanted) return `${file} → ${wanted}`;
    const rest = wayTo(wanted, target, seen);
    if (rest) return `${file} → ${rest}`;
  }
  return undefined;
}

function importsOf(file: string): Import[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest);
  const found: Import[] = [];
  const add = (specifier: ts.Node | undefined, typesOnly: boolean) => {
    if (specifier && ts.isStringLiteral(specifier)) found.push({ target: targetOf(specifier.text, file), typesOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, hasTypesOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function hasTypesOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return !clause.name && !!named && ts.isNamedImports(named) && named.elements.every(({ isTypeOnly }) => isTypeOnly);
}

function targetOf(specifier: string, file: string): string {
  if (!specifier.startsWith(".")) return specifier;
  const path = resolve(root, dirname(file), specifier);
  return existsSync(path) ? relative(root, path) : `missing:${specifier}`;
}
