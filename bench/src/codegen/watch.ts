// Generates for the project in a folder, changes files as an editor does, and prints how long it takes each time to have all
// that is generated again, in milliseconds.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Generator } from "@taskgen/codegen";
import { edited, type Edit } from "./edits.js";

const EDITS = 20;

const [folder, edit] = process.argv.slice(2) as [folder: string, edit: Edit];
const generator = new Generator(folder, {});
const { tasks } = await generator.run();

const times: number[] = [];
for (let i = 0; i < EDITS; i++) {
  const { file } = tasks[(i * 7) % 20]!;
  const path = join(folder, file);
  writeFileSync(path, edited(readFileSync(path, "utf8"), edit, process.pid * EDITS + i));
  const started = performance.now();
  await generator.run({ changed: [file] });
  times.push(performance.now() - started);
}
generator.save();
console.log(JSON.stringify(times));
