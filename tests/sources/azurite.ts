import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";

export const account = "studioraw";
export const accountKey = Buffer.from("a key for tests alone").toString("base64");

export interface Azurite {
  /** Origin; the account is the first part of the path. */
  readonly origin: string;
  stop(): Promise<void>;
}

/**
 * Microsoft's emulator of Blob Storage, holding everything in its memory. In a process of its own,
 * so that what it keeps is not taken for what a source keeps.
 */
export async function startAzurite(): Promise<Azurite> {
  const main = createRequire(import.meta.url).resolve("azurite/dist/src/blob/main.js");
  const flags =
    "--blobHost 127.0.0.1 --blobPort 0 --inMemoryPersistence --silent --disableTelemetry --skipApiVersionCheck";
  const child = spawn(process.execPath, [main, ...flags.split(" ")], {
    cwd: tmpdir(),
    env: { ...process.env, AZURITE_ACCOUNTS: `${account}:${accountKey}` },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return {
    origin: await addressOf(child),
    async stop() {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.once("exit", (code) => reject(new Error(`expected Azurite to listen, but it ended with ${code}: ${said}`)));
    child.stdout!.on("data", (chunk) => {
      said += chunk;
      const address = /successfully listens on (\S+)/.exec(said)?.[1];
      if (address) resolve(address);
    });
  });
}
