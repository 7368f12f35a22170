import { readFile } from "node:fs/promises";
import { parse } from "yaml";

const root = new URL("../", import.meta.url);

/**
 * A stack's config as its file says it, without the values that only Pulumi can decrypt: those are
 * left out, and whoever needs one says so.
 */
export async function readStackConfig(stack: string): Promise<Readonly<Record<string, unknown>>> {
  const file = await readFile(new URL(`Pulumi.${encodeURIComponent(stack)}.yaml`, root), "utf8").catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code !== "ENOENT") throw cause;
      throw new Error(`STACK_UNKNOWN: expected a file Pulumi.${stack}.yaml, but there is none.`, { cause });
    },
  );
  const { config = {} } = (parse(file) ?? {}) as { config?: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).filter(([, value]) => !isEncrypted(value)));
}

/** The same as Pulumi hands it to a program: all text, structures as JSON. */
export const configOf = async (stack: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(await readStackConfig(stack)).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

const isEncrypted = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;
