import { randomUUID } from "node:crypto";
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { LimitOptions, QuotaOptions } from "../../options.ts";
import { endOfName } from "../keys.ts";
import { uploadPrefix } from "../object-keys.ts";
import { pictureIdOf } from "../picture-id.ts";
import { tooLarge } from "../pixels/reasons.ts";
import { anyCaller, nameOf } from "./callers.ts";
import { invalid, problem, problemsOf, whenSending } from "./problems.ts";
import { json, jsonBody, reason } from "./shapes.ts";
import type { Caller, CommonDeps, Count, HonoEnv } from "./types.ts";
import type { BegunUpload, BegunUploads, SignedRequest, UploadSigner } from "./upload-types.ts";

export interface UploadDeps extends CommonDeps {
  readonly signer: UploadSigner;
  readonly begun: BegunUploads;
  readonly count: Count;
  readonly quotas: Pick<QuotaOptions, "filesPerPerson">;
  readonly limits: Pick<LimitOptions, "maxBytes">;
}

const megabyte = 1024 * 1024;
/** Larger files may come in parts, of which each can be sent again by itself. */
const partsAbove = 16 * megabyte;
const partBytes = 8 * megabyte;
const day = 24 * 3600;
/** Times a day that one upload in parts may be begun anew: each holds its parts until S3 or somebody drops them. */
export const mostBeginnings = 5;

const file = z.object({ name: z.string(), type: z.string(), bytes: z.int().min(0) });
// Checked one by one: a bad file is no reason to refuse the others.
const unchecked = z.unknown().openapi({
  type: "object",
  required: ["name", "type", "bytes"],
  properties: { name: { type: "string" }, type: { type: "string" }, bytes: { type: "integer", minimum: 0 } },
});
const pictureId = z.string().openapi({ description: "Of the picture it will be" });

const uploads = createRoute({
  method: "post",
  path: "/uploads",
  summary: "Leave to upload files straight into the bucket",
  description: "Each answer is for one file, in the order asked. Post `fields` and then the file to `url` as a form.",
  request: jsonBody(
    z.object({
      files: z.array(unchecked).min(1).max(100),
      parts: z.boolean().optional().openapi({ description: "Whether files over 16 MiB are to be sent in parts" }),
    }),
  ),
  responses: {
    200: json(
      z.object({
        uploads: z.array(
          z.union([
            z.object({ pictureId, key: z.string(), url: z.string(), fields: z.record(z.string(), z.string()) }),
            z.object({ pictureId, key: z.string(), partBytes: z.int() }),
            z.object({ error: reason }),
          ]),
        ),
      }),
      "Signed for ten minutes",
    ),
    ...problemsOf("SIGN_IN_FIRST", "BAD_FILES", "QUOTA_SPENT", ...whenSending),
  },
});

// Goes into an address that is signed: no more than S3 makes them of.
const uploadId = z.string().regex(/^[\x21-\x7e]{1,1024}$/, "expected the id that S3 gave the upload");
const step = z.discriminatedUnion("step", [
  z.object({ step: z.literal("create") }),
  z.object({ step: z.literal("part"), uploadId, part: z.int().min(1) }),
  z.object({ step: z.enum(["list", "complete", "abort"]), uploadId }),
]);

const sign = createRoute({
  method: "post",
  path: "/uploads/{pictureId}/sign",
  summary: "One step of an upload in parts",
  description: "For whoever began it, within a day. Every part but the last has `partBytes` bytes.",
  request: { params: z.object({ pictureId }), ...jsonBody(step) },
  responses: {
    200: json(
      z.object({ url: z.string(), headers: z.record(z.string(), z.string()).optional() }),
      "Signed for ten minutes, with the headers to be sent",
    ),
    ...problemsOf("SIGN_IN_FIRST", "NO_UPLOAD", "BAD_STEP", "QUOTA_SPENT", ...whenSending),
  },
});

export const uploadRoutes = (deps: UploadDeps) =>
  new OpenAPIHono<HonoEnv>()
    .openapi(
      uploads,
      async (c) => {
        const caller = anyCaller(c);
        const { files, parts = false } = c.req.valid("json");
        const checked = files.map((each) => check(each, deps.limits));
        await spend(deps, caller, checked.filter((each) => !("error" in each)).length);
        const answers = checked.map((each) => ("error" in each ? each : begin(deps, caller, each, parts)));
        return c.json({ uploads: await Promise.all(answers) }, 200);
      },
      invalid("BAD_FILES"),
    )
    .openapi(
      sign,
      async (c) => {
        const caller = anyCaller(c);
        const { pictureId } = c.req.valid("param");
        const asked = c.req.valid("json");
        const upload = await deps.begun.get(pictureId);
        if (upload === undefined || upload.by !== nameOf(caller))
          throw problem("NO_UPLOAD", "There is no such upload in parts. Begin it again.");
        if (asked.step === "create") await beginAnew(deps, caller, pictureId);
        return c.json(await signStep(deps.signer, upload, asked), 200);
      },
      invalid("BAD_STEP"),
    );

type File = z.infer<typeof file>;

function check(value: unknown, limits: UploadDeps["limits"]): File | { error: z.infer<typeof reason> } {
  const { success, data } = file.safeParse(value);
  if (success) {
    const error = tooLarge(data.bytes, limits);
    return error ? { error } : data;
  }
  const sentence = "Expected a file's name, its type, and its size as a whole number of bytes.";
  return { error: { code: "BAD_FILE", sentence } };
}

/** @throws Problem `QUOTA_SPENT`; what is refused does not count. */
async function spend({ count, quotas }: UploadDeps, caller: Caller, files: number): Promise<void> {
  if (caller.kind === "operator" || files === 0) return;
  const spent = await count("files", caller.email, day, files);
  if (spent.count <= quotas.filesPerPerson) return;
  await count("files", caller.email, day, -files);
  throw problem("QUOTA_SPENT", `Expected at most ${quotas.filesPerPerson} files a day. Send the rest tomorrow.`, {
    "retry-after": String(spent.secondsLeft),
  });
}

/** One file of a quota is not to become uploads without end. @throws Problem `QUOTA_SPENT` */
async function beginAnew({ count }: UploadDeps, caller: Caller, pictureId: string): Promise<void> {
  if (caller.kind === "operator") return;
  const begun = await count("uploads-begun", pictureId, day);
  if (begun.count <= mostBeginnings) return;
  throw problem("QUOTA_SPENT", `Expected an upload to be begun at most ${mostBeginnings} times a day. Go on with it.`, {
    "retry-after": String(begun.secondsLeft),
  });
}

async function begin({ signer, begun, now }: UploadDeps, caller: Caller, { name, type, bytes }: File, parts: boolean) {
  const key = `${uploadPrefix}${randomUUID()}`;
  const pictureId = pictureIdOf("upload", key, "1");
  const upload = {
    key,
    type: imageType.test(type) ? type : "application/octet-stream",
    bytes,
    metadata: {
      // S3 takes 2 KB of metadata in all.
      name: encodeURIComponent(endOfName(name, 1000)),
      ...(caller.kind === "person" && { uploader: encodeURIComponent(caller.email) }),
    },
  };
  if (!parts || bytes <= partsAbove) return { pictureId, key, ...(await signer.form(upload)) };
  await begun.keep(pictureId, { ...upload, by: nameOf(caller) }, new Date(now().getTime() + day * 1000));
  return { pictureId, key, partBytes };
}

const imageType = /^image\/[a-z0-9.+-]{1,40}$/;

async function signStep(
  signer: UploadSigner,
  upload: BegunUpload,
  asked: z.infer<typeof step>,
): Promise<SignedRequest> {
  if (asked.step === "create") return signer.create(upload);
  const { key, bytes } = upload;
  if (asked.step !== "part") return signer[asked.step](key, asked.uploadId);
  const rest = bytes - (asked.part - 1) * partBytes;
  if (rest > 0) return signer.part(key, asked.uploadId, asked.part, Math.min(partBytes, rest));
  throw problem("BAD_STEP", `Expected a part up to ${Math.ceil(bytes / partBytes)}, received ${asked.part}.`);
}
