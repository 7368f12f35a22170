import { S3Error } from "./errors.ts";

export interface RequestTarget {
  /** Empty for the endpoint itself. */
  readonly bucket: string;
  /** Decoded once; empty for the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
}

/** Takes `/mount/bucket/key?query` apart. @throws S3Error `InvalidURI` or `KeyTooLongError` */
export function targetOf(url: string, mount: string): RequestTarget {
  const [path = "", query = ""] = url.split(/\?(.*)/s);
  if (!path.startsWith(`${mount}/`))
    throw new S3Error("InvalidURI", `Expected a path below ${mount}/, received ${path}.`);
  const [bucket = "", key = ""] = path.slice(mount.length + 1).split(/\/(.*)/s);
  return { bucket, key: expectKey(decode(key)), query: new URLSearchParams(query) };
}

/** @throws S3Error `KeyTooLongError` */
export function expectKey(key: string): string {
  const size = Buffer.byteLength(key);
  if (size <= 1024) return key;
  throw new S3Error("KeyTooLongError", "Your key is too long", { Size: size, MaxSizeAllowed: 1024 });
}

function decode(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    throw new S3Error("InvalidURI", "Couldn't parse the specified URI: expected percent-encoded UTF-8.");
  }
}
