import { createHash } from "node:crypto";
import { Crc32, Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";
import { S3Error } from "./errors.ts";
import type { Checksum } from "./types.ts";

/** What a request promises of its body. */
export interface Promised {
  /** Hex, of `x-amz-content-sha256`. */
  readonly sha256?: string;
  /** Base64, of `Content-MD5`. */
  readonly md5?: string;
  /** Name of an `x-amz-checksum-…` algorithm; its value stands in a header or comes as a trailer. */
  readonly algorithm?: string;
}

export interface Verifier {
  update(piece: Buffer): void;
  /** `value` is the promised checksum. @throws S3Error when the bytes are others than promised. */
  verify(value: string | undefined): Promise<Checksum | undefined>;
}

/** Checks a body against what was promised while it passes. @throws S3Error `NotImplemented` for an algorithm it has not. */
export function createVerifier({ sha256, md5, algorithm }: Promised): Verifier {
  const content = sha256 === undefined ? undefined : createHash("sha256");
  const digest = md5 === undefined ? undefined : createHash("md5");
  const sum = algorithm === undefined ? undefined : summer(algorithm);
  if (md5 !== undefined && Buffer.from(md5, "base64").length !== 16)
    throw new S3Error("InvalidDigest", "The Content-MD5 you specified is not valid.");
  return {
    update(piece) {
      content?.update(piece);
      digest?.update(piece);
      sum?.update(piece);
    },
    async verify(value) {
      if (content && content.digest("hex") !== sha256) {
        throw new S3Error(
          "XAmzContentSHA256Mismatch",
          "The provided 'x-amz-content-sha256' header does not match what was computed.",
        );
      }
      if (digest && digest.digest("base64") !== md5) {
        throw new S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.");
      }
      if (!sum || algorithm === undefined) return undefined;
      const computed = Buffer.from(await sum.digest()).toString("base64");
      if (
        value === undefined ||
        Buffer.from(value, "base64").toString("base64") !== value ||
        value.length !== computed.length
      ) {
        throw new S3Error("InvalidRequest", `Value for x-amz-checksum-${algorithm} header is invalid.`);
      }
      if (computed !== value) {
        throw new S3Error(
          "BadDigest",
          `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
        );
      }
      return { algorithm, value };
    },
  };
}

interface Summer {
  update(piece: Uint8Array): unknown;
  digest(): Uint8Array | Promise<Uint8Array>;
}

const summers: Readonly<Record<string, () => Summer>> = {
  crc32: () => new Crc32(),
  crc32c: () => new Crc32c(),
  crc64nvme: () => new Crc64Nvme(),
  sha1: () => createHash("sha1"),
  sha256: () => createHash("sha256"),
};

function summer(algorithm: string): Summer {
  const make = Object.hasOwn(summers, algorithm) ? summers[algorithm] : undefined;
  if (make) return make();
  throw new S3Error(
    "NotImplemented",
    `Expected a checksum of ${Object.keys(summers).join(", ")}, received "${algorithm}".`,
  );
}
