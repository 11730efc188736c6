// docs/benchmarks.md is rendered from bench/measured. To add a measure: a function in measures/, a line in measures/all.ts.
import { writeFile } from "node:fs/promises";
import { kept, type Measured } from "./measured.js";
import { render } from "./table.js";

const HEAD = `# Benchmarks

Written by \`npm run bench\`, which builds the packages and runs the suite in \`bench/\`. Some of it, quicker:
\`npm run bench -- latency-sqlite --rounds 3\`, \`npm run bench -- throughput-sqlite --tasks 5000\`; with \`--write\` it replaces
what stands here.

The numbers to go by are the **ratios**: both sides run in turn, in every round, on the same machine at the same durability,
so that what disturbs one disturbs the other. A ratio is taken within each round; what stands here is the median of all
rounds, with the least and the most. Absolute numbers move by a factor of two from one machine and one minute to another.
CPU is what all threads of both processes used, divided by the number of tasks; it depends least on what else the machine does.
What must not get worse is counted, not timed: see \`test/budgets\`.

The measures \`peers-…\` run other task queues beside taskgen, as their documentation says to make them fast: the versions pinned in
\`bench/peers\` (installed when they are missing), and Celery as Debian has it (installed with apt; without it its rows are missing). Their
producers and workers are processes of the same kind, in \`bench/src/peers\`. What taskgen does divided by what the other one
does stands in the columns \`… : it\`; "wanted" is the project's goal, kept or not.
`;

/** Writes docs/benchmarks.md anew. */
export async function writeDocument(): Promise<void> {
  const all = await kept();
  const newest = all.toSorted((a, b) => a.date.localeCompare(b.date)).at(-1);
  const facts = newest?.machine.map((line) => `- ${line}`) ?? [];
  const sections = all.map((measured) => section(measured, newest!.machine));
  const text = [HEAD, "Measured on", "", ...facts, "", sections.join("\n")].join("\n");
  await writeFile(new URL("../../docs/benchmarks.md", import.meta.url), text);
}

function section({ date, machine, command, tables }: Measured, usual: readonly string[]): string {
  const elsewhere = machine.filter((line) => !usual.includes(line));
  const where = elsewhere.length > 0 ? `, on ${elsewhere.join("; ")}` : "";
  return [...tables.map(render), `\`${command}\`, ${date}${where}.\n`].join("\n");
}
