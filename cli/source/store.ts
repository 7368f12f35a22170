import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepSourceSecret, readSourceSecrets, SourceSecretsError } from "../../local/wiring/source-secrets.ts";
import { fileTrouble, isFileTrouble } from "../file-trouble.ts";
import { CliError } from "../output.ts";

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

/** Keeps the secret where `npm start` with this data folder finds it. Answers the file. @throws CliError */
export const keepOnLaptop = ({
  name,
  dir,
  secret,
}: {
  readonly name: string;
  readonly dir: string;
  readonly secret: object;
}): Promise<string> => keepSourceSecret(dir, name, secret).catch(told(dir));

/** The secret that `npm start` with this data folder would use, as JSON. @throws CliError */
export async function secretOnLaptop(name: string, dir: string): Promise<string | undefined> {
  const found = (await readSourceSecrets(dir).catch(told(dir)))[name];
  return found && JSON.stringify(found);
}

const told =
  (dir: string) =>
  (cause: unknown): never => {
    if (cause instanceof SourceSecretsError) throw new CliError(cause.code, cause.sentence, { cause });
    if (!isFileTrouble(cause)) throw cause;
    throw new CliError("BAD_FOLDER", `Expected to keep secrets in the folder ${dir}, but ${fileTrouble(cause)}.`, {
      cause,
    });
  };
