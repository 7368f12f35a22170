import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

type Config = Readonly<Record<string, string>>;
/** Each source's credentials, by its name. */
export type SourceSecrets = Readonly<Record<string, object>>;

const secretsKey = "darkroom:sourceSecrets";

export class SourceSecretsError extends Error {
  override readonly name = "SourceSecretsError";
  readonly code = "SECRETS_UNUSABLE";
  readonly sentence: string;
  constructor(sentence: string, options?: ErrorOptions) {
    super(`SECRETS_UNUSABLE: ${sentence}`, options);
    this.sentence = sentence;
  }
}

/** Where a data folder keeps them. Only Pulumi can open a stack's own secrets; these stand in for them. */
export const sourceSecretsFile = (dir: string) => join(dir, "source-secrets.json");

/**
 * The config of a stack with the data folder's credentials of its sources, and the keys that are
 * secret with them. Whether each belongs to a source is for the program to say.
 * @throws SourceSecretsError
 */
export async function withSourceSecrets(
  config: Config,
  dir: string,
): Promise<{ readonly config: Config; readonly secrets: readonly string[] }> {
  const found = Object.entries(await readSourceSecrets(dir));
  if (found.length === 0) return { config, secrets: [] };
  const texts = Object.fromEntries(found.map(([name, secret]) => [name, JSON.stringify(secret)]));
  return { config: { ...config, [secretsKey]: JSON.stringify(texts) }, secrets: [secretsKey] };
}

/** Adds one, or puts it in the place of the one that was there. Answers the file. @throws SourceSecretsError */
export async function keepSourceSecret(dir: string, name: string, secret: object): Promise<string> {
  const file = sourceSecretsFile(dir);
  const all = { ...(await readSourceSecrets(dir)), [name]: secret };
  await mkdir(dir, { recursive: true });
  // Nobody ever sees half of it, and at no time can others read it.
  await writeFile(`${file}.new`, `${JSON.stringify(all, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return file;
}

/** None where there is no such file. @throws SourceSecretsError, which never repeats what is in the file */
export async function readSourceSecrets(dir: string): Promise<SourceSecrets> {
  const file = sourceSecretsFile(dir);
  try {
    const { mode } = await stat(file);
    // Windows has no such bits, and tells some that mean nothing.
    if (process.platform !== "win32" && (mode & 0o077) !== 0)
      throw new SourceSecretsError(`Expected ${file} to be for your eyes only. Run: chmod 600 '${file}'`);
    return checked(file, JSON.parse(await readFile(file, "utf8")));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return {};
    // The parser's own words repeat a part of the text.
    if (cause instanceof SyntaxError) throw new SourceSecretsError(`Expected ${file} to be JSON, but it is not.`);
    throw cause;
  }
}

function checked(file: string, value: unknown): SourceSecrets {
  const isObject = (one: unknown) => typeof one === "object" && one !== null && !Array.isArray(one);
  if (!isObject(value))
    throw new SourceSecretsError(`Expected ${file} to hold an object of each source's secret by its name.`);
  const wrong = Object.entries(value as object).filter(([, secret]) => !isObject(secret));
  if (wrong.length === 0) return value as SourceSecrets;
  const names = wrong.map(([name]) => name).join(", ");
  throw new SourceSecretsError(`Expected each secret in ${file} to be an object, but not so: ${names}.`);
}
