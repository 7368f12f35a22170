import { execFileSync } from "node:child_process";
import { mkdir, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Inspected } from "../../cli/inspect.ts";
import { oddPictures, quadrants } from "../fixtures/odd-pictures.ts";
import { darkroom, scratch } from "./command.ts";

it("judges every odd file as ingest does, in one array in the order asked", async () => {
  const dir = await scratch();
  const odd = await oddPictures();
  for (const { name, bytes } of odd) await writeFile(join(dir, name), bytes);

  const ran = await darkroom(["inspect", "--json", ...odd.map(({ name }) => name)], { cwd: dir });

  const answers = ran.json<Inspected[]>();
  expect(
    answers.map(({ file, code, type, verdict }) => ({ file, ...(verdict === "accept" ? { type } : { code }) })),
  ).toEqual(odd.map(({ name, expected }) => ({ file: name, ...expected })));
  for (const { verdict, sentence, width, height } of answers)
    if (verdict === "reject") expect(sentence).toMatch(/\.$/);
    else expect([width, height].every(Number.isInteger)).toBe(true);
  expect(ran.code).toBe(1);
});

it("ends with 0 when every picture is taken", async () => {
  const dir = await scratch();
  await writeFile(join(dir, "a.png"), await quadrants(40, 30).png().toBuffer());
  expect(await darkroom(["inspect", "a.png"], { cwd: dir })).toMatchObject({
    code: 0,
    stdout: "accept  a.png  png 40×30\n",
    stderr: "",
  });
});

it("refuses what cannot be read, each for itself, and goes on", async () => {
  const dir = await scratch();
  await writeFile(join(dir, "good.png"), await quadrants(40, 30).png().toBuffer());
  await mkdir(join(dir, "folder"));
  await symlink("circle", join(dir, "circle"));
  execFileSync("mkfifo", [join(dir, "pipe")]);
  const files = ["missing.jpg", "folder", "pipe", "circle", "good.png/inside", "good.png"];

  const ran = await darkroom(["inspect", "--json", ...files], { cwd: dir });

  const answers = ran.json<Inspected[]>();
  expect(answers.map(({ code, verdict }) => code ?? verdict)).toEqual([
    "UNREADABLE",
    "NOT_A_FILE",
    "NOT_A_FILE",
    "UNREADABLE",
    "UNREADABLE",
    "accept",
  ]);
  expect(answers[0]!.sentence).toBe("This file cannot be read: there is nothing of this name.");
  expect(ran).toMatchObject({ code: 1, stderr: "" });
});

it("refuses a huge file by its size, without reading it", async () => {
  const dir = await scratch();
  await writeFile(join(dir, "huge.jpg"), "");
  // More than a Buffer can hold: whoever reads it fails.
  await truncate(join(dir, "huge.jpg"), 2 ** 43);
  const [answer] = (await darkroom(["inspect", "--json", "huge.jpg"], { cwd: dir })).json<Inspected[]>();
  expect(answer).toMatchObject({ verdict: "reject", code: "TOO_LARGE" });
});

it("lets no file name garble a terminal", async () => {
  const dir = await scratch();
  const name = "a\u001b[31m\n\u009b2J\u202egpj\u2028.png";
  await writeFile(join(dir, name), await quadrants(40, 30).png().toBuffer());

  const text = await darkroom(["inspect", name], { cwd: dir });
  expect(text.stdout).toBe("accept  a�[31m��2J�gpj�.png  png 40×30\n");
  const usage = await darkroom(["inspect", `--${name}`], { cwd: dir });
  expect(usage.stderr).toContain("--a�[31m");

  const json = await darkroom(["inspect", "--json", name], { cwd: dir });
  expect(json.json<Inspected[]>()[0]!.file).toBe(name);
  expect(json.stdout.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});
