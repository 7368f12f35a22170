import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { Command } from "commander";
import { apiClient, laptop, type Upload } from "./api-client.ts";
import { declaredType } from "./declared-type.ts";
import { fileTrouble, isFileTrouble } from "./file-trouble.ts";
import { wholeNumber } from "./options.ts";
import { CliError, exitCodes, type Finish, plain, printJson, printLine } from "./output.ts";

interface Flags {
  readonly name?: string;
  readonly type?: string;
  readonly bytes?: number;
  readonly at: string;
  readonly json?: true;
}

export const presignCommand = (finish: Finish) =>
  new Command("presign")
    .description("Signs one upload, and prints the curl command that makes it, for those who write scripts.")
    .argument("[file]", "picture to be sent; without it, --name and --bytes tell of one that is elsewhere")
    .option("--name <name>", "of the picture, for people")
    .option("--type <type>", "such as image/jpeg; content decides later")
    .option("--bytes <n>", "exact size of the file", wholeNumber)
    .option("--at <url>", "a stack's apiUrl, or a laptop's /operator", laptop)
    .option("--json", "{pictureId, url, fields, expiresAt, command}")
    .action(async (file: string | undefined, { at, json, ...flags }: Flags) => {
      const { path, ...declared } = await describe(file, flags);
      const upload = await apiClient(at).upload(declared);
      if ("error" in upload) {
        if (json) printJson(upload);
        else printLine(`reject   ${declared.name}  ${upload.error.code}: ${upload.error.sentence}`);
        return finish(exitCodes.refused);
      }
      const expiresAt = expiryOf(upload.fields);
      const command = curlCommand({ ...upload, path, type: declared.type });
      if (json) return printJson({ ...upload, expiresAt, command });
      printLine(command);
      const until = expiresAt === undefined ? "for some minutes" : `until ${expiresAt}`;
      process.stderr.write(`Good ${until}, for picture ${upload.pictureId} alone.\n`);
    });

/** What the form is to say, and where curl finds the file. @throws CliError */
async function describe(file: string | undefined, { name, type, bytes }: Pick<Flags, "name" | "type" | "bytes">) {
  const path = file ?? name;
  const size = bytes ?? (file === undefined ? undefined : await sizeOf(file));
  if (path === undefined || size === undefined)
    throw new CliError("USAGE", "Expected a file, or --name and --bytes of one that is elsewhere.");
  // A command is copied by people: what they cannot see would not arrive.
  if (plain(path) !== path)
    throw new CliError("BAD_OPTION", `Expected a path without line breaks or hidden characters, received ${path}.`);
  return { path, name: name ?? basename(path), type: type ?? declaredType(path), bytes: size };
}

async function sizeOf(file: string): Promise<number> {
  try {
    const info = await stat(file);
    if (info.isFile()) return info.size;
  } catch (cause) {
    if (!isFileTrouble(cause)) throw cause;
    throw new CliError("UNREADABLE", `Expected a picture at ${file}, but ${fileTrouble(cause)}.`, { cause });
  }
  throw new CliError("UNREADABLE", `Expected a picture at ${file}, but it is a folder or a device.`);
}

type Signed = Exclude<Upload, { error: unknown }>;

/** For a POSIX shell. Storage sees no field after the file, so that comes last. */
function curlCommand({ url, fields, path, type }: Signed & { readonly path: string; readonly type: string }): string {
  // Unlike -F, --form-string never takes a value that begins with @ or < for a file's name.
  const strings = Object.entries(fields).map(([name, value]) => `--form-string ${quoted(`${name}=${value}`)}`);
  const file = `-F ${quoted(`file=@"${path.replace(/["\\]/g, "\\$&")}";type=${type}`)}`;
  return ["curl --fail-with-body --silent --show-error", ...strings, file, quoted(url)].join(" ");
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Until when storage takes the form: ISO 8601, as its policy says. */
function expiryOf(fields: Signed["fields"]): string | undefined {
  const policy = Object.entries(fields).find(([name]) => name.toLowerCase() === "policy")?.[1];
  if (policy === undefined) return undefined;
  const { expiration } = JSON.parse(Buffer.from(policy, "base64").toString()) as { readonly expiration?: string };
  return expiration;
}
