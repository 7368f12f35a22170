import { finished } from "node:stream/promises";
import type { S3 } from "../aws/s3/s3.ts";
import type { Identity } from "../aws/types.ts";
import type { Graph } from "../graph.ts";
import { ofType, text } from "../lookup.ts";
import { plain, type Route } from "../router.ts";

interface OriginInput {
  readonly domainName: string;
}

/** CloudFront as a reader: what it may read is said by the bucket's own policy alone. */
const cloudFront: Identity = { arn: "cloudfront.amazonaws.com", accessKeyId: "", secretAccessKey: "", policies: [] };

/** The distribution over the published bucket, under `prefix`: private bucket, read by the distribution's ARN. */
export function distributionRoute(graph: Graph, s3: S3, account: string, prefix: string): Route {
  const [distribution] = ofType(graph, "aws:cloudfront/distribution:Distribution");
  const [origin] = (distribution?.inputs["origins"] ?? []) as readonly OriginInput[];
  const bucket = ofType(graph, "aws:s3/bucket:Bucket").find(
    ({ outputs }) => outputs["bucketRegionalDomainName"] === origin?.domainName,
  );
  if (distribution === undefined || bucket === undefined)
    throw new Error("GRAPH_BROKEN: expected a distribution whose first origin is one of the graph's buckets.");
  const context = { "aws:SourceArn": text(distribution, "arn"), "aws:SourceAccount": account };
  return async (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD")
      return plain(response, 405, "Pictures are only to be looked at.");
    const { pathname } = new URL(request.url ?? "/", "http://any");
    const found = await s3.read(
      text(bucket, "bucket"),
      decodeURIComponent(pathname.slice(prefix.length + 1)),
      cloudFront,
      context,
    );
    if (found === undefined || "denied" in found)
      return plain(response, 403, found?.denied ?? "There is no such picture.");
    response.writeHead(200, {
      ...found.meta.headers,
      "content-length": found.meta.size,
      etag: `"${found.meta.etag}"`,
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "cross-origin-resource-policy": "cross-origin",
    });
    if (request.method === "HEAD") {
      found.stream.destroy();
      response.end();
      return;
    }
    found.stream.pipe(response);
    await finished(response).catch(() => found.stream.destroy());
  };
}
