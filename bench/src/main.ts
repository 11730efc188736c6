// Runs the measures, prints their tables, and writes docs/benchmarks.md when all of them ran.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { document } from "./document.js";
import { latencyAmqp } from "./measures/amqp-latency.js";
import { throughputAmqp } from "./measures/amqp-throughput.js";
import { codegen } from "./measures/codegen.js";
import { enqueueSqlite } from "./measures/enqueue.js";
import { idleMemory } from "./measures/idle-memory.js";
import { latencySqlite } from "./measures/latency.js";
import { latencyRedis } from "./measures/redis-latency.js";
import { throughputRedis } from "./measures/redis-throughput.js";
import { throughputMemory } from "./measures/throughput-memory.js";
import { throughputSqlite } from "./measures/throughput-sqlite.js";
import { readArguments, type Settings } from "./settings.js";
import { render, type Table } from "./table.js";

/** In the order in which they run; together they take about thirteen minutes. */
const MEASURES: Readonly<
  Record<string, { readonly limitMs: number; readonly measure: (settings: Settings) => Promise<Table> }>
> = {
  "throughput-sqlite": { limitMs: 90_000, measure: throughputSqlite },
  "throughput-memory": { limitMs: 20_000, measure: throughputMemory },
  "latency-sqlite": { limitMs: 50_000, measure: latencySqlite },
  "enqueue-sqlite": { limitMs: 30_000, measure: enqueueSqlite },
  "throughput-redis": { limitMs: 60_000, measure: throughputRedis },
  "latency-redis": { limitMs: 30_000, measure: latencyRedis },
  "throughput-amqp": { limitMs: 90_000, measure: throughputAmqp },
  "latency-amqp": { limitMs: 50_000, measure: latencyAmqp },
  codegen: { limitMs: 240_000, measure: codegen },
  "idle-memory": { limitMs: 20_000, measure: idleMemory },
};

const { only, tasks, rounds } = readArguments(process.argv.slice(2));
const unknown = only.filter((name) => !Object.hasOwn(MEASURES, name));
if (unknown.length > 0)
  throw new Error(`no measure ${unknown.join(", ")}; there are ${Object.keys(MEASURES).join(", ")}`);

const started = performance.now();
const folder = await mkdtemp(join(tmpdir(), "taskgen-bench-"));
const tables: Table[] = [];
try {
  for (const [name, { limitMs, measure }] of Object.entries(MEASURES)) {
    if (only.length > 0 && !only.includes(name)) continue;
    const table = await measure({ folder, tasks, rounds: { count: rounds, until: performance.now() + limitMs } });
    tables.push(table);
    console.log(render(table));
  }
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
if (only.length === 0) await writeFile(new URL("../../docs/benchmarks.md", import.meta.url), await document(tables));
console.log(
  `${Math.round((performance.now() - started) / 1000)} s${only.length === 0 ? "; written to docs/benchmarks.md" : ""}`,
);
