// Reads the types of the project in a folder. With a second argument it goes on, changing files as an editor does, and
// prints how long it takes to have the types again, in milliseconds.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Generator, TypePhase } from "@taskgen/codegen";

const [folder, edits = "0"] = process.argv.slice(2);
const serialization = { any: "warning", unknown: "warning", optionalFunction: "warning", registered: [] };
const { tasks, files } = await new Generator(folder, {}).run();
const overlay = Object.fromEntries(files.map(({ path, text }) => [path, text]));
const phase = new TypePhase({ cwd: folder, serialization });
await phase.read({ tasks, overlay });
phase.save();

const times = [];
for (let i = 0; i < Number(edits); i++) {
  const { file } = tasks[(i * 7) % 20];
  const path = join(folder, file);
  const edited = `at: new Date(), edit${process.pid}_${i}: 1`;
  writeFileSync(path, readFileSync(path, "utf8").replace(/at: new Date\(\)(?:, edit\w+: 1)?/, edited));
  const started = performance.now();
  await phase.read({ tasks, overlay, changed: [file] });
  times.push(performance.now() - started);
}
if (times.length > 0) console.log(JSON.stringify(times));
