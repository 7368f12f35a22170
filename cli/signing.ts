import { CliError } from "./output.ts";

/** The headers of a call. Those of a function URL carry a signature by the caller's AWS credentials. */
export async function signed({ method, url, body }: { method: string; url: URL; body?: string }) {
  const content: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
  const region = functionUrl.exec(url.hostname)?.[1];
  if (region === undefined) return content;
  // Loaded only here: a laptop's calls are not signed, and the SDK takes its time.
  const [{ Sha256 }, { defaultProvider }, { SignatureV4 }] = await Promise.all([
    import("@aws-crypto/sha256-js"),
    import("@aws-sdk/credential-provider-node"),
    import("@smithy/signature-v4"),
  ]);
  const signer = new SignatureV4({ service: "lambda", region, credentials: defaultProvider(), sha256: Sha256 });
  const { hostname, protocol, pathname: path, searchParams } = url;
  const request = {
    method,
    hostname,
    protocol,
    path,
    query: Object.fromEntries(searchParams),
    headers: { ...content, host: url.host },
    body,
  };
  const { headers } = await signer.sign(request).catch((cause: Error) => {
    if (cause.name !== "CredentialsProviderError") throw cause;
    throw new CliError(
      "NO_CREDENTIALS",
      `Expected AWS credentials, with which calls to ${hostname} are signed, but found none. Log in, or set AWS_PROFILE.`,
      { cause },
    );
  });
  const { host: _, ...rest } = headers;
  return rest;
}

const functionUrl = /\.lambda-url\.([a-z0-9-]+)\.on\.aws$/;
