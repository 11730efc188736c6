import { machine } from "./machine.js";
import { render, type Table } from "./table.js";

const HEAD = `# Benchmarks

Written by \`npm run bench\`, which builds the packages and runs the suite in \`bench/\`. Some of it, quicker:
\`npm run bench -- latency-sqlite --rounds 5\`, \`npm run bench -- throughput-sqlite --tasks 5000\`.

The numbers to go by are the **ratios**: both sides run in turn, in every round, on the same machine at the same durability,
so that what disturbs one disturbs the other. A ratio is taken within each round; what stands here is the median of all
rounds, with the least and the most. Absolute numbers move by a factor of two from one machine and one minute to another.
CPU is what all threads of both processes used, divided by the number of tasks; it depends least on what else the machine does.
What must not get worse is counted, not timed: see \`test/budgets\`.
`;

/** The whole of docs/benchmarks.md. */
export async function document(tables: readonly Table[]): Promise<string> {
  const facts = (await machine()).map((line) => `- ${line}`);
  const date = new Date().toISOString().slice(0, 10);
  return [HEAD, `Measured on ${date}:`, "", ...facts, "", tables.map(render).join("\n")].join("\n");
}
