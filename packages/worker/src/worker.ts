import { defaultApp, milliseconds, type AnyApp, type Duration, type Registry } from "@taskgen/core";
import { internalsOf, type AppInternals, type Connection } from "@taskgen/core/internal";
import { Consumer } from "./consumer.js";
import { Emitter, type WorkerEvents } from "./events.js";
import { Finisher } from "./finisher.js";
import { openPool } from "./open-pool.js";
import type { PlainTaskOptions, Pool, PoolEvents } from "./pool/pool.js";
import { Settler } from "./settler.js";
import type { OwnedJob, ParkingPolicy } from "./triage.js";

export type PoolKind = "threads" | "inline";

/** Settings of a worker. */
export interface WorkerOptions {
  /** The generated registry, or the URL of its module. */
  readonly registry: Registry | string;
  /** The app whose broker it consumes. @default the registry's app, otherwise the default app */
  readonly app?: AnyApp | undefined;
  /** The queues it takes from. @default the app's queue and those that its tasks name */
  readonly queues?: readonly string[] | undefined;
  /**
   * `threads`: tasks cannot block the worker, and can be stopped. `inline`: on the worker's own event loop; a task that blocks
   * it loses its lease on brokers whose lease this loop renews. @default "threads"
   */
  readonly pool?: PoolKind | undefined;
  /** @default one for each core */
  readonly threads?: number | undefined;
  /** Tasks at once in this worker. @default 10 for each thread */
  readonly concurrency?: number | undefined;
  /** How long `stop` waits for running tasks. @default "30s" */
  readonly gracePeriod?: Duration | undefined;
  /** How long the tasks that share a thread with one to be stopped by force may go on. @default "5s" */
  readonly killGrace?: Duration | undefined;
  /** More dead workers than this end a task: FAILURE, code `WORKER_LOST`, and a dead letter. @default 3 */
  readonly maxRedeliveries?: number | undefined;
  /** How often a message is put back that no worker knows, and how long it waits, doubling. @default 15 times from 1 s to 1 min */
  readonly unknownTasks?:
    { readonly maxParks?: number; readonly backoff?: Duration; readonly backoffMax?: Duration } | undefined;
}

/** What a started worker works with. */
export interface WorkerInfo {
  /** Without credentials. */
  readonly broker: string;
  readonly durability: string;
  readonly backend: string;
  readonly queues: readonly string[];
  readonly tasks: readonly string[];
  readonly pool: PoolKind;
  readonly threads: number;
  readonly concurrency: number;
}

/** After the grace period: how long aborted tasks have to clean up. */
const CLEAN_UP_MS = 1_000;
/** How long the last settlements may take. */
const DRAIN_MS = 5_000;

/** The parts of a worker that runs. */
interface Running {
  readonly consumer: Consumer;
  readonly pool: Pool<OwnedJob>;
  readonly settler: Settler;
  readonly info: WorkerInfo;
}

/** Takes tasks from queues, runs them in a pool, stores what comes of them and acknowledges them. */
export class Worker implements AsyncDisposable {
  readonly #options: WorkerOptions;
  readonly #events = new Emitter();
  #starting: Promise<Running> | undefined;
  #stopping: Promise<{ readonly clean: boolean }> | undefined;
  #info: WorkerInfo | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** What it works with, once started. */
  get info(): WorkerInfo | undefined {
    return this.#info;
  }

  /** Listens to an event; returns what stops listening. */
  on<E extends keyof WorkerEvents>(event: E, listener: (event: WorkerEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }

  /** Connects, loads every task, and begins to consume. Rejects when one of these fails; nothing is left running then. */
  async start(): Promise<WorkerInfo> {
    this.#starting ??= this.#start();
    return (await this.#starting).info;
  }

  /**
   * Takes no more tasks, lets those that run finish within the grace period, then aborts their signals and hands the rest
   * back. `clean`: everything finished. Stopping twice, or before starting, is safe. The app stays open.
   */
  stop(options: { readonly gracePeriod?: Duration } = {}): Promise<{ readonly clean: boolean }> {
    this.#stopping ??= this.#stop(milliseconds(options.gracePeriod ?? this.#options.gracePeriod ?? "30s"));
    return this.#stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #start(): Promise<Running> {
    const app = await this.#findApp();
    const connection = await internalsOf(app).connection();
    const pool = openPool(this.#options, app);
    try {
      return await this.#consume(internalsOf(app), connection, pool);
    } catch (error) {
      await pool.stop();
      throw error;
    }
  }

  async #findApp(): Promise<AnyApp> {
    const { app, registry } = this.#options;
    if (app !== undefined) return app;
    return (typeof registry === "string" ? undefined : await registry.app?.()) ?? defaultApp();
  }

  async #consume(app: AppInternals, connection: Connection, pool: Pool<OwnedJob>): Promise<Running> {
    const settler = new Settler(connection);
    const finisher = new Finisher({ app, connection, settler, events: this.#events });
    let consumer: Consumer | undefined;
    const tasks = await pool.start(
      this.#poolEvents({
        ended: (batch) => consumer!.ended(batch),
        started: (job) => finisher.started(job),
        joining: (_job, waiting) => consumer!.joining(waiting),
      }),
    );
    const triage = {
      tasks,
      maxRedeliveries: this.#maxRedeliveries,
      parking: this.#parking,
      now: app.options.ambient.now,
    };
    consumer = new Consumer({ connection, pool, finisher, events: this.#events, triage });
    const queues = this.#options.queues ?? queuesOf(tasks, app.options.queue);
    await consumer.start(queues);
    this.#info = this.#describe(connection, pool, { queues, tasks: Object.keys(tasks).toSorted() });
    return { consumer, pool, settler, info: this.#info };
  }

  #poolEvents(own: Pick<PoolEvents<OwnedJob>, "ended" | "started" | "joining">): PoolEvents<OwnedJob> {
    return {
      ...own,
      log: ({ id, task }, level, message) => this.#events.emit("task-log", () => ({ id, task, level, message })),
      warning: (error) => this.#events.emit("warning", () => ({ error })),
      fatal: (error) => this.#events.emit("fatal", () => ({ error })),
    };
  }

  #describe(
    { transport, results }: Connection,
    pool: Pool<OwnedJob>,
    { queues, tasks }: Pick<WorkerInfo, "queues" | "tasks">,
  ): WorkerInfo {
    return {
      broker: transport.location,
      durability: transport.caps.durability,
      backend: results.location,
      queues,
      tasks,
      pool: this.#options.pool ?? "threads",
      threads: pool.threads,
      concurrency: pool.concurrency,
    };
  }

  get #maxRedeliveries(): number {
    return this.#options.maxRedeliveries ?? 3;
  }

  get #parking(): ParkingPolicy {
    const { maxParks = 15, backoff = "1s", backoffMax = "1m" } = this.#options.unknownTasks ?? {};
    return { maxParks, factorMs: milliseconds(backoff), maxMs: milliseconds(backoffMax) };
  }

  async #stop(graceMs: number): Promise<{ readonly clean: boolean }> {
    const running = await this.#starting?.catch(() => undefined);
    if (running === undefined) return { clean: true };
    const { consumer, pool, settler } = running;
    await consumer.stopTaking();
    const clean = await consumer.finished(AbortSignal.timeout(graceMs));
    if (!clean) {
      consumer.abortAll("WORKER_SHUTDOWN", "the worker stops and its grace period is over");
      await consumer.finished(AbortSignal.timeout(CLEAN_UP_MS));
      consumer.releaseAll();
    }
    await settler.drained(AbortSignal.timeout(DRAIN_MS));
    consumer.close();
    await pool.stop();
    return { clean };
  }
}

/** Makes a worker; it takes nothing before `start`. */
export const createWorker = (options: WorkerOptions): Worker => new Worker(options);

function queuesOf(tasks: Readonly<Record<string, PlainTaskOptions>>, appQueue: string): readonly string[] {
  return [...new Set([appQueue, ...Object.values(tasks).flatMap(({ queue }) => queue ?? [])])];
}
