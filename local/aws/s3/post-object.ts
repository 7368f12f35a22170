import type { EndpointDeps } from "../types.ts";
import { type Body, checksumAlgorithm, rawBody } from "./body.ts";
import { createVerifier } from "./checksums.ts";
import { asHeader, describe, writtenHeaders } from "./description.ts";
import { S3Error } from "./errors.ts";
import { type Form, readForm } from "./form.ts";
import { applyPolicy, type SizeRange } from "./post-policy.ts";
import { permit, type Server } from "./server.ts";
import { authenticatePolicy } from "./signed-payload.ts";
import { tagsOfDocument } from "./tagging.ts";
import { expectKey } from "./target.ts";
import type { Bucket, Checksum, Reply, S3Request } from "./types.ts";
import { document } from "./xml.ts";

export interface PostDeps extends Server {
  readonly identityOf: EndpointDeps["identityOf"];
}

/** A browser's form: who signed its policy uploads, as far as the policy goes. @throws S3Error or SignatureError */
export async function postObject(
  incoming: S3Request["incoming"],
  bucket: Bucket,
  address: string,
  deps: PostDeps,
): Promise<Reply> {
  const form = await readForm(incoming.headers["content-type"] ?? "", rawBody({ incoming }));
  const fields = new Map([...form.fields, ["bucket", bucket.config.name]]);
  const field = (name: string) => fields.get(name) ?? "";
  if (!fields.has("key"))
    throw new S3Error(
      "InvalidArgument",
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
      { ArgumentName: "key" },
    );
  const key = expectKey(field("key").replaceAll(FILENAME, form.filename.split(/[\\/]/).at(-1)!));
  fields.set("key", key);

  if (!fields.has("policy")) throw new S3Error("AccessDenied", "Access Denied");
  const signed = {
    policy: field("policy"),
    algorithm: field("x-amz-algorithm"),
    credential: field("x-amz-credential"),
    date: field("x-amz-date"),
    signature: field("x-amz-signature"),
  };
  const identity = authenticatePolicy(signed, deps.identityOf);
  const range = applyPolicy(signed.policy, fields, deps.now());
  if (fields.has("success_action_redirect") || fields.has("redirect"))
    throw new S3Error("NotImplemented", "Redirects after an upload are not made here; use success_action_status.");

  const headers = Object.fromEntries(fields);
  const described = Object.fromEntries([...fields].filter(([name]) => DESCRIBES.test(name)).map(asHeader));
  const caller = { identity, headers, query: new URLSearchParams() };
  permit(deps, caller, "s3:PutObject", { bucket, key }, { "s3:authType": "POST" });
  if (fields.has("tagging")) permit(deps, caller, "s3:PutObjectTagging", { bucket, key }, { "s3:authType": "POST" });
  const tags = fields.has("tagging") ? tagsOfDocument(field("tagging")) : {};
  const description = { ...describe(described), tags };

  const file = fileOf(form, range, headers);
  const staged = await bucket.store.stage(file);
  const meta = bucket.store.commit({ key, staged, description, checksum: file.checksum(), reason: "POST Object" });
  const location = `${address}/${key.split("/").map(encodeURIComponent).join("/")}`;
  const status = { "200": 200, "201": 201 }[field("success_action_status")] ?? 204;
  const answer = { Location: location, Bucket: bucket.config.name, Key: key, ETag: `"${meta.etag}"` };
  return {
    status,
    headers: { ...writtenHeaders(meta), location },
    body: status === 201 ? document("PostResponse", answer) : undefined,
  };
}

/** Fields that become headers of the object. */
const DESCRIBES = /^(content-|cache-control$|expires$|x-amz-meta-|x-amz-storage-class$)/;

/** The file's own name, which may stand in the key. */
const FILENAME = "$" + "{filename}";

/** The form's file, which ends with an S3Error unless its size and checksum are what the policy and fields say. */
function fileOf({ file, drain }: Form, { least, most }: SizeRange, headers: S3Request["headers"]): Body {
  const algorithm = checksumAlgorithm(headers);
  const verifier = createVerifier({ md5: headers["content-md5"], algorithm });
  let checksum: Checksum | undefined;
  return {
    checksum: () => checksum,
    async *[Symbol.asyncIterator]() {
      let size = 0;
      for await (const piece of file) {
        size += piece.length;
        // Past the limit it is counted and not kept, so that the browser hears the answer.
        if (size > most) continue;
        verifier.update(piece);
        yield piece;
      }
      await drain();
      if (size > most)
        throw new S3Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
          ProposedSize: size,
          MaxSizeAllowed: most,
        });
      if (size < least)
        throw new S3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
          ProposedSize: size,
          MinSizeAllowed: least,
        });
      checksum = await verifier.verify(algorithm && headers[`x-amz-checksum-${algorithm}`]);
    },
  };
}
