import { textOf } from "./body.ts";
import { isCold } from "./description.ts";
import { S3Error } from "./errors.ts";
import { expectVersion } from "./read-object.ts";
import { expiry, restorationState } from "./restorations.ts";
import { missing, type Operation, permit } from "./server.ts";
import { children, parse } from "./xml.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html */
export const restoreObject: Operation = async (request, server) => {
  const { bucket, key, query } = request;
  permit(server, request, "s3:RestoreObject", request);
  const { days, tier } = wishOf(await textOf(request));
  const found = bucket.store.get(key);
  if (!found) throw missing(server, request, request);
  const meta = expectVersion(found, query.get("versionId") ?? undefined);
  if (!isCold(meta))
    throw new S3Error("InvalidObjectState", "Restore is not allowed for the object's current storage class", {
      StorageClass: meta.storageClass,
    });
  if (tier === "Expedited" && meta.storageClass === "DEEP_ARCHIVE")
    throw new S3Error("InvalidArgument", "Retrieval option is not supported by this storage class", {
      ArgumentName: "Tier",
      ArgumentValue: tier,
    });
  const state = restorationState(meta, server.now());
  if (state === "ongoing") throw new S3Error("RestoreAlreadyInProgress", "Object restore is already in progress");
  if (state === "readable") {
    bucket.store.note({ ...meta, restoration: { ...meta.restoration!, until: expiry(server.now(), days) } });
    return { status: 200 };
  }
  server.restorationsOf(bucket).begin(meta, days);
  return { status: 202 };
};

/** @throws S3Error `MalformedXML` */
function wishOf(body: string): { readonly days: number; readonly tier: string } {
  const wish = parse(body, "RestoreRequest");
  const days = Number(wish.Days);
  const tier = String(children(wish, "GlacierJobParameters")[0]?.Tier ?? wish.Tier ?? "Standard");
  if (Number.isInteger(days) && days >= 1 && ["Bulk", "Standard", "Expedited"].includes(tier)) return { days, tier };
  throw new S3Error("MalformedXML", `Expected Days from 1 and a Tier, received ${wish.Days} and ${tier}.`);
}
