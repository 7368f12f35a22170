import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SentMail } from "../aws/ses.ts";

export interface Mail extends SentMail {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
}

/** The mails that a laptop does not send. */
export interface Mailbox {
  /** Newest first. */
  mails(): readonly Mail[];
  deliver(mail: SentMail): Promise<void>;
}

export interface MailboxOptions {
  /** Folder of the mails, each a JSON file; made if it is not there. */
  readonly dir: string;
  /** How many are kept. @default 200 */
  readonly most?: number;
  /** @default the clock */
  readonly now?: () => Date;
}

export async function openMailbox({ dir, most = 200, now = () => new Date() }: MailboxOptions): Promise<Mailbox> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const files = (await readdir(dir)).filter((file) => file.endsWith(".json")).sort();
  const kept = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(dir, file), "utf8")) as Mail),
  );
  const mails = kept.reverse();
  const fileOf = ({ id }: Mail) => join(dir, `${id}.json`);

  return {
    mails: () => mails,
    async deliver(sent) {
      const at = now().toISOString();
      // Sorted by their names, mails are sorted by time.
      const mail = { id: `${at.replace(/\D/g, "")}-${randomBytes(4).toString("hex")}`, at, ...sent };
      // Others at this machine are not to read the codes in them.
      await writeFile(`${fileOf(mail)}.new`, JSON.stringify(mail), { mode: 0o600 });
      await rename(`${fileOf(mail)}.new`, fileOf(mail));
      mails.unshift(mail);
      for (const old of mails.splice(most)) await rm(fileOf(old), { force: true });
    },
  };
}
