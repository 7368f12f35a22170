import { play } from "./schedule.ts";
import { look } from "./invariants.ts";
const want = [/gone to the archive/, /working\/originals/, /archived\/originals/, /published\//, /quarantine/, /kept for ever/];
const seen = new Set<string>();
for (let seed = 1; seed < 260; seed++) {
  const lines: string[] = [];
  const { violations } = await play(seed, undefined, look, (l) => lines.push(l));
  for (const w of want) {
    const v = violations.find((one) => w.test(one));
    if (!v || seen.has(String(w))) continue;
    seen.add(String(w));
    const id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(v)![0];
    console.log("=====", seed, v);
    console.log(lines.filter(l => l.includes(id) && !/write-back|Error: THR|Error: NO_A/.test(l)).slice(0, 45).map(l => l.slice(5, 19) + l.slice(24)).join("\n").replaceAll(id, "ID"));
  }
}
