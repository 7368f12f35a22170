import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { findingsIn } from "../../tests/permissions/findings.ts";
import type { Proof } from "./types.ts";

const root = join(import.meta.dirname, "../..");

export const permissionsProof: Proof = {
  name: "permissions",
  goal: "over all end-to-end tests no call is denied, and no granted action goes unused without a written reason",
  async run({ dir, say }) {
    const testimony = join(dir, "testimony");
    await mkdir(testimony);
    const child = spawn(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), "run", "tests/host"], {
      cwd: root,
      env: { ...process.env, DARKROOM_TESTIMONY: testimony },
      stdio: "ignore",
    });
    const [code] = (await once(child, "close")) as [number | null];
    const { granted, unused, denied, needless, table } = findingsIn(testimony);
    say(`\n${table}`);
    const found = `${denied.length} calls denied, ${unused.length} of ${granted.length} grants unused, ${needless.length} exemptions needless`;
    return {
      figure: code === 0 ? found : `${found}; but the tests themselves failed`,
      held: code === 0 && granted.length > 0 && denied.length + unused.length + needless.length === 0,
    };
  },
};
