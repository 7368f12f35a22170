import { type Ask, ask, askForCode, type Browser, codeFor } from "./rig.ts";

/** What every attack finds: a stranger, somebody who signed in, and what belongs to somebody else. */
export interface Stage {
  readonly host: string;
  readonly mallory: Browser;
  /** A published picture of alice's. */
  readonly picture: string;
  /** An upload that alice began. */
  readonly upload: string;
  /** Mallory's own, signed out a moment ago. */
  readonly ended: string;
  /** A code that was mailed to mallory and is not used. */
  readonly unused: string;
}

export interface CallAttack {
  readonly name: string;
  readonly send: (stage: Stage) => Promise<Response>;
  readonly status: number;
  /** Of the problem; absent where it is not the API that refuses. */
  readonly code?: string;
}

const stranger = (path: string, init?: Ask) => (stage: Stage) => ask(`${stage.host}/api${path}`, init);
const mallory = (path: string, init?: Ask) => (stage: Stage) => stage.mallory.api(path, init);
const signInAs = (email: unknown) => stranger("/sign-in", { json: { email } });
const withCode = (code: unknown) => stranger("/sessions", { json: { code } });
const uploading = (file: object) =>
  mallory("/uploads", { json: { files: [{ name: "a.jpg", type: "image/jpeg", bytes: 1, ...file }] } });
const review = (id: string) => mallory(`/pictures/${id}/review`, { json: { verdict: "accept", reason: "Mine." } });

const nobody = { status: 401, code: "SIGN_IN_FIRST" };
const badEmail = { status: 400, code: "BAD_EMAIL" };
const badCode = { status: 403, code: "BAD_CODE" };
const otherOrigin = { status: 403, code: "OTHER_ORIGIN" };
const notAllowed = { status: 403, code: "NOT_ALLOWED" };
const noPicture = { status: 404, code: "NO_PICTURE" };

export const strangers: readonly CallAttack[] = [
  { name: "lists pictures", send: stranger("/pictures"), ...nobody },
  { name: "asks for leave to upload", send: stranger("/uploads", { json: { files: [] } }), ...nobody },
  { name: "reads a picture", send: (stage) => stranger(`/pictures/${stage.picture}`)(stage), ...nobody },
  {
    name: "has a picture forgotten",
    send: (stage) => stranger(`/pictures/${stage.picture}`, { method: "DELETE" })(stage),
    ...nobody,
  },
  {
    name: "guesses a session",
    send: stranger("/pictures", { headers: { cookie: `darkroom=${"A".repeat(43)}` } }),
    ...nobody,
  },
  {
    name: "puts the session into the address",
    send: (stage) => stranger(`/pictures?darkroom=${stage.mallory.cookie.split("=")[1]}`)(stage),
    ...nobody,
  },
  {
    name: "puts the session into a header",
    send: (stage) =>
      stranger("/pictures", { headers: { authorization: `Bearer ${stage.mallory.cookie.split("=")[1]}` } })(stage),
    ...nobody,
  },
  {
    name: "uses a session that was ended",
    send: (stage) => stranger("/pictures", { headers: { cookie: stage.ended } })(stage),
    ...nobody,
  },
  {
    name: "says it is an operator",
    send: stranger("/status", { headers: { "x-amzn-iam-user-arn": "arn:aws:iam::1:root" } }),
    ...nobody,
  },
  {
    name: "says it came by the door",
    send: stranger("/status", { headers: { "x-darkroom-door": "open" } }),
    ...nobody,
  },
];

export const codes: readonly CallAttack[] = [
  { name: "guesses a code", send: withCode("0123456789ABCDEFGHJKMNPQRS"), ...badCode },
  { name: "sends an empty code", send: withCode(""), ...badCode },
  { name: "sends a list of codes", send: withCode(["A", "B"]), ...badCode },
  { name: "sends a very long code", send: withCode("A".repeat(10_000)), ...badCode },
  {
    name: "uses a code twice",
    async send({ host }) {
      const code = await askForCode(host, "twice@example.com");
      await ask(`${host}/api/sessions`, { json: { code } });
      return ask(`${host}/api/sessions`, { json: { code } });
    },
    ...badCode,
  },
  {
    name: "lets a link scanner follow the link",
    async send({ host }) {
      const code = await askForCode(host, "scanned@example.com");
      return ask(`${host}/api/sessions?code=${code}`);
    },
    status: 404,
    code: "NO_ROUTE",
  },
  {
    name: "signs in from another page",
    async send({ host }) {
      const code = await askForCode(host, "other@example.com");
      return ask(`${host}/api/sessions`, { json: { code }, headers: { origin: "https://evil.example" } });
    },
    ...otherOrigin,
  },
];

export const addresses: readonly CallAttack[] = [
  { name: "adds a header", send: signInAs("a@example.com\r\nBcc: all@example.com"), ...badEmail },
  { name: "adds a line", send: signInAs("a@example.com\nSubject: x"), ...badEmail },
  { name: "names two", send: signInAs("a@example.com,b@example.com"), ...badEmail },
  { name: "sends a list", send: signInAs(["a@example.com"]), ...badEmail },
  { name: "hides one in a name", send: signInAs("Boss <a@example.com>"), ...badEmail },
  { name: "sends one of 300 letters", send: signInAs(`${"a".repeat(290)}@example.com`), ...badEmail },
  { name: "ends it with a zero", send: signInAs("a@example.com\0"), ...badEmail },
  { name: "sends none", send: signInAs(undefined), ...badEmail },
  {
    name: "asks from another page",
    send: stranger("/sign-in", { json: { email: "a@example.com" }, headers: { origin: "https://evil.example" } }),
    ...otherOrigin,
  },
  {
    name: "asks from no page",
    send: stranger("/sign-in", { json: { email: "a@example.com" }, headers: { origin: "" } }),
    ...otherOrigin,
  },
  {
    name: "asks from a sandbox",
    send: stranger("/sign-in", { json: { email: "a@example.com" }, headers: { origin: "null" } }),
    ...otherOrigin,
  },
];

export const bodies: readonly CallAttack[] = [
  {
    name: "plain text, which needs no preflight",
    send: mallory("/uploads", { json: {}, headers: { "content-type": "text/plain" } }),
    status: 415,
    code: "NOT_JSON",
  },
  {
    name: "a form",
    send: mallory("/uploads", { json: {}, headers: { "content-type": "application/x-www-form-urlencoded" } }),
    status: 415,
    code: "NOT_JSON",
  },
  {
    name: "more than is read",
    send: mallory("/uploads", { json: { files: ["x".repeat(70_000)] } }),
    status: 413,
    code: "BODY_TOO_LARGE",
  },
  {
    name: "broken JSON",
    send: mallory("/uploads", { method: "POST", body: "{", headers: { "content-type": "application/json" } }),
    status: 400,
    code: "BAD_JSON",
  },
  { name: "a list", send: mallory("/uploads", { json: [] }), status: 400, code: "BAD_FILES" },
  {
    name: "too many files",
    send: mallory("/uploads", { json: { files: Array(101).fill({ name: "a", type: "image/jpeg", bytes: 1 }) } }),
    status: 400,
    code: "BAD_FILES",
  },
  { name: "no files", send: mallory("/uploads", { json: { files: [] } }), status: 400, code: "BAD_FILES" },
  {
    name: "from another page, with the cookie",
    send: mallory("/uploads", { json: { files: [] }, headers: { origin: "https://evil.example" } }),
    ...otherOrigin,
  },
  { name: "a limit of a million", send: mallory("/pictures?limit=1000000"), status: 400, code: "BAD_LIMIT" },
  { name: "a limit that is no number", send: mallory("/pictures?limit=1e1;drop"), status: 400, code: "BAD_LIMIT" },
  { name: "a page it made up", send: mallory("/pictures?next=%00%ff"), status: 400, code: "BAD_PAGE" },
];

/** Answered 200, each file with its own refusal. */
export const files: readonly (CallAttack & { readonly refusal: string })[] = [
  { name: "less than no bytes", send: uploading({ bytes: -1 }), status: 200, refusal: "BAD_FILE" },
  { name: "half a byte", send: uploading({ bytes: 1.5 }), status: 200, refusal: "BAD_FILE" },
  { name: "bytes in words", send: uploading({ bytes: "12" }), status: 200, refusal: "BAD_FILE" },
  { name: "a gigabyte", send: uploading({ bytes: 1e9 }), status: 200, refusal: "TOO_LARGE" },
  { name: "a name that is none", send: uploading({ name: { $ne: "" } }), status: 200, refusal: "BAD_FILE" },
];

export const strangersThings: readonly CallAttack[] = [
  { name: "reads somebody's picture", send: (stage) => mallory(`/pictures/${stage.picture}`)(stage), ...noPicture },
  { name: "reads its markup", send: (stage) => mallory(`/pictures/${stage.picture}/markup`)(stage), ...noPicture },
  {
    name: "has it forgotten",
    send: (stage) => mallory(`/pictures/${stage.picture}`, { method: "DELETE" })(stage),
    ...noPicture,
  },
  { name: "decides about it", send: (stage) => review(stage.picture)(stage), ...notAllowed },
  {
    name: "looks at its preview",
    send: (stage) => mallory(`/pictures/${stage.picture}/preview`)(stage),
    ...notAllowed,
  },
  { name: "reads what waits for review", send: mallory("/reviews"), ...notAllowed },
  { name: "reads how the sources stand", send: mallory("/sources"), ...notAllowed },
  { name: "counts everybody's pictures", send: mallory("/status"), ...notAllowed },
  {
    name: "goes on with somebody's upload",
    send: (stage) => mallory(`/uploads/${stage.upload}/sign`, { json: { step: "create" } })(stage),
    status: 404,
    code: "NO_UPLOAD",
  },
  {
    name: "gives up somebody's upload",
    send: (stage) => mallory(`/uploads/${stage.upload}/sign`, { json: { step: "abort", uploadId: "x" } })(stage),
    status: 404,
    code: "NO_UPLOAD",
  },
  { name: "asks for a key of another kind", send: mallory("/pictures/source%23team"), ...noPicture },
  { name: "asks for a key that climbs", send: mallory("/pictures/..%2F..%2Fsession"), ...noPicture },
];

export const places: readonly CallAttack[] = [
  {
    name: "the operators' door from a page",
    send: ({ host }) => ask(`${host}/operator/api/status`, { headers: { origin: "https://evil.example" } }),
    status: 403,
  },
  {
    name: "the operators' door by an image",
    send: ({ host }) => ask(`${host}/operator/api/status`, { headers: { origin: "", "sec-fetch-site": "cross-site" } }),
    status: 403,
  },
  { name: "a hook that is not there", send: ({ host }) => ask(`${host}/hooks/nowhere`, { json: {} }), status: 404 },
  { name: "a file above the page", send: ({ host }) => ask(`${host}/..%2F..%2Fpackage.json`), status: 403 },
  { name: "a list of what is published", send: ({ host }) => ask(`${host}/published/`), status: 403 },
  {
    name: "the table, unsigned",
    send: ({ host }) =>
      ask(`${host}/aws/dynamodb`, { json: {}, headers: { "x-amz-target": "DynamoDB_20120810.ListTables" } }),
    status: 400,
  },
  {
    name: "the secrets, unsigned",
    send: ({ host }) =>
      ask(`${host}/aws/secretsmanager`, {
        json: { SecretId: "x" },
        headers: { "x-amz-target": "secretsmanager.GetSecretValue" },
      }),
    status: 400,
  },
  {
    name: "the mail, unsigned",
    send: ({ host }) => ask(`${host}/aws/ses/v2/email/outbound-emails`, { json: {} }),
    status: 400,
  },
];

/** One network asks for more and more codes; last, because afterwards it gets none. */
export async function flood({ host }: Stage): Promise<{ readonly last: Response; readonly mails: number }> {
  let last = await ask(`${host}/api/sign-in`, { json: { email: "flood@example.com" } });
  await codeFor(host, "flood@example.com");
  for (let count = 0; count < 60 && last.status === 202; count += 1)
    last = await ask(`${host}/api/sign-in`, {
      json: { email: "flood@example.com" },
      // A stranger may claim to be anywhere.
      headers: { "cloudfront-viewer-address": `198.51.100.${count}:1`, "x-forwarded-for": `198.51.100.${count}` },
    });
  const { mails } = (await (await fetch(`${host}/mailbox/mails`)).json()) as { mails: { to: string[] }[] };
  return { last, mails: mails.filter(({ to }) => to.includes("flood@example.com")).length };
}
