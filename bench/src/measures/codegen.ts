import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { largeProject, taskFile, taskFileText } from "../codegen/project.js";
import { alternate, type Side } from "../rounds.js";
import type { Settings } from "../settings.js";
import { ratios, spreadOf } from "../statistics.js";
import { spread, type Table } from "../table.js";

const execute = promisify(execFile);
const reader = fileURLToPath(new URL("../codegen/read-types.js", import.meta.url));
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript-6.0/package.json")), "lib", "tsc.js");

const EDITS = 20;

/** What it costs to read the types of 2,000 tasks, beside a compiler that checks the same files. */
export async function codegen({ folder, rounds }: Settings): Promise<Table> {
  const project = await largeProject(join(folder, "large"));
  const sides = sidesOf(project);
  const results = await alternate(sides, rounds);
  const base = results[0]!;
  const rows = sides.map(({ name }, i) => [
    name,
    spread(spreadOf(results[i]!)),
    spread(spreadOf(ratios(results[i]!, base))),
  ]);
  return { title: "Codegen: types of 2,000 tasks", about: ABOUT, columns: ["what", "ms", "ratio to tsc 6.0"], rows };
}

const ABOUT =
  "1,000 files with two tasks each, over 20 shared files with ten interfaces in a chain; half of the tasks say what they return; the generated client of all. " +
  "Each row is a process of its own, its start included; the last is one edit within a process that lives on.";

function sidesOf(project: string): Side<number>[] {
  const cache = join(project, "node_modules", ".cache", "taskgen", "types.json");
  const read = (): Promise<number> => timed([reader, project]);
  let edit = 0;
  const change = async (): Promise<void> =>
    await writeFile(join(project, taskFile(0)), taskFileText(0, `, edit${edit++} = 1`));
  const afterwards = async (prepare: () => Promise<void>): Promise<number> => {
    await prepare();
    return await read();
  };
  const side = (name: string, run: () => Promise<number>): Side<number> => ({ name, warmUp: run, run });
  return [
    side("tsc 6.0 --noEmit", () => timed([tsc, "-p", project])),
    side("nothing known", () => afterwards(() => rm(cache, { force: true }))),
    side("one file changed", () => afterwards(change)),
    side("nothing changed", read),
    side("bare node", () => timed(["-e", "0"])),
    side("one file, watching", () => watching(project)),
  ];
}

async function timed(args: readonly string[]): Promise<number> {
  const started = performance.now();
  await execute(process.execPath, args);
  return performance.now() - started;
}

/** The median of some edits. */
async function watching(project: string): Promise<number> {
  const { stdout } = await execute(process.execPath, [reader, project, String(EDITS)]);
  const times = JSON.parse(stdout) as number[];
  return spreadOf(times.slice(EDITS / 2)).median;
}
