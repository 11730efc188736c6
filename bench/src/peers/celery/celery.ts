import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Child } from "../../child/child.js";
import { Pair } from "../../pair.js";
import type { Candidate } from "../best.js";

/** Where the packages of Debian and Ubuntu are. */
const PYTHON = "/usr/bin/python3";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

/** Where a Celery app sends and stores. */
export interface CelerySettings {
  readonly broker: string;
  readonly results: string;
  /** A private folder, for the worker's log. */
  readonly folder: string;
  /** Whether who sends waits until RabbitMQ has it, which is not the default. */
  readonly confirms?: boolean;
}

/** The pools of which the best one counts, with the options of `celery worker`. */
const POOLS: Readonly<Record<string, readonly string[]>> = {
  solo: ["--pool", "solo"],
  threads: ["--pool", "threads", "--concurrency", "10"],
  prefork: ["--pool", "prefork"],
};

/** `Celery 5.2.6, Python 3.11.2`; `undefined` where it is not installed. */
export function celeryVersion(): string | undefined {
  const script = "import celery, redis, sys; print('Celery', celery.__version__ + ', Python', sys.version.split()[0])";
  try {
    return execFileSync(PYTHON, ["-c", script], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return undefined;
  }
}

/** What is said of Celery's rows, or of their lack. */
export function ofCelery(text: string): string {
  const version = celeryVersion();
  return version === undefined ? "Celery is not installed here, so its rows are missing." : `${version}: ${text}`;
}

/** Celery with each of its pools; nothing where it is not installed. */
export const celeryCandidates = (settings: CelerySettings): Candidate[] =>
  celeryVersion() === undefined
    ? []
    : Object.keys(POOLS).map((pool) => ({
        name: `Celery${settings.confirms ? " with confirms" : ""}, ${pool}`,
        open: () => celery(settings, pool),
      }));

/** A producer process and, with a pool, `celery worker`: its defaults but for the pool, and errors alone are logged. */
export async function celery(settings: CelerySettings, pool?: string): Promise<Pair> {
  const queue = `celery-${pool ?? "alone"}${settings.confirms ? "-confirms" : ""}`;
  const log = join(settings.folder, `${queue}.log`);
  const worker = pool && (await start("worker.py", settings, queue, { log, options: POOLS[pool] }));
  const producer = await start("producer.py", settings, queue, {});
  if (worker) await producer.ask("ready");
  return new Pair(producer, worker || undefined);
}

function start(
  script: string,
  { broker, results, confirms }: CelerySettings,
  queue: string,
  argument: unknown,
): Promise<Child> {
  const child = spawn(PYTHON, [join(FOLDER, script), JSON.stringify(argument)], {
    cwd: FOLDER,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: {
      PATH: process.env["PATH"],
      PYTHONDONTWRITEBYTECODE: "1",
      BENCH_BROKER: broker,
      BENCH_RESULTS: results,
      BENCH_QUEUE: queue,
      ...(confirms && { BENCH_CONFIRMS: "yes" }),
    },
  });
  return Child.ready(child);
}
