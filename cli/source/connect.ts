import { Argument, Command } from "commander";
import { refreshGrant } from "../../providers/sources/token.ts";
import { SourceError } from "../../providers/sources/types.ts";
import { CliError, type Finish, plain, printJson, printLine } from "../output.ts";
import { configuredSources, sourceNamed } from "./configured.ts";
import { connectDropbox } from "./dropbox.ts";
import { connectGoogleDrive } from "./google-drive.ts";
import type { ConnectKind, Endpoint } from "./oauth.ts";
import type { Asks } from "./prompts.ts";
import type { SourceCommandDeps } from "./source.ts";
import { keepOnLaptop, keepSecret, secretOnLaptop } from "./store.ts";

interface Flags {
  readonly stack: string;
  readonly clientId?: string;
  readonly data?: string;
  readonly json?: true;
}

/** What a flow is given. */
export interface Flow {
  readonly endpoint: Endpoint;
  readonly asks: Asks;
  /** A line for the person, beside the result. */
  readonly say: (line: string) => void;
  readonly client: { readonly clientId: string; readonly clientSecret: string };
  /** Results are to be written back: that is asked for too. */
  readonly writes: boolean;
  readonly fetch?: typeof fetch;
}

/** The source's secret, to be stored. */
export interface Connected {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  readonly webhookSecret?: string;
}

const flows: Readonly<Record<ConnectKind, (flow: Flow) => Promise<Connected>>> = {
  dropbox: connectDropbox,
  "google-drive": connectGoogleDrive,
};

export const connectCommand = (_finish: Finish, deps: SourceCommandDeps) =>
  new Command("connect")
    .description(
      "Walks through the consent of an account, and prints the command that stores the source's secret; with --data, stores it for a laptop's sources.",
    )
    .addArgument(new Argument("<kind>", "what the source is").choices(Object.keys(flows)))
    .argument("<name>", "of the source, in the stack's config")
    .option("--stack <name>", "whose config names the source", "dev")
    .option(
      "--client-id <id>",
      "of your app; its secret is read from DARKROOM_CLIENT_SECRET. Both are asked for otherwise",
    )
    .option("--data <dir>", "data folder of npm start that is to keep the secret, such as .darkroom")
    .option("--json", "{name, kind, secretFile, command}; with --data no command")
    .action(async (kind: ConnectKind, name: string, { stack, clientId, data, json }: Flags) => {
      const options = sourceNamed(name, stack, await configuredSources(stack, deps.readConfig));
      if (options.kind !== kind)
        throw new CliError("BAD_OPTION", `Expected the kind of ${name}, which is ${options.kind}, received ${kind}.`);
      // Before a consent is given that could not be kept.
      if (data !== undefined) await secretOnLaptop(name, data);
      const asks = deps.asks();
      try {
        const say = (line: string) => void process.stderr.write(`${plain(line)}\n`);
        for (const line of preparations[kind]) say(line);
        const endpoint = deps.endpoints[kind];
        const client = await clientOf(kind, clientId, asks);
        const writes = options.writeBack !== undefined;
        const secret = await flows[kind]({ endpoint, asks, say, client, writes, fetch: deps.fetch });
        await tried(name, endpoint, secret, deps.fetch);
        if (data !== undefined) {
          const secretFile = await keepOnLaptop({ name, dir: data, secret });
          say(`It works. npm start uses it from the next start on, with the data folder ${data}.`);
          if (json) printJson({ name, kind, secretFile });
          else printLine(`The secret is kept in ${secretFile}`);
          return;
        }
        const { file, command } = await keepSecret({ name, stack, secret });
        say("It works. This command stores the secret, and removes the file that holds it now:");
        if (json) printJson({ name, kind, secretFile: file, command });
        else printLine(command);
      } finally {
        asks.close();
      }
    });

const preparations: Readonly<Record<ConnectKind, readonly string[]>> = {
  dropbox: [
    "Make an app with scoped access at https://www.dropbox.com/developers/apps, or use the one you have.",
    "On its page Permissions, tick files.metadata.read and files.content.read, and for writeBack files.content.write.",
  ],
  "google-drive": [
    "At https://console.cloud.google.com/apis/credentials make an OAuth client ID of type Desktop app, in a project with the Google Drive API.",
    "Have its consent screen in production: while it is in testing, access ends after 7 days.",
  ],
};

async function clientOf(kind: ConnectKind, clientId: string | undefined, asks: Asks): Promise<Flow["client"]> {
  const [id, secret] = kind === "dropbox" ? ["App key: ", "App secret: "] : ["Client ID: ", "Client secret: "];
  const client = {
    clientId: clientId ?? (await asks.ask(id)),
    clientSecret: process.env["DARKROOM_CLIENT_SECRET"] || (await asks.ask(secret, { hidden: true })),
  };
  if (client.clientId && client.clientSecret) return client;
  throw new CliError("NO_ANSWER", "Expected id and secret of the app, received nothing for one of them.");
}

/** Obtains a token the way a pull will. */
async function tried(source: string, { token: tokenUrl }: Endpoint, settings: Connected, send = fetch): Promise<void> {
  try {
    await refreshGrant({ source, tokenUrl, settings, fetch: send })();
  } catch (cause) {
    if (cause instanceof SourceError) throw new CliError("REFUSED", cause.message, { cause });
    throw cause;
  }
}
