// Runs the measures and prints their tables; with all of them, or with --write, they are kept and docs/benchmarks.md is written.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeDocument } from "./document.js";
import { keep } from "./measured.js";
import { MEASURES } from "./measures/all.js";
import { installPeers } from "./peers/packages.js";
import { readArguments } from "./settings.js";
import { render } from "./table.js";

const { only, tasks, rounds, write } = readArguments(process.argv.slice(2));
const unknown = only.filter((name) => !Object.hasOwn(MEASURES, name));
if (unknown.length > 0)
  throw new Error(`no measure ${unknown.join(", ")}; there are ${Object.keys(MEASURES).join(", ")}`);

const started = performance.now();
const failed: string[] = [];
for (const name of only.length > 0 ? only : Object.keys(MEASURES)) {
  await show(name).catch((error: unknown) => {
    failed.push(name);
    console.error(`${name} failed; what was kept of it stays as it was\n`, error);
  });
}
if (write) await writeDocument();
console.log(`${secondsSince(started)} s${write ? "; written to docs/benchmarks.md" : ""}`);
if (failed.length > 0) {
  console.error(`failed: ${failed.join(", ")}`);
  process.exitCode = 1;
}

async function show(name: string): Promise<void> {
  const began = performance.now();
  const tables = await run(name);
  for (const table of tables) console.log(render(table));
  console.log(`${name}: ${secondsSince(began)} s\n`);
  if (write) await keep(name, tables);
}

async function run(name: string) {
  const { limitMs, peers, measure } = MEASURES[name]!;
  if (peers) installPeers();
  const folder = await mkdtemp(join(tmpdir(), "taskgen-bench-"));
  try {
    return [await measure({ folder, tasks, rounds: { count: rounds, until: performance.now() + limitMs } })].flat();
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function secondsSince(time: number): number {
  return Math.round((performance.now() - time) / 1000);
}
