import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface KeptSecret {
  readonly file: string;
  /** Stores the secret in the stack's config, encrypted, and removes the file. */
  readonly command: string;
}

/**
 * Keeps the secret in a file that only this person can read, and names the command that stores it:
 * on the command line itself it would stay in the shell's history and in the list of processes.
 */
export async function keepSecret({
  name,
  stack,
  secret,
}: {
  readonly name: string;
  readonly stack: string;
  readonly secret: object;
}): Promise<KeptSecret> {
  const file = join(await mkdtemp(join(tmpdir(), "darkroom-secret-")), `${name}.json`);
  await writeFile(file, JSON.stringify(secret), { mode: 0o600 });
  const set = `npm run pulumi -- config set --secret --path 'darkroom:sourceSecrets.${name}' --stack ${stack}`;
  return { file, command: `${set} < '${file}' && rm '${file}'` };
}
