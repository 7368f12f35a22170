import { githubRepository } from "./github.ts";
import { githubWebhook } from "./github-webhook.ts";
import type { RepositoryOptions } from "./options.ts";
import { repositorySecretOf } from "./secrets.ts";
import type { AnswerCall, Repository } from "./types.ts";

export interface OpenedRepository {
  readonly repository: Repository;
  /** Absent where the secret holds nothing that a call could be proved by. */
  readonly answer?: AnswerCall;
}

/** The repository that an entry of the config describes. @throws RepositoryError CONFIG for its secret */
export function openRepository(
  { name, repo, branch, endpoint }: RepositoryOptions,
  secret: string | undefined,
): OpenedRepository {
  const { auth, webhookSecret } = repositorySecretOf(name, secret);
  const site = endpoint && new URL(endpoint).origin;
  return {
    repository: githubRepository({ name, repo, auth, endpoint, site }),
    answer: webhookSecret === undefined ? undefined : githubWebhook(webhookSecret, branch),
  };
}
