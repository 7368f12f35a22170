import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { readBody } from "../http.ts";
import { ServiceError } from "./dynamodb/service-error.ts";
import { claimOf, SignatureError, type SignatureErrorCode, authenticate as verify } from "./signature.ts";
import type { Call, EndpointDeps } from "./types.ts";

export interface Signed {
  readonly body: Buffer;
  /** The one that it is signed for: an endpoint stands for those of all Regions. */
  readonly region: string;
  /** @throws ServiceError `AccessDeniedException` when the caller's policies refuse. */
  readonly allow: (call: Call) => void;
}

/** The body of a request and who signed it. @throws ServiceError under the names that the services but S3 use */
export async function signedRequest(
  request: IncomingMessage,
  { identityOf, authorize, authenticate = verify }: EndpointDeps & { readonly authenticate?: typeof verify },
): Promise<Signed> {
  const body = await readBody(request, maxBytes);
  if (body === undefined)
    throw new ServiceError("RequestEntityTooLargeException", `Expected a request of at most ${maxBytes} bytes.`, {
      status: 413,
    });
  const signature = signatureOf(request, body);
  const identity = identified(() => authenticate(signature, identityOf));
  return {
    body,
    region: claimOf(signature).scope.region,
    allow(call) {
      const decision = authorize(identity, call);
      if (!decision.allowed) throw new ServiceError("AccessDeniedException", decision.because);
    },
  };
}

/** DynamoDB's own limit; no other service's is above it. */
const maxBytes = 16 * 1024 * 1024;

const signatureOf = ({ method, url, headers }: IncomingMessage, body: Buffer) => ({
  method: method!,
  rawPath: url!,
  headers,
  bodySha256: createHash("sha256").update(body).digest("hex"),
});

function identified<T>(ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof SignatureError)) throw error;
    throw new ServiceError(signatureCodes[error.code], error.message);
  }
}

/** The services' names for what S3 calls otherwise. */
const signatureCodes: Readonly<Record<SignatureErrorCode, string>> = {
  MissingAuthenticationToken: "MissingAuthenticationTokenException",
  IncompleteSignature: "IncompleteSignatureException",
  InvalidAccessKeyId: "UnrecognizedClientException",
  SignatureDoesNotMatch: "InvalidSignatureException",
  RequestTimeTooSkewed: "InvalidSignatureException",
  RequestExpired: "InvalidSignatureException",
  HeadersNotSigned: "InvalidSignatureException",
};
