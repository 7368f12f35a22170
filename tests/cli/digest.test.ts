import { expect, it } from "vitest";
import { darkroom } from "./command.ts";
import { fakeDarkroom } from "./fake-darkroom.ts";

it("digest has yesterday's figures mailed once more, and with --now today's", async () => {
  const { url, digests } = await fakeDarkroom();
  expect(await darkroom(["digest", "--at", url])).toMatchObject({
    code: 0,
    stdout: "Yesterday's figures are being mailed.\n",
  });
  expect((await darkroom(["digest", "--now", "--at", url, "--json"])).json()).toEqual({ day: "today" });
  expect(digests).toEqual(["last", "today"]);
});

it("digest ends with 2 where the figures cannot be mailed", async () => {
  const { url } = await fakeDarkroom({ fault: () => 500 });
  const ran = await darkroom(["digest", "--at", url, "--json"]);
  expect(ran.json()).toEqual({ error: { code: "HOST_TROUBLE", message: "It broke." } });
  expect(ran.code).toBe(2);
});
