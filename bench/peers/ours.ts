import { readFile, writeFile } from "node:fs/promises";
import { developBare } from "../bare.ts";

/** Darkroom's pixel work as a whole process that is there for some photographs: `node ours.ts <b|c> <folder> <photograph>…`. */
const [set, dir, ...files] = process.argv.slice(2) as ["b" | "c", string, ...string[]];
for (const file of files)
  for await (const { name, bytes } of developBare(await readFile(file), set)) await writeFile(`${dir}/${name}`, bytes);
