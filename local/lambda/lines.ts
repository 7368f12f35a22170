import type { Readable } from "node:stream";

/** Calls back for each line of a stream; a line longer than CloudWatch takes is cut into several. */
export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
    while (rest.length > longest) {
      onLine(rest.slice(0, longest));
      rest = rest.slice(longest);
    }
  });
  stream.once("end", () => {
    if (rest !== "") onLine(rest);
  });
}

const longest = 256 * 1024;
