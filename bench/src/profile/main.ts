// Prints what the profiles in a folder say; see scripts/profile.mjs.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readProfile, type ThreadProfile } from "./thread-profile.js";
import { sumsOf, type Sum } from "./sums.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { top: { type: "string", default: "25" }, least: { type: "string", default: "5" } },
});
const [folder, wanted = ""] = positionals;
const top = Number(values.top);
/** Threads that did less than this share of the work of their process are left out, in percent. */
const least = Number(values.least);

for (const name of (await readdir(folder!)).toSorted()) {
  if (!name.includes(wanted)) continue;
  const threads = await profilesIn(join(folder!, name));
  const busyMs = threads.reduce((sum, thread) => sum + thread.busyMs, 0);
  console.log(`# ${name}: ${Math.round(busyMs)} ms of CPU by ${threads.length} threads\n`);
  for (const thread of threads) if (thread.busyMs * 100 >= busyMs * least) printThread(thread);
}
console.log(`The profiles are in ${folder}: open them with the Performance panel of Chrome, or speedscope.`);

async function profilesIn(path: string): Promise<ThreadProfile[]> {
  const files = (await readdir(path)).filter((file) => file.endsWith(".cpuprofile")).toSorted();
  return Promise.all(files.map((file) => readProfile(join(path, file), path)));
}

function printThread(thread: ThreadProfile): void {
  console.log(`## ${thread.name}: ${Math.round(thread.busyMs)} ms (${thread.file})\n`);
  console.log(table(sumsOf(thread.samples, (frame) => frame.file).slice(0, top), thread.busyMs));
  const byFunction = sumsOf(thread.samples, (frame) => `${frame.name} ${frame.file}${frame.line}`);
  console.log(table(byFunction.slice(0, top), thread.busyMs));
}

function table(sums: readonly Sum[], busyMs: number): string {
  const lines = sums.map(({ name, ms }) => {
    const share = ((ms / busyMs) * 100).toFixed(1);
    return `${share.padStart(5)} %  ${ms.toFixed(0).padStart(6)} ms  ${name}`;
  });
  return `${lines.join("\n")}\n`;
}
