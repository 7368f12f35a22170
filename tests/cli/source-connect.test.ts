import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { prompts } from "../../cli/source/prompts.ts";
import type { SourceCommandDeps } from "../../cli/source/source.ts";
import { keepSourceSecret, readSourceSecrets } from "../../local/wiring/source-secrets.ts";
import { scratch } from "./command.ts";
import { refused, run } from "./source-command.ts";

/** An OAuth provider as RFC 6749 and 7636 have it: one code, for one verifier, once. */
async function provider({ answer = {} }: { answer?: Record<string, unknown> } = {}) {
  const forms: Record<string, string>[] = [];
  const server = createServer(async (request, response) => {
    const form = Object.fromEntries(new URLSearchParams(await text(request)));
    forms.push(form);
    const fail = (error: string) => response.writeHead(400).end(JSON.stringify({ error }));
    const json = (body: object) =>
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (form["grant_type"] === "refresh_token")
      return form["refresh_token"] === "kept" && form["client_secret"] === "app-secret"
        ? json({ access_token: "a", expires_in: 3600 })
        : fail("invalid_client");
    const { code_challenge: challenge } = Object.fromEntries(consents.at(-1)?.searchParams ?? []);
    const hashed = Buffer.from(
      await crypto.subtle.digest("SHA-256", Buffer.from(form["code_verifier"] ?? "")),
    ).toString("base64url");
    if (form["code"] !== "the-code" || challenge !== hashed) return fail("invalid_grant");
    return json({ access_token: "a", expires_in: 3600, refresh_token: "kept", ...answer });
  });
  const consents: URL[] = [];
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const endpoint = { authorize: `${origin}/authorize`, token: `${origin}/token` };
  return {
    forms,
    consents,
    endpoints: { dropbox: endpoint, "google-drive": endpoint },
    /** The page of consent, once its address was printed. */
    async page(): Promise<URL> {
      for (;;) {
        const printed = vi
          .mocked(process.stderr.write)
          .mock.calls.map(([chunk]) => String(chunk))
          .join("");
        const address = /^http\S+\/authorize\?\S+$/m.exec(printed)?.[0];
        if (address) {
          consents.push(new URL(address));
          return consents.at(-1)!;
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

/** A person who answers each question when it is put. */
function person(answers: Readonly<Record<string, () => Promise<string>>>): SourceCommandDeps["asks"] {
  return () => ({
    ask: (question) => answers[question]?.() ?? new Promise(() => {}),
    close: () => {},
  });
}
const says = (answer: string) => async () => answer;

const cleanUp = (secretFile: string) => onTestFinished(() => rm(dirname(secretFile), { recursive: true, force: true }));

describe("darkroom source connect", () => {
  it("brings a Dropbox's code to a stored secret, and tells it nobody on the way", async () => {
    const { forms, endpoints, page } = await provider();
    const asks = person({
      "App key: ": says("app-key"),
      "App secret: ": says("app-secret"),
      "Code: ": async () => {
        await page();
        return "the-code";
      },
    });
    const ran = await run(["connect", "dropbox", "campaigns", "--stack", "prod"], { asks, endpoints });
    const consent = Object.fromEntries((await page()).searchParams);
    expect(consent).toMatchObject({
      client_id: "app-key",
      response_type: "code",
      token_access_type: "offline",
      code_challenge_method: "S256",
      scope: "account_info.read files.metadata.read files.content.read",
    });
    expect(forms).toEqual([
      { grant_type: "authorization_code", code: "the-code", client_id: "app-key", code_verifier: expect.any(String) },
      { grant_type: "refresh_token", refresh_token: "kept", client_id: "app-key", client_secret: "app-secret" },
    ]);
    const [, file = ""] =
      /^npm run pulumi -- config set --secret --path 'darkroom:sourceSecrets\.campaigns' --stack prod < '(.+)' && rm '\1'\n$/.exec(
        ran.stdout,
      ) ?? [];
    cleanUp(file);
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual({
      clientId: "app-key",
      clientSecret: "app-secret",
      refreshToken: "kept",
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    for (const hidden of ["kept", "app-secret", "the-code"]) expect(ran.stdout + ran.stderr).not.toContain(hidden);
  });

  it("waits for the browser that Google sends back, and believes only the one it sent", async () => {
    const { forms, endpoints, page } = await provider();
    vi.stubEnv("DARKROOM_CLIENT_SECRET", "app-secret");
    onTestFinished(() => void vi.unstubAllEnvs());
    const running = run(["connect", "google-drive", "team", "--client-id", "an-id", "--json"], {
      asks: person({}),
      endpoints,
    });
    const consent = (await page()).searchParams;
    expect(Object.fromEntries(consent)).toMatchObject({
      client_id: "an-id",
      access_type: "offline",
      prompt: "consent",
      scope: "https://www.googleapis.com/auth/drive.readonly",
    });
    const redirect = consent.get("redirect_uri")!;
    expect(redirect).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    for (const wrong of ["/?code=forged", "/?code=forged&state=guessed", "/?state=", "/favicon.ico"])
      expect((await fetch(redirect + wrong)).status, wrong).toBeGreaterThanOrEqual(403);
    const arrived = await fetch(`${redirect}/?code=the-code&state=${consent.get("state")}`);
    expect(await arrived.text()).toContain("Go back to the terminal");

    const ran = await running;
    expect(forms[0]).toEqual({
      grant_type: "authorization_code",
      code: "the-code",
      client_id: "an-id",
      client_secret: "app-secret",
      code_verifier: expect.any(String),
      redirect_uri: redirect,
    });
    const { secretFile, command, ...rest } = JSON.parse(ran.stdout);
    cleanUp(secretFile);
    expect(rest).toEqual({ name: "team", kind: "google-drive" });
    expect(command).toContain("'darkroom:sourceSecrets.team' --stack dev <");
    expect(JSON.parse(await readFile(secretFile, "utf8"))).toEqual({
      clientId: "an-id",
      clientSecret: "app-secret",
      refreshToken: "kept",
      webhookSecret: expect.stringMatching(/^[\w-]{43}$/),
    });
    await expect(fetch(redirect)).rejects.toThrow();
  });

  it("takes the address the browser ended at when it runs elsewhere, asks again for another, and asks to write where results go back", async () => {
    const { endpoints, page } = await provider({ answer: { refresh_token_expires_in: 604_799 } });
    let asked = 0;
    const asks = person({
      "Client ID: ": says("an-id"),
      "Client secret: ": says("app-secret"),
      "": async () => {
        const { searchParams } = await page();
        expect(searchParams.get("scope")).toBe("https://www.googleapis.com/auth/drive");
        return asked++ === 0
          ? "the-code"
          : `http://127.0.0.1:9/?state=${searchParams.get("state")}&code=the-code&scope=x`;
      },
    });
    const ran = await run(["connect", "google-drive", "results", "--json"], { asks, endpoints });
    cleanUp(JSON.parse(ran.stdout).secretFile);
    expect(asked).toBe(2);
    expect(ran.stderr).toContain("Expected the address that the browser ended at, whole");
    expect(ran.stderr).toContain("Attention: this access ends in 7 days");
  });

  it("with --data keeps the secret where npm start finds it, beside those of other sources, for check to take", async () => {
    const { endpoints, page } = await provider();
    const dir = join(await scratch(), "data");
    await keepSourceSecret(dir, "team", { refreshToken: "another" });
    const code = async () => {
      await page();
      return "the-code";
    };
    const asks = person({ "App key: ": says("app-key"), "App secret: ": says("app-secret"), "Code: ": code });
    const ran = await run(["connect", "dropbox", "campaigns", "--data", dir, "--json"], { asks, endpoints });
    const secretFile = join(dir, "source-secrets.json");
    expect(JSON.parse(ran.stdout)).toEqual({ name: "campaigns", kind: "dropbox", secretFile });
    expect((await stat(secretFile)).mode & 0o777).toBe(0o600);
    expect(await readSourceSecrets(dir)).toEqual({
      team: { refreshToken: "another" },
      campaigns: { clientId: "app-key", clientSecret: "app-secret", refreshToken: "kept" },
    });

    const tried: unknown[] = [];
    const fetch: typeof globalThis.fetch = async (_, init) => {
      tried.push(new URLSearchParams(init?.body as URLSearchParams).get("refresh_token"));
      return Response.json({ error: "invalid_grant" }, { status: 400 });
    };
    expect((await run(["check", "campaigns", "--data", dir], { fetch })).code).toBe(1);
    expect(tried).toEqual(["kept"]);
  });

  it("with --data says what is wrong with what is kept there before anything is asked, and leaves it alone", async () => {
    const dir = await scratch();
    await writeFile(join(dir, "source-secrets.json"), "{", { mode: 0o600 });
    expect(await refused(run(["connect", "dropbox", "campaigns", "--data", dir]))).toMatchObject({
      code: "SECRETS_UNUSABLE",
      message: expect.stringContaining("to be JSON"),
    });
    expect(await readFile(join(dir, "source-secrets.json"), "utf8")).toBe("{");
  });

  it("says so when the access was not allowed", async () => {
    const { endpoints, page } = await provider();
    const asks = person({ "Client ID: ": says("an-id"), "Client secret: ": says("app-secret") });
    const running = refused(run(["connect", "google-drive", "team"], { asks, endpoints }));
    const consent = (await page()).searchParams;
    await fetch(`${consent.get("redirect_uri")}/?error=access_denied&state=${consent.get("state")}`);
    expect(await running).toEqual({
      code: "DENIED",
      message: "Expected the access to be allowed, received access_denied.",
    });
  });

  it.each([
    ["a wrong code", { "Code: ": says("wrong") }, {}, "REFUSED", "received 400 invalid_grant"],
    ["a wrong app secret", { "App secret: ": says("wrong") }, {}, "REFUSED", "400 invalid_client"],
    ["no lasting access", {}, { refresh_token: undefined }, "NO_REFRESH_TOKEN", "received none"],
  ])("says so at %s, and keeps nothing", async (_, answers, answer, code, part) => {
    const { endpoints, page } = await provider({ answer });
    const code_ = async () => {
      await page();
      return "the-code";
    };
    const asks = person({
      "App key: ": says("app-key"),
      "App secret: ": says("app-secret"),
      "Code: ": code_,
      ...answers,
    });
    const error = await refused(run(["connect", "dropbox", "campaigns"], { asks, endpoints }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(part);
    for (const hidden of ["the-code", "app-secret", "kept"]) expect(error.message).not.toContain(hidden);
  });

  it("refuses a source of another kind before anything is asked", async () => {
    expect(await refused(run(["connect", "dropbox", "team"]))).toEqual({
      code: "BAD_OPTION",
      message: "Expected the kind of team, which is google-drive, received dropbox.",
    });
  });

  it("ends in words when there is nobody to answer", async () => {
    const input = new PassThrough();
    input.end("app-key\n");
    const asks = () => prompts({ input, output: process.stderr });
    expect(await refused(run(["connect", "dropbox", "campaigns"], { asks }))).toEqual({
      code: "NO_ANSWER",
      message: 'Expected an answer to "App secret:", but there is no input.',
    });
  });
});
