import type { RegionState } from "./state.ts";

/** How the parts that a Region lives by do. */
export interface Health {
  readonly status: "ok" | "failing" | "out";
  readonly parts: Readonly<Record<string, "ok" | "failing">>;
}

export interface HealthDeps {
  /** What was said of this Region; that it can be read proves the table. */
  readonly state: () => Promise<RegionState | undefined>;
  /** What proves each other part, by asking it: the bucket that pictures come into, and its queue. */
  readonly proofs: Readonly<Record<string, () => Promise<unknown>>>;
  readonly now: () => Date;
  /** Says why a part fails, to those who read the log. */
  readonly fault: (error: unknown, about: Readonly<Record<string, unknown>>) => void;
}

/** Strangers ask as often as they like, and are told the same for so long. */
const holdsMs = 5000;
const patienceMs = 3000;

/** Proves each part from the inside; what does not answer in time fails. */
export function createHealth({ state, proofs, now, fault }: HealthDeps): () => Promise<Health> {
  let last: { readonly health: Promise<Health>; readonly until: number } | undefined;

  async function prove(part: string, proof: () => Promise<unknown>): Promise<readonly [string, "ok" | "failing"]> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(new Error(`PART_SLOW: expected ${part} within ${patienceMs} ms.`)),
      patienceMs,
    );
    try {
      await Promise.race([proof(), late]);
      return [part, "ok"];
    } catch (error) {
      fault(error, { part });
      return [part, "failing"];
    } finally {
      clearTimeout(timer);
    }
  }

  async function look(): Promise<Health> {
    let out = false;
    const table = async () => {
      out = (await state())?.out ?? false;
    };
    const parts = await Promise.all(Object.entries({ table, ...proofs }).map(([part, proof]) => prove(part, proof)));
    const works = parts.every(([, part]) => part === "ok");
    return { status: works ? (out ? "out" : "ok") : "failing", parts: Object.fromEntries(parts) };
  }

  return () => {
    const time = now().getTime();
    if (last === undefined || time >= last.until) last = { health: look(), until: time + holdsMs };
    return last.health;
  };
}
