import { execFileSync } from "node:child_process";

/** The tests run the very bundles that would be deployed: made once, before them all. */
export default function setup(): void {
  execFileSync(process.execPath, ["build.ts", "--local"], { stdio: "inherit", cwd: new URL("..", import.meta.url) });
}
