import type { FunctionLog } from "./host.ts";
import { oneLine } from "./one-line.ts";

/** What a person at the terminal sees: one line for each outcome, and failures in full. */
export function terminal({ json }: { readonly json: boolean }): {
  readonly say: (text: string) => void;
  readonly log: FunctionLog;
} {
  return {
    say: (text) => console.error(text),
    log: ({ name, line }) => {
      if (json) return console.log(line);
      const outcome = parse(line);
      // A measurement says no outcome; it is shown at /metrics.
      if (outcome?._aws === undefined) console.log(oneLine(inWords(name, line, outcome)));
    },
  };
}

interface Outcome {
  /** Of a line in the embedded metric format. */
  readonly _aws?: object;
  readonly level?: string;
  readonly message?: string;
  readonly timestamp?: string;
  readonly pictureId?: string;
  readonly reason?: string;
  readonly ms?: number;
  readonly error?: { readonly name?: string; readonly message?: string };
  /** Of what Lambda itself says of an invocation that failed. */
  readonly errorMessage?: string;
}

function inWords(name: string, line: string, outcome: Outcome | undefined): string {
  if (outcome === undefined) return `${time()}  ${name.padEnd(9)} ${line}`;
  const { level, message = "", pictureId = "", reason, ms, error, errorMessage } = outcome;
  if (level === "ERROR" || level === "WARN")
    return `${time()}  ${name.padEnd(9)} ${message}: ${error?.message ?? errorMessage ?? reason ?? ""}`;
  const took = ms === undefined ? "" : `${ms} ms`;
  return `${time()}  ${name.padEnd(9)} ${message.padEnd(10)} ${pictureId}  ${[took, reason].filter(Boolean).join("  ")}`.trimEnd();
}

function parse(line: string): Outcome | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const time = () => new Date().toTimeString().slice(0, 8);
