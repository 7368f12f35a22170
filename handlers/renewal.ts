import { SourceError } from "../providers/sources/types.ts";
import type { Use } from "./opened.ts";
import type { Log, SourceLedger } from "./ports.ts";

export interface RenewalDeps {
  readonly name: string;
  readonly use: Use;
  readonly ledger: Pick<SourceLedger, "hook" | "keepHook">;
  /** Where the service is to call. */
  readonly address: string;
  readonly now: () => Date;
  readonly log: Log;
}

const HOUR = 3_600_000;
/** Time left of a subscription at which it is renewed. */
const early = 48 * HOUR;
/** Between two tries that fail. */
const pause = HOUR;

/**
 * Keeps a subscription alive, where the service's runs out. Its trouble is told and stops nothing:
 * the schedule looks all the same.
 */
export const createRenewal =
  ({ name, use, ledger, address, now, log }: RenewalDeps) =>
  async (): Promise<void> => {
    // No service calls an address that is not safe: so on a laptop.
    if (!address.startsWith("https://")) return;
    const said = { actor: "pull", source: name };
    const kept = await ledger.hook();
    const left = Date.parse(kept?.expiresAt ?? "1970") - now().getTime();
    const sinceTrouble = now().getTime() - Date.parse(kept?.trouble?.at ?? "1970");
    if (left > early || sinceTrouble < pause) return;
    try {
      const hook = await use(({ webhook }) => webhook?.renew?.(address, kept?.state));
      if (hook === undefined) return;
      await ledger.keepHook(hook);
      log("subscribed", { ...said, expiresAt: hook.expiresAt });
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const { code, message: sentence } = error;
      await ledger.keepHook({ ...kept, trouble: { code, sentence, at: now().toISOString() } });
      log("unsubscribed", { ...said, reason: code, sentence });
    }
  };
