import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Metadata {
  /** `host:port`, the value of AWS_LAMBDA_METADATA_API. */
  readonly address: string;
  /** The value of AWS_LAMBDA_METADATA_TOKEN. */
  readonly token: string;
  close(): Promise<void>;
}

/**
 * Lambda's metadata endpoint: tells a function in which Availability Zone it runs.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-metadata-endpoint.html
 */
export async function createMetadata({ region }: { readonly region: string }): Promise<Metadata> {
  const token = randomBytes(24).toString("base64url");
  const body = JSON.stringify({ AvailabilityZoneID: zoneOf(region) });
  const server = createServer((request, response) => {
    const status = statusOf(request.method, request.url, request.headers.authorization === `Bearer ${token}`);
    response.writeHead(status, { "content-type": "application/json", "cache-control": "private, max-age=43200" });
    response.end(status === 200 ? body : undefined);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function statusOf(method: string | undefined, url: string | undefined, known: boolean): number {
  if (url !== "/2026-01-15/metadata/execution-environment") return 404;
  if (method !== "GET") return 405;
  return known ? 200 : 401;
}

/** The first zone of a region by AWS's naming: `eu-west-1` → `euw1-az1`, `ap-southeast-2` → `apse2-az1`. */
export const zoneOf = (region: string): string => {
  const [area = "", ...rest] = region.split("-");
  const number = rest.pop() ?? "";
  const initials = rest.map((part) =>
    part
      .replace(/^(north|south)(east|west)$/, "$1-$2")
      .split("-")
      .map((word) => word[0])
      .join(""),
  );
  return `${area}${initials.join("")}${number}-az1`;
};
