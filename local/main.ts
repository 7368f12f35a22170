import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { type Host, startHost } from "./host.ts";
import { terminal } from "./terminal.ts";

const program = new Command("npm start --")
  .description("Runs the whole of Darkroom on this machine: the very program that `pulumi up` deploys.")
  .option("--port <n>", "port on 127.0.0.1; 0 picks a free one", port, 4000)
  .option("--data <dir>", "folder that keeps everything; deleting it starts afresh", ".darkroom")
  .option("--stack <name>", "whose config holds", "dev")
  .option("--no-open", "do not open the page in a browser")
  .option("--json", "log lines as the functions write them")
  .addHelpText("after", "\nStop with Ctrl-C. What was in flight goes on at the next start.")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

interface Flags {
  readonly port: number;
  readonly data: string;
  readonly stack: string;
  readonly open: boolean;
  readonly json?: true;
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError("Expected a port from 0 to 65535.");
  return value;
}

await program
  .action(async (flags: Flags) => {
    const dir = resolve(flags.data);
    const { say, log } = terminal({ json: flags.json === true });
    const host = await startHost({ port: flags.port, dir, stack: flags.stack, say, log }).catch(
      (error: NodeJS.ErrnoException) => {
        console.error(whyNot(error, flags));
        process.exit(2);
      },
    );
    say(`Darkroom is at ${host.url}  (data in ${dir}, stop with Ctrl-C)`);
    if (flags.open && process.stdout.isTTY) openBrowser(host.url);
    stopOnSignal(host);
  })
  .parseAsync();

function whyNot(error: NodeJS.ErrnoException, { port, data }: Flags): string {
  if (error.code === "EADDRINUSE")
    return `PORT_IN_USE: expected port ${port} to be free, but something listens there. Choose another with --port.`;
  if (error.syscall === "mkdir")
    return `DATA_UNUSABLE: expected to keep data in the folder ${data}, but it cannot be made (${error.code}). Choose another with --data.`;
  return error.message;
}

function stopOnSignal(host: Host): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, async () => {
      await host.close();
      process.exit(0);
    });
}

/** Only a kindness: where there is no browser, nothing happens. */
function openBrowser(url: string): void {
  const command = { darwin: "open", win32: "explorer" }[process.platform as "darwin" | "win32"] ?? "xdg-open";
  spawn(command, [url], { stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref();
}
