import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { CliError } from "../output.ts";

/** Questions to the person at the terminal. */
export interface Asks {
  /** The answer's line. `hidden` does not show what is typed. @throws CliError when there is nobody to answer */
  ask(question: string, options?: { readonly hidden?: boolean }): Promise<string>;
  close(): void;
}

export interface PromptStreams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** stderr, so that stdout holds the result alone. */
  readonly output: NodeJS.WritableStream;
}

export function prompts({ input, output }: PromptStreams = { input: process.stdin, output: process.stderr }): Asks {
  let hidden = false;
  const echo = new Writable({
    write(chunk, _, done) {
      if (!hidden) output.write(chunk);
      done();
    },
  });
  const reader = createInterface({ input, output: echo, terminal: input.isTTY === true });
  // The terminal hands Ctrl-C to the reader; it is meant for the whole program.
  reader.on("SIGINT", () => {
    reader.close();
    process.kill(process.pid, "SIGINT");
  });
  // Lines are kept until they are asked for: they may have been piped in all at once.
  const lines = reader[Symbol.asyncIterator]();
  return {
    async ask(question, options = {}) {
      output.write(question);
      hidden = options.hidden === true;
      const { done, value } = await lines.next();
      if (hidden) output.write("\n");
      hidden = false;
      if (done) throw new CliError("NO_ANSWER", `Expected an answer to "${question.trim()}", but there is no input.`);
      return value.trim();
    },
    close: () => reader.close(),
  };
}
