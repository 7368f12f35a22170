import { StackConfigError } from "../../local/stack-config.ts";
import { type SourceOptions, sourcesOptions } from "../../providers/sources/options.ts";
import { CliError } from "../output.ts";

/** A stack's config by its name. @throws StackConfigError */
export type StackReader = (stack: string) => Promise<Readonly<Record<string, unknown>>>;

/** The sources of a stack. @throws CliError that lists everything that is wrong with them */
export async function configuredSources(stack: string, read: StackReader): Promise<readonly SourceOptions[]> {
  const checked = sourcesOptions.safeParse(await sourcesOf(stack, read));
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map(({ path, message }) => `  - ${path.join(".")}: ${message}`);
  throw new CliError(
    "BAD_CONFIG",
    `Expected darkroom:sources of stack ${stack} to be in order, but:\n${problems.join("\n")}`,
  );
}

/** @throws CliError that names those there are */
export function sourceNamed(name: string, stack: string, sources: readonly SourceOptions[]): SourceOptions {
  const found = sources.find((source) => source.name === name);
  if (found) return found;
  const names = sources.map((source) => source.name).join(", ");
  throw new CliError(
    "SOURCE_UNKNOWN",
    `Expected ${name} among darkroom:sources of stack ${stack}, found ${names || "no sources there"}.`,
  );
}

async function sourcesOf(stack: string, read: StackReader): Promise<unknown> {
  try {
    const found = (await read(stack))["darkroom:sources"];
    return typeof found === "string" ? JSON.parse(found) : found;
  } catch (cause) {
    if (cause instanceof StackConfigError) throw new CliError(cause.code, cause.sentence, { cause });
    if (cause instanceof SyntaxError)
      throw new CliError("BAD_CONFIG", `Expected darkroom:sources of stack ${stack} to be a list, but it is no JSON.`);
    throw cause;
  }
}
