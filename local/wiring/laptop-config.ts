import { configOf } from "../stack-config.ts";
import { withFolders } from "./folder-sources.ts";
import { withSourceSecrets } from "./source-secrets.ts";

type Config = Readonly<Record<string, string>>;

export interface LaptopConfig {
  /** For the program: all text, structures as JSON. */
  readonly config: Config;
  /** Its keys that are secret. */
  readonly secrets: readonly string[];
  /** Folder whose pictures are taken in, if the stack has not a source of that name itself. */
  readonly inbox?: string;
  /** Who may decide about pictures, where the stack itself says nothing of people and everybody may sign in. */
  readonly reviewer?: string;
}

export interface Addresses {
  readonly site: string;
  readonly published: string;
  readonly mailbox: string;
}

/** A stack's config as it is on this machine: with its addresses, folders, people and mails. */
export async function laptopConfig(
  stack: string,
  dir: string,
  addresses: Addresses,
  given: Config = {},
): Promise<LaptopConfig> {
  const own = { ...(await configOf(stack)), ...given };
  const { config: withFolder, inbox } = await withFolders(withAddresses(own, addresses), dir);
  const { config, secrets } = await withSourceSecrets(withFolder, dir);
  return { config, secrets, inbox, ...(own[peopleKey] === undefined && { reviewer }) };
}

/** Everybody may sign in: on a laptop all mails land in one mailbox, before the same eyes. */
const reviewer = "reviewer@darkroom.example";
const people = { uploaders: ["*"], reviewers: [reviewer] };
const peopleKey = "darkroom:people";
const mailKey = "darkroom:mail";

const byItsClock = (time: string) => `${time} ${new Intl.DateTimeFormat().resolvedOptions().timeZone}`;
/** The figures of the day are mailed as well, and the catalog is exported. */
const digest = () => ({ to: ["ops@darkroom.example"], at: byItsClock("07:00") });
const digestKey = "darkroom:digest";
const exported = () => ({ at: byItsClock("04:00") });
const exportKey = "darkroom:export";
/** Long enough that nobody who tries things out misses an original. */
const archive = { afterDays: 30, class: "DEEP_ARCHIVE" };
const archiveKey = "darkroom:archive";

const regionsKey = "darkroom:regions";
const domainKey = "darkroom:domain";

const withAddresses = (config: Config, { site, published, mailbox }: Addresses): Config => ({
  [peopleKey]: JSON.stringify(people),
  [digestKey]: JSON.stringify(digest()),
  [exportKey]: JSON.stringify(exported()),
  [archiveKey]: JSON.stringify(archive),
  // Several Regions have to have one; here nobody asks for it by its name.
  ...(hasSeveral(config[regionsKey]) && { [domainKey]: "pictures.darkroom.example" }),
  ...config,
  ...chaining(),
  "darkroom:siteUrl": site,
  "darkroom:publishedUrl": published,
  [mailKey]: mailOf(config[mailKey], mailbox),
});

/** `DARKROOM_CHAINING=sns npm start` tries out the other wiring, whatever the stack's file says. */
function chaining(): Config {
  const wanted = process.env["DARKROOM_CHAINING"];
  return wanted ? { "darkroom:chaining": wanted } : {};
}

function hasSeveral(regions = "[]"): boolean {
  const names = parsed(regions);
  return Array.isArray(names) && names.length > 1;
}

/** Whoever it comes from, a mail is read in the mailbox. What is no object is for the program to refuse. */
function mailOf(text: string | undefined, readAt: string): string {
  const own = text === undefined ? { from: "darkroom@localhost.example" } : parsed(text);
  return typeof own === "object" && own !== null ? JSON.stringify({ ...own, readAt }) : (text ?? "");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
