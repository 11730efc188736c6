import { loadPeer } from "../packages.js";
import type { Data } from "../serve-producer.js";

/** What a process on plainjob is given. */
export interface PlainSettings {
  readonly path: string;
}

export const TYPE = "add";

const quiet = (): void => {};
export const logger = { error: console.error, warn: console.warn, info: quiet, debug: quiet };

interface Queue {
  add(type: string, data: Data): unknown;
  addMany(type: string, data: readonly Data[]): unknown;
  close(): void;
}

interface Worker {
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface WorkerOptions {
  readonly queue: Queue;
  readonly logger: typeof logger;
  readonly pollIntervall: number;
  readonly onCompleted: () => void;
}

/** What is used of the package. */
interface Plainjob {
  readonly better: (database: unknown) => unknown;
  readonly defineQueue: (options: { readonly connection: unknown; readonly logger: typeof logger }) => Queue;
  readonly defineWorker: (
    type: string,
    run: (job: { readonly data: string }) => Promise<void>,
    options: WorkerOptions,
  ) => Worker;
}

export const loadPlainjob = (): Promise<Plainjob> => loadPeer<Plainjob>("plainjob");

/** n.b. it sets the same pragmas as `@taskgen/core`: WAL, synchronous=NORMAL. */
export async function openQueue({ path }: PlainSettings): Promise<Queue> {
  const { better, defineQueue } = await loadPlainjob();
  const Database = await loadPeer<new (path: string) => unknown>("better-sqlite3");
  return defineQueue({ connection: better(new Database(path)), logger });
}
