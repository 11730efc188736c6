import { ConfigError, milliseconds, type Ambient, type AnyApp, type Logger, type Registry } from "@taskgen/core";
import { createCodec } from "@taskgen/core/codec";
import {
  createId,
  defaultAmbient,
  internalsOf,
  openResults,
  openTransport,
  type Connection,
  type Envelope,
  type Fusing,
  type Inspect,
  type Transport,
} from "@taskgen/core/internal";
import { createWorker, type Worker } from "../worker.js";
import { Activity } from "./activity.js";
import { observeReaders } from "./observe-readers.js";
import { ObservedTransport } from "./observed-transport.js";
import { readCall, type SentCall } from "./sent-call.js";
import { TestClock } from "./test-clock.js";
import type { TestWorkerOptions } from "./test-worker.js";

const CLOSE_MS = 1_000;
/** Tasks of one test may wait for each other to any depth. */
const CONCURRENCY = 1_000;

type MemoryTransport = Transport & Fusing & Inspect;

/** The broker in memory that stands in for an app's own, and what is seen on it. */
export class Stage {
  readonly clock: TestClock;
  readonly activity: Activity;
  readonly sent: SentCall[] = [];
  readonly app: AnyApp;
  readonly timeoutMs: number;
  readonly #ambient: Ambient;
  /** Until when each message waits that has to. */
  readonly #due = new Map<string, number>();
  #connection: (Connection & { readonly transport: MemoryTransport }) | undefined;
  #leave: (() => void) | undefined;

  private constructor(app: AnyApp, { now = new Date(), random = () => 0.5, timeout = "5s" }: TestWorkerOptions) {
    this.app = app;
    this.timeoutMs = milliseconds(timeout);
    this.activity = new Activity({
      depths: async () => (await this.#connection?.transport.depths()) ?? [],
      sent: () => internalsOf(app).drained(),
    });
    this.clock = new TestClock(now, () => this.activity.idle(this.timeoutMs));
    this.#ambient = { ...defaultAmbient, ...this.clock.ambient, random };
  }

  static async open(app: AnyApp, options: TestWorkerOptions): Promise<Stage> {
    const stage = new Stage(app, options);
    const connection = (stage.#connection = await stage.#connect());
    try {
      stage.#stand(connection, options.mode === "eager");
      return stage;
    } catch (error) {
      await stage.close(undefined);
      throw error;
    }
  }

  /** Takes the place of the app's own connection. */
  #stand(connection: Connection, isEager: boolean): void {
    const afterSend = (ids: readonly string[]): Promise<void> => this.#runToEnd(ids);
    this.#leave = internalsOf(this.app).replace({
      connection: Promise.resolve(connection),
      ambient: this.#ambient,
      ...(isEager && { afterSend }),
    });
    if (this.#leave === undefined)
      throw new ConfigError("OPTION_INVALID", "the app has a test worker already; stop that one first");
  }

  async startWorker(registry: Registry, logger: Logger | undefined): Promise<Worker> {
    const worker = createWorker({ app: this.app, registry, pool: "inline", concurrency: CONCURRENCY, logger });
    this.activity.watch(worker);
    await worker.start();
    return worker;
  }

  /** Gives the app its own broker back. */
  async close(worker: Worker | undefined): Promise<void> {
    await worker?.stop({ gracePeriod: "0ms" });
    this.#leave?.();
    const deadline = AbortSignal.timeout(CLOSE_MS);
    await this.#connection?.results.close(deadline);
    await this.#connection?.transport.close(deadline);
  }

  async #connect(): Promise<Connection & { readonly transport: MemoryTransport }> {
    const { prefix, limits } = internalsOf(this.app).options;
    const [url, place] = [`memory:test-${createId()}`, { prefix, ambient: this.#ambient }];
    const [transport, results] = await Promise.all([openTransport(url, place), openResults(url, place)]);
    const on = { state: () => {}, error: (error: Error) => process.emitWarning(error) };
    await Promise.all([transport.start(on), results.start(on)]);
    observeReaders(results, (id) => this.activity.waitsForReader(id));
    const codec = createCodec(limits);
    const observer = {
      sent: (envelope: Envelope) => void this.sent.push(readCall(envelope, codec)),
      delayed: (id: string, until: number) => void this.#due.set(id, until),
      changed: this.activity.changed,
    };
    return { transport: new ObservedTransport(transport as MemoryTransport, observer), results };
  }

  async #runToEnd(ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.activity.until(() => this.#hasEnded(id), this.timeoutMs);
  }

  /** Moves the clock on when that is what it waits for. */
  #hasEnded(id: string): boolean {
    if (this.activity.hasEnded(id) || this.activity.needsReader(id)) return true;
    const due = this.#due.get(id);
    if (due !== undefined && !this.activity.isRunning(id)) this.clock.skipTo(new Date(due));
    return false;
  }
}
