/** 0 all went well, 1 a picture was refused or failed, 2 the command could not be carried out. */
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

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Names come from anywhere: nothing in them may move the cursor or hide text. */
export const plain = (text: string) => text.replace(/[\p{Cc}\p{Cf}]/gu, "�");

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} KB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** One line on stderr that keeps itself up to date on a terminal; elsewhere only what it says at the end. */
export function progressLine(stream: NodeJS.WriteStream = process.stderr) {
  const live = stream.isTTY === true;
  return {
    show(text: string) {
      if (live) stream.write(`\r\u001b[2K${text.slice(0, stream.columns - 1)}`);
    },
    done(text: string) {
      stream.write(`${live ? "\r\u001b[2K" : ""}${text}\n`);
    },
  };
}
