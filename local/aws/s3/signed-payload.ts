import {
  ALGORITHM,
  claimOf,
  EMPTY,
  incomplete,
  known,
  mismatch,
  type SignedRequest,
  same,
  scopeOf,
  sign,
} from "../signature.ts";
import type { EndpointDeps, Identity } from "../types.ts";

/** Fields of a browser's upload form; empty where it has none. */
export interface SignedPolicy {
  /** Base64, as the form carries it. */
  readonly policy: string;
  readonly algorithm: string;
  readonly credential: string;
  readonly date: string;
  readonly signature: string;
}

/** Who signed a form's policy. Its expiry stands in the policy itself. @throws SignatureError */
export function authenticatePolicy(signed: SignedPolicy, identityOf: EndpointDeps["identityOf"]): Identity {
  if (signed.algorithm !== ALGORITHM)
    throw incomplete(`expected the algorithm ${ALGORITHM}, received "${signed.algorithm}"`);
  const scope = scopeOf(signed.credential, signed.date);
  const identity = known(scope, identityOf);
  if (!same(sign(identity, scope, signed.policy), signed.signature)) throw mismatch();
  return identity;
}

/** Signatures of an upload's chunks, each of which covers the one before it. Call them in order. */
export interface ChunkSigner {
  chunk(sha256: string): string;
  trailer(sha256: string): string;
}

/** For a request that `authenticate` has let in by its Authorization header. */
export function chunkSigner(request: SignedRequest, identity: Identity): ChunkSigner {
  const { date, scope, signature } = claimOf(request);
  let previous = signature;
  const next = (kind: string, ...hashes: string[]) => {
    previous = sign(identity, scope, [`${ALGORITHM}-${kind}`, date, scope.text, previous, ...hashes].join("\n"));
    return previous;
  };
  return { chunk: (hash) => next("PAYLOAD", EMPTY, hash), trailer: (hash) => next("TRAILER", hash) };
}
