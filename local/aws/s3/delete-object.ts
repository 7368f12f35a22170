import { randomBytes } from "node:crypto";
import { textOf } from "./body.ts";
import { nameOfVersion } from "./description.ts";
import { S3Error } from "./errors.ts";
import { conditionsOf } from "./preconditions.ts";
import { type Operation, permit, type Server } from "./server.ts";
import type { Reply, S3Request } from "./types.ts";
import { children, document, parse } from "./xml.ts";

export const deleteObject: Operation = (request, server) => {
  const versionId = request.query.get("versionId") ?? undefined;
  return { status: 204, headers: remove(request, server, request.key, versionId) };
};

export const deleteObjects: Operation = async (request, server) => {
  const content = parse(await textOf(request), "Delete");
  const wanted = children(content, "Object");
  if (wanted.length < 1 || wanted.length > 1000)
    throw new S3Error("MalformedXML", `Expected between 1 and 1000 objects to delete, received ${wanted.length}.`);
  const results = wanted.map(({ Key, VersionId }) =>
    outcome(request, server, String(Key ?? ""), VersionId === undefined ? undefined : String(VersionId)),
  );
  const quiet = String(content.Quiet) === "true";
  const Deleted = quiet ? [] : results.filter((result) => !("Code" in result));
  return {
    status: 200,
    body: document("DeleteResult", { Deleted, Error: results.filter((result) => "Code" in result) }),
  };
};

function outcome(
  request: S3Request,
  server: Server,
  key: string,
  versionId: string | undefined,
): Record<string, string | undefined> {
  try {
    const answered = remove({ ...request, headers: {} }, server, key, versionId);
    return {
      Key: key,
      VersionId: versionId,
      DeleteMarker: answered?.["x-amz-delete-marker"],
      DeleteMarkerVersionId: versionId ? undefined : answered?.["x-amz-version-id"],
    };
  } catch (error) {
    if (error instanceof S3Error) return { Key: key, Code: error.code, Message: error.message };
    throw error;
  }
}

/** Deleting what is not there is no error. Answers what S3's headers say of it. */
function remove(request: S3Request, server: Server, key: string, versionId: string | undefined): Reply["headers"] {
  const { bucket, headers } = request;
  permit(server, request, versionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion", { bucket, key });
  const { store, config } = bucket;
  if (versionId !== undefined) {
    const meta = store.get(key);
    if (meta && versionId === nameOfVersion(meta)) store.remove(key);
    return { "x-amz-version-id": versionId };
  }
  const { ifMatch } = conditionsOf(headers);
  store.remove(key, { ifMatch }, { marked: true });
  return config.versioned
    ? { "x-amz-delete-marker": "true", "x-amz-version-id": randomBytes(24).toString("base64url") }
    : {};
}
