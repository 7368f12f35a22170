import { readFile } from "node:fs/promises";
import { parse, YAMLParseError } from "yaml";

const root = new URL("../", import.meta.url);

export class StackConfigError extends Error {
  override readonly name = "StackConfigError";
  readonly code: "STACK_UNKNOWN" | "STACK_BROKEN";
  readonly sentence: string;
  constructor(code: StackConfigError["code"], sentence: string, options?: ErrorOptions) {
    super(`${code}: ${sentence}`, options);
    this.code = code;
    this.sentence = sentence;
  }
}

/**
 * A stack's config as its file says it, without the values that only Pulumi can decrypt: those are
 * left out, and whoever needs one says so.
 * @throws StackConfigError
 */
export async function readStackConfig(stack: string): Promise<Readonly<Record<string, unknown>>> {
  const { config = {} } = await readStackFile(stack);
  return withoutEncrypted(config ?? {}) as Readonly<Record<string, unknown>>;
}

/** The same as Pulumi hands it to a program: all text, structures as JSON. */
export const configOf = async (stack: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(await readStackConfig(stack)).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

async function readStackFile(stack: string): Promise<{ readonly config?: Readonly<Record<string, unknown>> | null }> {
  const file = `Pulumi.${stack}.yaml`;
  const unknown = (cause?: unknown) =>
    new StackConfigError("STACK_UNKNOWN", `Expected a file ${file} with the stack's config, but there is none.`, {
      cause,
    });
  // Pulumi's own rule for the names of stacks; nothing else may become part of a path.
  if (!/^[\w.-]+$/.test(stack)) throw unknown();
  try {
    return (parse(await readFile(new URL(file, root), "utf8")) as Awaited<ReturnType<typeof readStackFile>>) ?? {};
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") throw unknown(cause);
    if (!(cause instanceof YAMLParseError)) throw cause;
    throw new StackConfigError("STACK_BROKEN", `Expected ${file} to be YAML, but ${cause.message}`, { cause });
  }
}

/** Encrypted values may lie deep inside a structure, as `config set --secret --path` puts them. */
function withoutEncrypted(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => !isEncrypted(one)).map(withoutEncrypted);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([, inner]) => !isEncrypted(inner));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutEncrypted(inner)]));
}

const isEncrypted = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;
