import { until } from "../host/harness.ts";

export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

/** One browser: it keeps its cookie and says where it is. */
export interface Browser {
  readonly email: string;
  readonly cookie: string;
  /** A call of the API as the page makes it; `init` may say otherwise. */
  api(path: string, init?: Ask): Promise<Response>;
}

export interface Ask extends Omit<RequestInit, "headers"> {
  readonly json?: unknown;
  /** An empty text leaves the header out. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Slot {
  readonly pictureId: string;
  readonly key: string;
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A call with what the page would send along: its origin, and its kind of body. */
export function ask(url: string, { json, headers = {}, ...init }: Ask = {}, cookie = ""): Promise<Response> {
  const given = {
    origin: new URL(url).origin,
    ...(cookie !== "" && { cookie }),
    ...(json !== undefined && { "content-type": "application/json" }),
    ...headers,
  };
  return fetch(url, {
    redirect: "manual",
    ...(json !== undefined && { method: "POST", body: JSON.stringify(json) }),
    ...init,
    headers: Object.fromEntries(Object.entries(given).filter(([, value]) => value !== "")),
  });
}

export const mailsTo = async (host: string, email: string): Promise<readonly Mail[]> => {
  const { mails } = (await (await fetch(`${host}/mailbox/mails`)).json()) as { mails: readonly Mail[] };
  return mails.filter(({ to }) => to.includes(email));
};

/** The code of the newest mail to somebody, once there are so many. */
export const codeFor = (host: string, email: string, count = 1): Promise<string> =>
  until(async () => {
    const mails = await mailsTo(host, email);
    return mails.length < count ? undefined : /#sign-in=(\w+)/.exec(mails[0]!.text)?.[1];
  });

export async function askForCode(host: string, email: string): Promise<string> {
  const before = (await mailsTo(host, email)).length;
  await ask(`${host}/api/sign-in`, { json: { email } });
  return codeFor(host, email, before + 1);
}

export async function signIn(host: string, email: string): Promise<Browser> {
  const code = await askForCode(host, email);
  const answer = await ask(`${host}/api/sessions`, { json: { code } });
  const cookie = answer.headers.get("set-cookie")?.split(";")[0];
  if (answer.status !== 201 || cookie === undefined)
    throw new Error(`Expected ${email} to be signed in, received ${answer.status} ${await answer.text()}`);
  return { email, cookie, api: (path, init) => ask(`${host}/api${path}`, init, cookie) };
}

export async function slotFor({ api }: Browser, bytes: number, name = "a.jpg", type = "image/jpeg"): Promise<Slot> {
  const answer = await api("/uploads", { json: { files: [{ name, type, bytes }] } });
  const { uploads } = (await answer.json()) as { uploads: [Slot] };
  return uploads[0];
}

/** Sends a form as a browser does: the fields in their order, the file last. */
export function post(
  url: string,
  fields: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
  file?: Uint8Array<ArrayBuffer>,
): Promise<Response> {
  const form = new FormData();
  for (const [name, value] of Array.isArray(fields) ? fields : Object.entries(fields)) form.append(name, value);
  if (file !== undefined) form.append("file", new Blob([file]), "file");
  return fetch(url, { method: "POST", body: form, redirect: "manual" });
}
