import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { cp, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";
import { bin, darkroom, root, scratch } from "./command.ts";

const commands = [
  "inspect",
  "develop",
  "convert",
  "screen",
  "import",
  "presign",
  "cost",
  "status",
  "review",
  "forget",
  "digest",
  "export",
  "source",
];

describe("help", () => {
  it.each(["", ...commands])("of darkroom %s fits 80 columns and names the exit codes", async (command) => {
    const { code, stdout } = await darkroom(["help", ...(command ? [command] : [])]);
    expect(code).toBe(0);
    expect(stdout).toContain("Exit codes:");
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    if (command) expect(stdout).toContain(command === "source" ? "connect" : "--json");
    else for (const name of commands) expect(stdout).toContain(`  ${name} `);
  });

  it.each(["check", "connect", "status"])("of darkroom source %s fits 80 columns", async (command) => {
    const { code, stdout } = await darkroom(["source", command, "--help"]);
    expect(code).toBe(0);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe("what cannot be carried out", () => {
  const nobody = "http://127.0.0.1:1";
  it.each([
    ["USAGE", []],
    ["USAGE", ["inspct", "a.jpg"]],
    ["USAGE", ["inspect"]],
    ["USAGE", ["inspect", "--colour", "a.jpg"]],
    ["USAGE", ["develop", "a.jpg"]],
    ["USAGE", ["import", ".", "--to", nobody, "--timeout", "0"]],
    ["USAGE", ["import", ".", "--to", nobody, "--at-once", "many"]],
    ["USAGE", ["review", "1", "--verdict", "maybe"]],
    ["USAGE", ["review", "1"]],
    ["USAGE", ["review", "--verdict", "accept"]],
    ["USAGE", ["presign"]],
    ["USAGE", ["presign", "--name", "a.jpg"]],
    ["USAGE", ["presign", "--name", "a.jpg", "--bytes", "0"]],
    ["UNREADABLE", ["presign", "no-such-file.jpg"]],
    ["UNREADABLE", ["presign", "docs"]],
    ["BAD_OPTION", ["presign", "--name", "a\nb.jpg", "--bytes", "7"]],
    ["USAGE", ["forget", "--yes"]],
    ["NOT_CONFIRMED", ["forget", "1"]],
    ["HOST_UNREACHABLE", ["forget", "1", "--yes", "--at", nobody]],
    ["HOST_UNREACHABLE", ["export", "--at", nobody]],
    ["USAGE", ["export", "--days", "0"]],
    ["BAD_OPTION", ["export", "--days", "3", "--from", "2026-11-01", "--at", nobody]],
    ["BAD_OPTION", ["export", "--from", "2026-11-31", "--at", nobody]],
    ["BAD_OPTION", ["export", "--from", "2026-11-02", "--to", "2026-11-01", "--at", nobody]],
    ["BAD_OPTION", ["export", "--days", "367", "--at", nobody]],
    ["HOST_UNREACHABLE", ["source", "status", "--at", nobody]],
    ["BAD_OPTION", ["develop", "a.jpg", "--out", "x", "--widths", "wide"]],
    ["BAD_OPTION", ["develop", "a.jpg", "--out", "x", "--formats", "jpg"]],
    ["BAD_OPTION", ["develop", "a.jpg", "--out", "x", "--preset", "best"]],
    ["BAD_OPTION", ["screen", "a.jpg", "--screen", "somebody"]],
    ["BAD_OPTION", ["screen", "a.jpg", "--screen", "http"]],
    ["MODERATOR_UNUSABLE", ["screen", "a.jpg", "--screen", "http", "--url", "http://example.com"]],
    ["STACK_UNKNOWN", ["screen", "a.jpg", "--stack", "nosuch"]],
    ["STACK_UNKNOWN", ["screen", "a.jpg", "--stack", "../../etc/passwd"]],
    ["BAD_FOLDER", ["import", "no-such-folder", "--to", nobody]],
    ["BAD_FOLDER", ["import", "package.json", "--to", nobody]],
    ["BAD_ADDRESS", ["import", "docs", "--to", "localhost:4000"]],
    ["BAD_ADDRESS", ["status", "--at", "http://127.0.0.1:4000/operator?x=1"]],
    ["BAD_ADDRESS", ["status", "--at", "http://user:password@127.0.0.1:4000"]],
    ["HOST_UNREACHABLE", ["import", "bench", "--to", nobody]],
    ["HOST_UNREACHABLE", ["status", "--at", nobody]],
    ["HOST_UNREACHABLE", ["review", "1", "--verdict", "accept", "--at", nobody]],
  ])("ends with 2 and says %s: darkroom %j", async (code, args) => {
    const ran = await darkroom([...args, "--json"]);
    expect(ran.code).toBe(2);
    expect(ran.json()).toEqual({ error: { code, message: expect.stringMatching(/\w/) } });
    expect(ran.stderr).not.toMatch(/\n {4}at /);
  });

  it("is said in words without --json, and says everything that is wrong with the flags", async () => {
    const ran = await darkroom(["develop", "a.jpg", "--out", "x", "--widths", "wide,1", "--formats", "jpg"]);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toMatch(/^BAD_OPTION: --widths: .*"wide".*; --widths: .*>=16.*; --formats: .*"jpg"/);
  });
});

describe("the command itself", () => {
  it("is what package.json names, and may be run", () => {
    const { bin: named } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(named).toEqual({ darkroom: "cli/darkroom.js" });
    expect(statSync(bin).mode & 0o111).toBe(0o111);
    expect(readFileSync(bin, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  const older = nodes().find(({ major }) => major === 20 || major === 22);
  it.skipIf(older === undefined)(
    `runs where the machine's own Node cannot run TypeScript${older ? ` (${older.version})` : " (no older Node here)"}`,
    async () => {
      expect(await darkroom(["inspect", "package.json"], { node: older!.path })).toMatchObject({
        code: 1,
        stdout: expect.stringContaining("NOT_AN_IMAGE"),
      });
    },
  );

  it("says what to do in a clone without its packages", async () => {
    const dir = await scratch();
    await cp(join(root, "cli"), join(dir, "cli"), { recursive: true });
    await writeFile(join(dir, "package.json"), '{"type":"module"}');
    const run = () => execFileSync(process.execPath, [join(dir, "cli/darkroom.js"), "--help"], { stdio: "pipe" });
    expect(run).toThrow(/npm install/);
  });
});

/** Every Node on the PATH that is not this project's. */
function nodes(): { readonly path: string; readonly version: string; readonly major: number }[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  return folders.flatMap((folder) => {
    try {
      const path = join(folder, "node");
      const version = execFileSync(path, ["--version"], { encoding: "utf8", stdio: "pipe" }).trim();
      return [{ path, version, major: Number(version.slice(1).split(".")[0]) }];
    } catch {
      return [];
    }
  });
}
