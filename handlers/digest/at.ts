/** A time of day by the clocks of a place. */
export interface At {
  /** 0–23. */
  readonly hour: number;
  /** 0–59. */
  readonly minute: number;
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
}

export class AtError extends Error {
  override readonly name = "AtError";
  readonly code: "BAD_TIME" | "BAD_ZONE";
  constructor(code: AtError["code"], expected: string, received: string) {
    super(`${code}: Expected ${expected}, such as 07:00 Europe/Berlin, received ${JSON.stringify(received)}.`);
    this.code = code;
  }
}

/** Reads `07:00 Europe/Berlin`. @throws AtError */
export function parseAt(text: string): At {
  const [, hour, minute, timeZone] = /^([01]\d|2[0-3]):([0-5]\d)(?: (\S+))?$/.exec(text.trim()) ?? [];
  if (hour === undefined || minute === undefined)
    throw new AtError("BAD_TIME", "a time of day from 00:00 to 23:59 and a time zone", text);
  if (timeZone === undefined || !isZone(timeZone))
    throw new AtError("BAD_ZONE", "an IANA time zone after the time of day", text);
  return { hour: Number(hour), minute: Number(minute), timeZone };
}

/** Offsets such as +01:00 are none: they know no summer time, and EventBridge Scheduler refuses them. */
function isZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
