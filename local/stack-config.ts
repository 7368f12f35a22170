import { readFile } from "node:fs/promises";
import { parse } from "yaml";

/**
 * A stack's config as its file says it, without the values that only Pulumi can decrypt: those are
 * left out, and whoever needs one says so.
 */
export async function readStackConfig(
  stack: string,
  root: URL = new URL("../", import.meta.url),
): Promise<Readonly<Record<string, unknown>>> {
  if (!/^[a-z0-9-]+$/i.test(stack))
    throw new Error(`STACK_UNKNOWN: expected a stack's name, received ${JSON.stringify(stack)}.`);
  const { config = {} } = (parse(await readFile(new URL(`Pulumi.${stack}.yaml`, root), "utf8")) ?? {}) as {
    config?: Record<string, unknown>;
  };
  return Object.fromEntries(Object.entries(config).filter(([, value]) => !isEncrypted(value)));
}

const isEncrypted = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;
