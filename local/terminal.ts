import type { FunctionLog } from "./host.ts";

/** What a person at the terminal sees: one line for each outcome, and failures in full. */
export function terminal({ json }: { readonly json: boolean }): {
  readonly say: (text: string) => void;
  readonly log: FunctionLog;
} {
  return {
    say: (text) => console.error(text),
    log: ({ name, line }) => {
      console.log(json ? line : plain(inWords(name, line)));
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

/** What a function says may repeat what a stranger sent: nothing in it may move the cursor or hide text. */
const plain = (text: string) => text.replaceAll("\n", " ").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "�");

const time = () => new Date().toTimeString().slice(0, 8);
