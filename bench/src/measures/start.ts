import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createApp } from "@taskgen/core";
import { WorkerCommand } from "../command/worker.js";
import { Opened } from "../opened.js";
import { RedisServer } from "../redis-server.js";
import { alternate, type Side } from "../rounds.js";
import type { Settings } from "../settings.js";
import { ratios, spreadOf } from "../statistics.js";
import { spread, type Table } from "../table.js";
import { createTasks } from "../taskgen/stubs.js";

const registry = fileURLToPath(new URL("../tasks/registry.js", import.meta.url));

/** What a start came to, in milliseconds since the command. */
interface Start {
  readonly ready: number;
  /** The result of the first task was there. */
  readonly first: number;
}

/** How soon a worker works. */
export async function start({ folder, rounds }: Settings): Promise<Table> {
  await using opened = new Opened();
  const { url } = opened.use(await RedisServer.start(folder));
  const sqlite = `sqlite:${join(folder, "start.db")}`;
  const side = (name: string, run: () => Promise<Start>): Side<Start> => ({ name, warmUp: run, run });
  const sides = [
    side("bare node", bareNode),
    side("SQLite, 1 thread", () => startOnce({ broker: sqlite, threads: 1, cwd: folder })),
    side("SQLite, 2 threads", () => startOnce({ broker: sqlite, threads: 2, cwd: folder })),
    side("Redis, 1 thread", () => startOnce({ broker: url, threads: 1, cwd: folder })),
  ];
  const results = await alternate(sides, rounds);
  const readyOf = (starts: readonly Start[]): number[] => starts.map(({ ready }) => ready);
  const rows = sides.map(({ name }, i) => [
    name,
    spread(spreadOf(ratios(readyOf(results[i]!), readyOf(results[0]!)))),
    spread(spreadOf(readyOf(results[i]!))),
    i === 0 ? "" : spread(spreadOf(results[i]!.map(({ first }) => first))),
  ]);
  return { title: "Start of a worker", about: `${ABOUT} ${results[0]!.length} rounds.`, columns: COLUMNS, rows };
}

async function bareNode(): Promise<Start> {
  const began = performance.now();
  await promisify(execFile)(process.execPath, ["-e", "0"]);
  const ready = performance.now() - began;
  return { ready, first: ready };
}

async function startOnce(options: {
  readonly broker: string;
  readonly threads: number;
  readonly cwd: string;
}): Promise<Start> {
  await using app = createApp({ broker: options.broker });
  const result = await createTasks(app).add.delay(1, 1);
  const began = performance.now();
  const first = result.get().then(() => performance.now() - began);
  await using worker = new WorkerCommand({ ...options, registry });
  await worker.logged("worker-ready");
  return { ready: performance.now() - began, first: await first };
}

const COLUMNS = ["", "ratio of ready", "ready after ms", "first result after ms"];

const ABOUT =
  "From the command `taskgen worker`, with compiled tasks, until it logs that it is ready, and until a caller in another process has the " +
  "result of a task that waited for it. Bare node is the start and end of a process that does nothing.";
