/** 0 all went well, 1 a picture was refused or failed or a source is in trouble, 2 the command could not be carried out. */
export const exitCodes = { ok: 0, refused: 1, trouble: 2 } as const;

/** Told to the person as it is, without a stack: something they can mend. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export type Finish = (exitCode: number) => void;

/** The one document of a command with `--json`. Still JSON when a name in it could garble a terminal. */
export function printJson(value: unknown): void {
  const harmless = JSON.stringify(value, null, 2).replace(unseen, (mark) =>
    mark === "\n" ? mark : mark.split("").map(escaped).join(""),
  );
  process.stdout.write(`${harmless}\n`);
}

const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** One line of a result, for a person. */
export function printLine(text: string): void {
  process.stdout.write(`${plain(text)}\n`);
}

/** Names and sentences come from anywhere: nothing in them may move the cursor, turn the writing or hide text. */
export const plain = (text: string) => text.replace(unseen, "�");

/** Controls, format characters and line separators, without the two joiners that some scripts and emoji need. */
const unseen = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** One line on stderr: kept up to date on a terminal, written now and then elsewhere. */
export function progressLine(stream: NodeJS.WriteStream = process.stderr) {
  const live = stream.isTTY === true;
  let last = performance.now();
  return {
    show(text: string) {
      if (live) stream.write(`${clearLine}${cutAtEdge}${plain(text)}${wrapAtEdge}`);
      else if (performance.now() - last > 10_000) {
        last = performance.now();
        stream.write(`${plain(text)}\n`);
      }
    },
    /** Makes way for a result. */
    clear: () => clearProgress(stream),
  };
}

export function clearProgress(stream: NodeJS.WriteStream = process.stderr): void {
  if (stream.isTTY) stream.write(clearLine);
}

const clearLine = "\r\u001b[2K";
// The terminal itself knows how wide characters are: it is told to cut what does not fit.
const cutAtEdge = "\u001b[?7l";
const wrapAtEdge = "\u001b[?7h";
