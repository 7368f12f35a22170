/** How the parts that a Region lives by do. */
export interface Health {
  readonly status: "ok" | "failing" | "out";
  readonly parts: Readonly<Record<string, "ok" | "failing">>;
}

export interface HealthDeps {
  /** What proves each part, by asking it: the table, the bucket that pictures come into, and its queue. */
  readonly proofs: Readonly<Record<string, () => Promise<unknown>>>;
  /** Whether this Region was taken out of service. */
  readonly isOut: () => Promise<boolean>;
  readonly now: () => Date;
  /** Says why a part fails, to those who read the log. */
  readonly fault: (error: unknown, about: Readonly<Record<string, unknown>>) => void;
}

/** Strangers ask as often as they like, and are told the same for so long. */
const holdsMs = 5000;
const patienceMs = 3000;

/** Proves each part from the inside; what does not answer in time fails. */
export function createHealth({ proofs, isOut, now, fault }: HealthDeps): () => Promise<Health> {
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
    const [parts, out] = await Promise.all([
      Promise.all(Object.entries(proofs).map(([part, proof]) => prove(part, proof))),
      // Where the table does not answer, its proof says so.
      isOut().catch(() => false),
    ]);
    const works = parts.every(([, part]) => part === "ok");
    return { status: works ? (out ? "out" : "ok") : "failing", parts: Object.fromEntries(parts) };
  }

  return () => {
    const time = now().getTime();
    if (last === undefined || time >= last.until) last = { health: look(), until: time + holdsMs };
    return last.health;
  };
}
