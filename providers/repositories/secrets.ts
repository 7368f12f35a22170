import { z } from "zod";
import type { GithubAuth } from "./github-client.ts";
import { RepositoryError } from "./types.ts";

const text = z.string().min(1, "expected some text, received none");
/** Any long random text; GitHub is given the same as the webhook's secret. */
const webhookSecret = text.min(16, "expected at least 16 characters").optional();
const form = z.union([
  z.strictObject({ token: text, webhookSecret }),
  z.strictObject({ appId: text, privateKey: text, installationId: text, webhookSecret }),
]);

/** @throws RepositoryError CONFIG that never repeats what is in the secret */
export function repositorySecretOf(
  name: string,
  secret: string | undefined,
): { readonly auth: GithubAuth; readonly webhookSecret?: string } {
  const checked = form.safeParse(parsed(secret));
  if (!checked.success)
    throw new RepositoryError(
      name,
      "CONFIG",
      `expected the secret of a repository as { token } or { appId, privateKey, installationId }, all texts, with a webhookSecret of at least 16 characters if GitHub calls; received ${secret ? "something else" : "none"}`,
    );
  const { webhookSecret, ...auth } = checked.data;
  return { auth, webhookSecret };
}

function parsed(secret: string | undefined): unknown {
  try {
    return JSON.parse(secret ?? "");
  } catch {
    // What the parser says repeats a part of the text.
    return undefined;
  }
}
