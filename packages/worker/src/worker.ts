import { ConfigError, defaultApp, milliseconds, type AnyApp, type Duration } from "@taskgen/core";
import { createDecoder, internalsOf, timeoutSignal, type AppInternals, type Connection } from "@taskgen/core/internal";
import { aborted } from "./aborted.js";
import { BrokerClock } from "./broker-clock.js";
import { checkCapabilities } from "./capabilities.js";
import { Consumer } from "./consumer.js";
import { createEmitter, type WorkerEvents } from "./events.js";
import { Finisher } from "./finisher.js";
import { Health, type WorkerHealth } from "./health.js";
import { openLimits } from "./limits/open-limits.js";
import { logWorker } from "./log-worker.js";
import { describePool, openPool } from "./open-pool.js";
import type { BatchingPool } from "./batches/batching-pool.js";
import type { Pool, PoolEvents } from "./pool/pool.js";
import { queuesOf, type WorkerQueue } from "./queues.js";
import { Representations } from "./representations.js";
import { Revocations } from "./revocations.js";
import { Settler } from "./settler.js";
import { shutDown, undoStart, type Consuming } from "./shut-down.js";
import type { OwnedJob, ParkingPolicy } from "./triage.js";
import type { WorkerInfo, WorkerOptions } from "./worker-options.js";

/** Takes tasks from queues, runs them in a pool, stores what comes of them and acknowledges them. */
export class Worker implements AsyncDisposable {
  readonly #options: WorkerOptions;
  readonly #events = createEmitter();
  readonly #halt = new AbortController();
  readonly #health = new Health();
  #starting: Promise<Consuming> | undefined;
  #pool: Pool<OwnedJob> | undefined;
  #stopping: Promise<{ readonly clean: boolean }> | undefined;
  #info: WorkerInfo | undefined;
  #isTaking = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** What it works with, once started. */
  get info(): WorkerInfo | undefined {
    return this.#info;
  }

  /** Whether it consumes now, and if not, why; for probes of whoever runs it. */
  health(): WorkerHealth {
    return this.#health.read();
  }

  /** Listens to an event; returns what stops listening. */
  on<E extends keyof WorkerEvents>(event: E, listener: (event: WorkerEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }

  /** Connects, loads every task, and begins to consume. Rejects when one of these fails; nothing is left running then. */
  async start(): Promise<WorkerInfo> {
    this.#refuseStopped();
    this.#starting ??= this.#start().catch((error: unknown) => {
      this.#health.failed(error);
      throw error;
    });
    await this.#starting;
    return this.#info!;
  }

  /**
   * Takes no more tasks, lets those that run finish within the grace period, then aborts their signals and hands the rest
   * back. `clean`: everything finished and the broker knows it. Stopping twice, or before starting, is safe; a start that is under way
   * rejects. The app stays open.
   */
  stop(options: { readonly gracePeriod?: Duration } = {}): Promise<{ readonly clean: boolean }> {
    this.#stopping ??= this.#stop(
      timeoutSignal(milliseconds(options.gracePeriod ?? this.#options.gracePeriod ?? "30s")),
    );
    return this.#stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #start(): Promise<Consuming> {
    this.#health.starting();
    const app = await this.#findApp();
    this.#health.connecting(internalsOf(app));
    const show = this.#startLog(internalsOf(app));
    // n.b. a broker that cannot be reached is waited for as long as the app is open
    const connection = await Promise.race([internalsOf(app).connection(), aborted(this.#halt.signal)]);
    if (connection === undefined) throw wasStopped();
    const pool = await openPool(this.#options, app, connection.sealer);
    this.#refuseStopped();
    this.#pool = pool;
    try {
      return await this.#consume(internalsOf(app), connection, pool, show);
    } catch (error) {
      await pool.stop();
      throw error;
    }
  }

  #refuseStopped(): void {
    if (this.#stopping !== undefined) throw wasStopped();
  }

  async #findApp(): Promise<AnyApp> {
    const { app, registry } = this.#options;
    if (app !== undefined) return app;
    return (typeof registry === "string" ? undefined : await registry.app?.()) ?? defaultApp();
  }

  #startLog(app: AppInternals): Representations {
    const { logger } = this.#options;
    const show = new Representations(createDecoder(app.options.limits));
    const warn = (error: Error): void => this.#events.emit("warning", () => ({ error }));
    if (logger !== undefined) logWorker({ on: (event, listener) => this.on(event, listener), warn }, logger, show);
    return show;
  }

  async #consume(
    app: AppInternals,
    connection: Connection,
    pool: BatchingPool<OwnedJob>,
    show: Representations,
  ): Promise<Consuming> {
    const settler = new Settler(connection);
    const clock = new BrokerClock(connection.transport, app.options.ambient.now);
    const finisher = new Finisher({ app, connection, settler, clock, events: this.#events });
    const revocations = new Revocations({ app, connection, events: this.#events });
    let consumer: Consumer | undefined;
    const tasks = await pool.start(
      this.#poolEvents({
        ended: (batch) => consumer!.ended(batch),
        started: (job) => finisher.started(job),
        reported: (batch) => finisher.reported(batch),
        joining: (job, waiting) => consumer!.joining(job, waiting),
        // n.b. a pool may grow before it has a consumer
        resized: () => consumer?.resized(),
      }),
    );
    checkCapabilities(tasks, connection.results);
    show.know(tasks);
    const triage = {
      tasks,
      maxRedeliveries: this.#maxRedeliveries,
      parking: this.#parking,
      clock,
      revoked: revocations.verdictOn,
      sealer: connection.sealer,
    };
    const limits = await openLimits(tasks, app, connection);
    const { routing, options } = app;
    const { random } = options.ambient;
    consumer = new Consumer({ connection, pool, finisher, events: this.#events, revocations, triage, limits, random });
    const lanes = queuesOf({ given: this.#options.queues, tasks, queue: options.queue, routing });
    const consuming = { consumer, finisher, pool, revocations };
    await this.#take(consuming, lanes);
    this.#info = this.#describe(connection, pool, { lanes, tasks: Object.keys(tasks).toSorted() });
    this.#health.running(consuming, this.#info.queues);
    return consuming;
  }

  async #take(consuming: Consuming, lanes: readonly WorkerQueue[]): Promise<void> {
    try {
      this.#refuseStopped();
      // n.b. before anything is taken
      await consuming.revocations.start(() => consuming.consumer.stopRevoked());
      this.#isTaking = true;
      await consuming.consumer.start(lanes);
      this.#refuseStopped();
    } catch (error) {
      await undoStart(consuming);
      this.#isTaking = false;
      throw error;
    }
  }

  #poolEvents(
    own: Pick<PoolEvents<OwnedJob>, "ended" | "started" | "reported" | "joining" | "resized">,
  ): PoolEvents<OwnedJob> {
    return {
      ...own,
      log: ({ id, task }, line) => this.#events.emit("task-log", () => ({ id, task, ...line })),
      warning: (error) => this.#events.emit("warning", () => ({ error })),
      fatal: (error) => {
        this.#health.failed(error);
        this.#events.emit("fatal", () => ({ error }));
      },
    };
  }

  #describe(
    { transport, results }: Connection,
    pool: Pool<OwnedJob>,
    { lanes, tasks }: Pick<WorkerInfo, "lanes" | "tasks">,
  ): WorkerInfo {
    return {
      broker: transport.location,
      durability: transport.caps.durability,
      backend: results.location,
      queues: lanes.map(({ name }) => name),
      lanes,
      tasks,
      ...describePool(this.#options, pool),
    };
  }

  get #maxRedeliveries(): number {
    return this.#options.maxRedeliveries ?? 3;
  }

  get #parking(): ParkingPolicy {
    const { maxParks = 15, backoff = "1s", backoffMax = "1m" } = this.#options.unknownTasks ?? {};
    return { maxParks, factorMs: milliseconds(backoff), maxMs: milliseconds(backoffMax) };
  }

  async #stop(grace: AbortSignal): Promise<{ readonly clean: boolean }> {
    // n.b. a start that is under way notices, and undoes what it began
    this.#halt.abort();
    this.#health.draining();
    if (this.#info === undefined) void this.#pool?.stop();
    const started = this.#starting?.catch(() => undefined);
    const consuming = await Promise.race([started, aborted(grace)]);
    // n.b. a start that takes already, and is not undone yet, may own something
    const clean = consuming === undefined ? !this.#isTaking : await shutDown(consuming, grace);
    this.#health.stopped();
    return { clean };
  }
}

const wasStopped = (): ConfigError =>
  new ConfigError("OPTION_INVALID", "the worker was stopped; create another one to start again");

/** Makes a worker; it takes nothing before `start`. */
export const createWorker = (options: WorkerOptions): Worker => new Worker(options);
