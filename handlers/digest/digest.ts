import { createHash } from "node:crypto";
import type { Mail } from "../api/types.ts";
import type { Catalog, Log } from "../ports.ts";
import type { Standing } from "../standing.ts";
import { countStanding, newBacklog } from "./backlog.ts";
import { type Day, dayBefore, dayEnded, daySoFar } from "./day.ts";
import { render } from "./render.ts";
import { type Cost, type Summary, summarise } from "./summary.ts";
import { count, newTally } from "./tally.ts";

/** What it is woken with. */
export interface DigestCall {
  /** The day that ended last, or the one that has begun, as far as it went. */
  readonly day: "last" | "today";
  /** Names what somebody asked for by hand: it is mailed though the day was before, and once for each name. */
  readonly asked?: string;
}

export interface DigestDeps {
  readonly catalog: Pick<Catalog, "list">;
  readonly standings: () => Promise<readonly Pick<Standing, "name" | "trouble">[]>;
  /** What was paid for the day; absent where nobody keeps account of it. */
  readonly costs?: (day: Day) => Promise<readonly Cost[]>;
  readonly send: (mail: Mail) => Promise<void>;
  /** True the first time only, until it is released. */
  readonly claim: (effect: string) => Promise<boolean>;
  readonly release: (effect: string) => Promise<void>;
  readonly now: () => Date;
  readonly log: Log;
  readonly to: readonly string[];
  readonly timeZone: string;
  readonly environment: string;
  /** Address of the page, without a slash at the end. */
  readonly siteUrl: string;
}

/**
 * Mails the figures of a day to everybody on the list: once, however often it is woken. An address
 * whose mail could not be sent is free again for the next try; who got theirs does not get another.
 * A process that is killed while it sends mails once at most.
 *
 * @throws Error `NOT_MAILED` when sending failed, after all others were sent. What it failed with is in the log alone, without the addresses that SES names.
 */
export const createDigest =
  (deps: DigestDeps) =>
  async ({ day: which, asked }: DigestCall): Promise<void> => {
    const { send, claim, release, now, log, to, timeZone, environment, siteUrl } = deps;
    const day = which === "last" ? dayEnded(now(), timeZone) : daySoFar(now(), timeZone);
    const said = { actor: "digest", date: day.date };
    const unsent = new Map<string, string>();
    for (const address of to) {
      const whose = createHash("sha256").update(address).digest("hex").slice(0, 16);
      const effect = ["digest", day.date, whose, ...(asked === undefined ? [] : [asked])].join("#");
      if (await claim(effect)) unsent.set(effect, address);
    }
    if (unsent.size === 0) return log("mailed before", said);

    const mails = unsent.size;
    try {
      const rendered = await render(await summaryOf(deps, day), { siteUrl, environment });
      for (const [effect, address] of unsent)
        try {
          await send({ to: address, ...rendered });
          unsent.delete(effect);
        } catch (error) {
          const { name, message } = error as Error;
          log("not mailed", { ...said, error: name, because: message.replace(/\S+@\S+/g, "…") });
        }
    } finally {
      for (const effect of unsent.keys()) await release(effect);
    }
    log("mailed", { ...said, mails: mails - unsent.size, failed: unsent.size });
    if (unsent.size > 0)
      throw new Error(
        `NOT_MAILED: Expected to mail the digest of ${day.date} to ${mails} addresses, but ${unsent.size} mails could not be sent. The lines before say why; it is tried again.`,
      );
  };

/**
 * Reads the catalog back to the beginning of the day before, and keeps only sums. What came earlier
 * and is still in review, or stands still, is not seen.
 */
export async function summaryOf(
  { catalog, standings, costs, now }: Pick<DigestDeps, "catalog" | "standings" | "costs" | "now">,
  day: Day,
): Promise<Summary> {
  const [today, before, backlog] = [newTally(day), newTally(dayBefore(day)), newBacklog()];
  const asOf = now();
  let next: string | undefined;
  read: do {
    const page = await catalog.list({ limit: 200, next });
    for (const picture of page.pictures) {
      if (Date.parse(picture.enteredAt) < before.day.start.getTime()) break read;
      count(today, picture);
      count(before, picture);
      countStanding(backlog, picture, asOf);
    }
    next = page.next;
  } while (next !== undefined);
  return summarise({
    today,
    before,
    backlog,
    standings: await standings(),
    costs: await costs?.(day),
  });
}
