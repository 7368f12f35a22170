import { GetWebIdentityTokenCommand, STSClient, STSServiceException } from "@aws-sdk/client-sts";
import { SourceError } from "../../providers/sources/types.ts";

/**
 * A JWT of AWS that says which role this function has, made out to `audience`, for five minutes.
 * @throws SourceError with what the account lacks
 */
export async function webIdentity(source: string, audience: string, client = new STSClient()): Promise<string> {
  const command = new GetWebIdentityTokenCommand({
    Audience: [audience],
    SigningAlgorithm: "RS256",
    DurationSeconds: 300,
  });
  try {
    return (await client.send(command)).WebIdentityToken!;
  } catch (cause) {
    if (!(cause instanceof STSServiceException)) throw cause;
    const [code, detail] = meanings[cause.name] ?? ["UNAVAILABLE", `AWS gave no proof of identity (${cause.name})`];
    throw new SourceError(source, code, detail, { cause });
  }
}

const meanings: Readonly<Record<string, readonly ["CONFIG" | "FORBIDDEN", string]>> = {
  OutboundWebIdentityFederationDisabledException: [
    "CONFIG",
    "expected an account that proves identities to others. Enable it once: aws iam enable-outbound-web-identity-federation",
  ],
  AccessDenied: [
    "FORBIDDEN",
    "expected leave for sts:GetWebIdentityToken, which a source has that names entra: { tenantId, clientId } in its config",
  ],
};
