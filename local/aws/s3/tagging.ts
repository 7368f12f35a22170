import { textOf } from "./body.ts";
import { checkedTags, versionOf } from "./description.ts";
import { expectVersion } from "./read-object.ts";
import { missing, type Operation, permit, type Server } from "./server.ts";
import type { ObjectMeta, S3Request } from "./types.ts";
import { children, document, parse } from "./xml.ts";

export const getTagging: Operation = (request, server) => {
  const meta = tagged(request, server, "s3:GetObjectTagging");
  const Tag = Object.entries(meta.tags).map(([Key, Value]) => ({ Key, Value }));
  return { status: 200, headers: versionOf(meta), body: document("Tagging", { TagSet: { Tag } }) };
};

export const putTagging: Operation = async (request, server) => {
  tagged(request, server, "s3:PutObjectTagging");
  const tags = tagsOfDocument(await textOf(request));
  const meta = tagged(request, server, "s3:PutObjectTagging");
  request.bucket.store.retag(meta, tags);
  return { status: 200, headers: versionOf(meta) };
};

export const deleteTagging: Operation = (request, server) => {
  const meta = tagged(request, server, "s3:DeleteObjectTagging");
  request.bucket.store.retag(meta, {});
  return { status: 204, headers: versionOf(meta) };
};

/** @throws S3Error `MalformedXML` or `InvalidTag` */
export function tagsOfDocument(text: string): Record<string, string> {
  const set = parse(text, "Tagging").TagSet;
  const tags = set === undefined || set === "" ? [] : children(set, "Tag");
  return checkedTags(tags.map(({ Key, Value }) => [String(Key ?? ""), String(Value ?? "")] as const));
}

function tagged(request: S3Request, server: Server, action: string): ObjectMeta {
  permit(server, request, action, request);
  const meta = request.bucket.store.get(request.key);
  if (!meta) throw missing(server, request, request);
  return expectVersion(meta, request.query.get("versionId") ?? undefined);
}
