import { type Browser, post, type Slot, slotFor } from "./rig.ts";

/** Somebody who was given leave for one upload and tries to make more of it. */
export interface UploadAttack {
  readonly name: string;
  /** What is sent in place of what was given. */
  readonly fields?: (fields: Readonly<Record<string, string>>) => Readonly<Record<string, string>> | [string, string][];
  readonly file?: (honest: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> | undefined;
  readonly url?: (url: string) => string;
  readonly status: number;
  readonly code: string;
}

const set = (more: Readonly<Record<string, string>>) => (fields: Readonly<Record<string, string>>) => ({
  ...fields,
  ...more,
});
const without = (name: string) => (fields: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(fields).filter(([field]) => field.toLowerCase() !== name));

/** A field of the policy that somebody rewrote and could not sign. */
const rewritten =
  (change: (policy: { expiration: string; conditions: unknown[] }) => unknown) =>
  (fields: Readonly<Record<string, string>>) => {
    const policy = JSON.parse(Buffer.from(fields["Policy"]!, "base64").toString());
    return { ...fields, Policy: Buffer.from(JSON.stringify(change(policy))).toString("base64") };
  };

const denied = { status: 403, code: "AccessDenied" };
const forged = { status: 403, code: "SignatureDoesNotMatch" };

export const uploadAttacks: readonly UploadAttack[] = [
  { name: "another key", fields: set({ key: "uploads/00000000-0000-4000-8000-000000000000" }), ...denied },
  { name: "a key that climbs", fields: ({ key, ...rest }) => ({ ...rest, key: `${key}/../../x` }), ...denied },
  { name: "a key of its own ending", fields: ({ key, ...rest }) => ({ ...rest, key: `${key}.html` }), ...denied },
  { name: "a key made of the file's name", fields: set({ key: "uploads/$" + "{filename}" }), ...denied },
  { name: "a key where pulled files lie", fields: set({ key: "pulled/team/x" }), ...denied },
  { name: "another type", fields: set({ "Content-Type": "text/html" }), ...denied },
  { name: "a type that runs scripts", fields: set({ "Content-Type": "image/svg+xml" }), ...denied },
  { name: "no type", fields: without("content-type"), ...denied },
  { name: "somebody else as the sender", fields: set({ "x-amz-meta-uploader": "boss%40example.com" }), ...denied },
  { name: "no sender", fields: without("x-amz-meta-uploader"), ...denied },
  { name: "another name", fields: set({ "x-amz-meta-name": "boss.jpg" }), ...denied },
  { name: "a source it did not come from", fields: set({ "x-amz-meta-source": "team" }), ...denied },
  { name: "leave for the world to read it", fields: set({ acl: "public-read" }), ...denied },
  { name: "a cache rule", fields: set({ "Cache-Control": "max-age=1" }), ...denied },
  {
    name: "an answer that leads elsewhere",
    fields: set({ success_action_redirect: "https://evil.example" }),
    ...denied,
  },
  { name: "an object that leads elsewhere", fields: set({ "x-amz-website-redirect-location": "/x" }), ...denied },
  { name: "another storage class", fields: set({ "x-amz-storage-class": "GLACIER" }), ...denied },
  { name: "tags", fields: set({ tagging: "<Tagging/>" }), ...denied },
  { name: "more time", fields: rewritten((policy) => ({ ...policy, expiration: "2100-01-01T00:00:00Z" })), ...forged },
  { name: "fewer conditions", fields: rewritten((policy) => ({ ...policy, conditions: [] })), ...forged },
  {
    name: "any size",
    fields: rewritten((policy) => ({
      ...policy,
      conditions: policy.conditions.map((one) =>
        Array.isArray(one) && one[0] === "content-length-range" ? ["content-length-range", 0, 1e9] : one,
      ),
    })),
    ...forged,
  },
  { name: "a signature of zeros", fields: set({ "X-Amz-Signature": "0".repeat(64) }), ...forged },
  { name: "an empty signature", fields: set({ "X-Amz-Signature": "" }), ...forged },
  {
    name: "another's key id",
    fields: ({ "X-Amz-Credential": credential = "", ...rest }) => ({
      ...rest,
      "X-Amz-Credential": credential.replace(/^[^/]+/, "AKIAFORGEDFORGED0000"),
    }),
    status: 403,
    code: "InvalidAccessKeyId",
  },
  { name: "no policy", fields: without("policy"), ...denied },
  { name: "a policy that is no JSON", fields: set({ Policy: "bm9uc2Vuc2U=" }), ...forged },
  {
    name: "a larger file",
    file: (honest) => Buffer.concat([honest, Buffer.alloc(1)]),
    status: 400,
    code: "EntityTooLarge",
  },
  { name: "a smaller file", file: (honest) => honest.slice(0, -1), status: 400, code: "EntityTooSmall" },
  { name: "an empty file", file: () => new Uint8Array(), status: 400, code: "EntityTooSmall" },
  { name: "no file", file: () => undefined, status: 400, code: "IncorrectNumberOfFilesInPostRequest" },
  { name: "another bucket", url: (url) => url.replace("incoming", "published"), ...denied },
];

export const attackUpload = async (
  thief: Browser,
  honest: Uint8Array<ArrayBuffer>,
  { fields = (given) => given, file = (given) => given, url = (given) => given }: UploadAttack,
): Promise<{ readonly answer: Response; readonly slot: Slot }> => {
  const slot = await slotFor(thief, honest.length);
  return { slot, answer: await post(url(slot.url), fields(slot.fields), file(honest)) };
};
