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
      console.log(json ? line : oneLine(inWords(name, line)));
    },
  };
}

interface Outcome {
  readonly level?: string;
  readonly message?: string;
  readonly timestamp?: string;
  readonly pictureId?: string;
  readonly reason?: string;
  readonly ms?: number;
  readonly error?: { readonly name?: string; readonly message?: string };
}

function inWords(name: string, line: string): string {
  const outcome = parse(line);
  if (outcome === undefined) return `${time()}  ${name.padEnd(9)} ${line}`;
  const { level, message = "", pictureId = "", reason, ms, error } = outcome;
  if (level === "ERROR" || level === "WARN")
    return `${time()}  ${name.padEnd(9)} ${message}: ${error?.message ?? reason ?? ""}`;
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
