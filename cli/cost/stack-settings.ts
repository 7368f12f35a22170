import { readFile } from "node:fs/promises";
import { parse, YAMLParseError } from "yaml";
import { type Checked, settingsSchema } from "../../settings-schema.ts";
import { CliError } from "../output.ts";

const namespace = "darkroom:";

/**
 * A stack's settings from its file, such as Pulumi.prod.yaml, checked by the schema that the stack itself is
 * checked by. What is encrypted is taken as given.
 * @throws CliError `UNREADABLE` or `BAD_SETTINGS`
 */
export async function stackSettings(file: string): Promise<Checked> {
  const config = await read(file);
  const values = Object.fromEntries(
    Object.entries(config)
      .filter(([name]) => name.startsWith(namespace))
      .map(([name, value]) => [name.slice(namespace.length), shown(value)]),
  );
  const checked = settingsSchema.safeParse(values);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map(({ path, message }) => `${namespace}${path.join(".")}: ${message}`);
  throw new CliError("BAD_SETTINGS", `Expected the settings in ${file} to be a stack's, but ${problems.join("; ")}.`);
}

/** What a stack says that says nothing. */
export const defaultSettings = (): Checked => settingsSchema.parse({});

async function read(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const { config } = (parse(await readFile(file, "utf8")) ?? {}) as { readonly config?: unknown };
    return Object(config ?? {}) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    const isOurs = cause instanceof YAMLParseError || (cause instanceof Error && "code" in cause);
    if (!isOurs) throw cause;
    throw new CliError("UNREADABLE", `Expected a stack's file such as Pulumi.prod.yaml, but ${cause.message}`, {
      cause,
    });
  }
}

/** A secret's own text matters to nobody who reckons: it is there. Those of sources are JSON. */
function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  if ("secure" in value) return "{}";
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
}
