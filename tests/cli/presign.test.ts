import { execFile, execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { darkroom, scratch } from "./command.ts";
import { fakeDarkroom } from "./fake-darkroom.ts";

/** The shell and the curl that people have. */
const curl = (() => {
  try {
    return execFileSync("sh", ["-c", "curl --version"], { encoding: "utf8", stdio: "pipe" }).split("\n")[0];
  } catch {
    return undefined;
  }
})();

it
  .skipIf(curl === undefined)
  .each(["a.jpg", `it's "here"; $(rm -rf x) \`y\` & \\ back, comma;type=text.png`, "-o", "@a.gif", "ünï codé 🌈.webp"])(
  `prints a command that a shell and curl carry out, for a file called %s${curl ? "" : " (no curl here)"}`,
  async (name) => {
    const dir = await scratch();
    await writeFile(join(dir, name), `bytes of ${name}`);
    const host = await fakeDarkroom();
    const ran = await darkroom(["presign", "--at", host.url, "--", name], { cwd: dir });
    expect(ran.code).toBe(0);
    expect(ran.stderr).toMatch(/^Good until 2026-11-23T12:10:00\.000Z, for picture [0-9a-f-]{36} alone\.\n$/);
    await promisify(execFile)("sh", ["-c", ran.stdout], { cwd: dir });
    expect(host.received.get(name)?.bytes.toString()).toBe(`bytes of ${name}`);
  },
);

it("signs for a picture that is elsewhere, as its flags tell of it", async () => {
  const host = await fakeDarkroom();
  const args = ["presign", "--name", "far.jpg", "--type", "image/webp", "--bytes", "7", "--at", host.url, "--json"];
  const ran = await darkroom(args);
  expect(ran.json()).toEqual({
    pictureId: expect.any(String),
    url: expect.stringMatching(/\/storage\//),
    fields: expect.objectContaining({ "Content-Type": "image/webp" }),
    expiresAt: "2026-11-23T12:10:00.000Z",
    command: expect.stringMatching(/^curl .+ -F 'file=@"far\.jpg";type=image\/webp' 'http:\S+'$/),
  });
  expect(ran).toMatchObject({ code: 0, stderr: "" });
});

it("says why a picture would not be taken, with exit code 1", async () => {
  const refuse = () => ({ code: "TOO_LARGE", sentence: "Too large." });
  const { url } = await fakeDarkroom({ refuse });
  const args = ["presign", "--name", "a.jpg", "--bytes", "7", "--at", url];
  expect(await darkroom(args)).toMatchObject({ code: 1, stdout: "reject   a.jpg  TOO_LARGE: Too large.\n" });
  expect((await darkroom([...args, "--json"])).json()).toEqual({ error: refuse() });
});
