import { play } from "./schedule.ts";
import { look } from "./invariants.ts";
const [from = "1", count = "20", trace] = process.argv.slice(2);
const t = performance.now();
let bad = 0;
const kinds = new Map<string, number>();
for (let seed = Number(from); seed < Number(from) + Number(count); seed++) {
  const { violations } = await play(seed, undefined, look, trace ? console.log : undefined);
  if (violations.length) {
    bad++;
    for (const v of new Set(violations.map(v => v.replace(/^after \d+ days: /, "").replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID").replace(/\.[0-9a-f]{8,64}\./g,".H.").replace(/uploads.\d+/,"uploads/N")))) kinds.set(v, (kinds.get(v) ?? 0) + 1);
    if (bad < 4 || trace) console.log(seed, violations.slice(0, 6));
  }
}
console.log(bad, "bad of", count, ((performance.now() - t) / Number(count)).toFixed(1), "ms each");
console.log([...kinds].sort((a,b)=>b[1]-a[1]).slice(0,25));
