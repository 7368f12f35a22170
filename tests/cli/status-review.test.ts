import { expect, it } from "vitest";
import { darkroom } from "./command.ts";
import { fakeDarkroom } from "./fake-darkroom.ts";

const steps = [
  "received",
  "accepted",
  "resized",
  "compressed",
  "published",
  "review",
  "rejected",
  "duplicate",
  "forgetting",
  "forgotten",
];

it("status counts every step, those without pictures too", async () => {
  const { url } = await fakeDarkroom();
  const json = await darkroom(["status", "--at", url, "--json"]);
  const { counts } = json.json<{ counts: Record<string, number> }>();
  expect(counts).toEqual({ ...Object.fromEntries(steps.map((step) => [step, 0])), published: 7, review: 2 });
  const text = await darkroom(["status", "--at", url]);
  expect(text.stdout.split("\n").map((line) => line.split(/ +/))).toEqual([
    ...Object.entries(counts).map(([step, count]) => [step, String(count)]),
    [""],
  ]);
  expect([json.code, text.code]).toEqual([0, 0]);
});

it("status says which pictures stand still, and what was given up", async () => {
  const picture = { pictureId: "id1", name: "beach.jpg", status: "accepted", actor: "resize", woken: 2 };
  const { url } = await fakeDarkroom({
    status: {
      stuck: { count: 3, pictures: [{ ...picture, since: "2026-11-23T11:00:00.000Z" }] },
      deadLetters: { groups: [{ actor: "resize", reason: "RETRIES_SPENT", count: 4 }], more: true },
    },
  });
  const { stdout, code } = await darkroom(["status", "--at", url]);
  expect(stdout.split("\n").slice(steps.length)).toEqual([
    "3 stand still:",
    "  id1  waits for resize since 2026-11-23T11:00:00.000Z, woken 2 times  beach.jpg",
    "  and 2 more",
    "Given up:",
    "  resize      RETRIES_SPENT  4",
    "  and more, which were not counted",
    "`darkroom redrive` says what can be done about it.",
    "",
  ]);
  expect(code).toBe(0);
});

it("review sends the verdict and shows what became of the picture", async () => {
  const host = await fakeDarkroom();
  const args = ["review", "waiting", "--verdict", "accept", "--reason", "A statue.", "--at", host.url];
  expect(await darkroom(args)).toMatchObject({ code: 0, stdout: "accepted  beach�[2J.jpg\n" });
  expect((await darkroom([...args, "--json"])).json()).toMatchObject({ pictureId: "waiting", status: "accepted" });
  expect(host.reviews).toEqual(Array(2).fill({ id: "waiting", verdict: "accept", reason: "A statue." }));
});

it("review without a picture lists those that wait, and what was decided", async () => {
  const { url } = await fakeDarkroom();
  const { code, stdout } = await darkroom(["review", "--at", url]);
  expect(stdout).toBe(
    [
      "waits   waiting  61 %  beach.jpg  A person must look.",
      "accept  gone  2026-11-23T11:00:00.000Z  eve@example.com  statue.jpg  A statue.",
      "",
    ].join("\n"),
  );
  expect(code).toBe(0);
  const json = (await darkroom(["review", "--at", url, "--json"])).json();
  expect(json).toMatchObject({ pictures: [{ pictureId: "waiting" }], decisions: [{ pictureId: "gone" }] });
});

it.each([
  ["read", ["status"]],
  ["changed", ["review", "waiting", "--verdict", "accept"]],
])("at the page's address nothing is %s, and the operators' one is named", async (_, args) => {
  const { page } = await fakeDarkroom();
  const ran = await darkroom([...args, "--at", page, "--json"]);
  expect(ran.json()).toEqual({
    error: {
      code: "NOT_AN_OPERATORS_ADDRESS",
      message: expect.stringMatching(/Use http:\/\/127\.0\.0\.1:4000\/operator on a laptop, or the stack's apiUrl\.$/),
    },
  });
  expect(ran.code).toBe(2);
});

it.each([
  ["a picture that is not there", undefined, "NO_PICTURE", "There is no such picture."],
  ["a host in trouble", 500, "HOST_TROUBLE", "It broke."],
  ["something that is no Darkroom", "text" as const, "HOST_STRANGE", expect.stringContaining("Some other server")],
])("review of %s ends with 2, in the host's own words", async (_, fault, code, message) => {
  const { url } = await fakeDarkroom({ fault: () => fault });
  const ran = await darkroom(["review", "../../x", "--verdict", "reject", "--at", url, "--json"]);
  expect(ran.json()).toEqual({ error: { code, message } });
  expect(ran.code).toBe(2);
});

it("status tells what was spent this month, and what is stopped", async () => {
  const month = "2026-11";
  const costs = [
    { provider: "tinify", month, calls: 2222, dollars: 19.998, budget: 20, stopped: true },
    { provider: "http", month, calls: 3, dollars: 0.006, stopped: false },
  ];
  const { url } = await fakeDarkroom({ costs });
  expect((await darkroom(["status", "--at", url, "--json"])).json()).toMatchObject({ costs });
  const { stdout } = await darkroom(["status", "--at", url]);
  expect(stdout.trim().split("\n").slice(-2)).toEqual([
    "tinify         2222 calls in 2026-11  $19.998 of $20.00  STOPPED until the next month, or a larger budget",
    "http              3 calls in 2026-11  $0.006",
  ]);
});
