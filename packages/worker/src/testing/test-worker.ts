import {
  defaultApp,
  type AnyApp,
  type Duration,
  type GetOptions,
  type Logger,
  type Registry,
  type Settled,
  type Task,
} from "@taskgen/core";
import { internalsOf } from "@taskgen/core/internal";
import type { WorkerEvents } from "../events.js";
import type { Worker } from "../worker.js";
import { registryOf } from "./registry-of.js";
import { unlimited } from "./unlimited.js";
import type { SentCall } from "./sent-call.js";
import { Stage } from "./stage.js";
import type { TestClock } from "./test-clock.js";

/** Settings of a test worker. */
export interface TestWorkerOptions {
  /** The generated registry. */
  readonly registry?: Registry;
  /** Tasks by their wire names, for tests without a registry. */
  readonly tasks?: Readonly<Record<string, Task>>;
  /** The app whose calls it takes. @default the registry's app, otherwise the default app */
  readonly app?: AnyApp;
  /**
   * `worker`: tasks run as a worker runs them. `eager`: a call resolves when its task has ended, whatever it has to wait for:
   * the clock moves on by itself. `never`: calls are only recorded. @default "worker"
   */
  readonly mode?: "worker" | "eager" | "never";
  /** Where its clock begins. @default now */
  readonly now?: Date;
  /** What is drawn for jitter. @default always 0.5 */
  readonly random?: () => number;
  /** Where the lines of the worker and its tasks go. @default nowhere */
  readonly logger?: Logger;
  /** How long, by the real clock, a test waits for tasks to end. @default "5s" */
  readonly timeout?: Duration;
}

/** Anything that has the id of a call: a call, a result, or the id itself. */
type CallReference<R> = string | { readonly id: string; get(options?: GetOptions): Promise<R> };

/** The stub of a task with these arguments. */
interface StubReference<A extends readonly unknown[]> {
  readonly taskName: string;
  readonly applyAsync: (args: A, ...rest: never[]) => unknown;
}

/**
 * A worker in the test's own process, on a broker in memory that nothing else reaches, by a clock that only the test moves.
 *
 * @example
 * ```ts
 * await using worker = await createTestWorker({ registry });
 * const call = tasks.mail.send.delay("ann@example.com");
 * expect(await worker.completed(call)).toMatchObject({ ok: true });
 * ```
 */
export class TestWorker implements AsyncDisposable {
  readonly clock: TestClock;
  readonly #stage: Stage;
  readonly #worker: Worker | undefined;
  #stopping: Promise<void> | undefined;

  /** Made by `createTestWorker`. */
  constructor(stage: Stage, worker: Worker | undefined) {
    this.clock = stage.clock;
    this.#stage = stage;
    this.#worker = worker;
  }

  /** All calls that were sent since it was made, those of tasks included, in the order in which they were sent. */
  sent(): readonly SentCall[];
  /** Those of one task. */
  sent<A extends readonly unknown[]>(stub: StubReference<A>): readonly SentCall<A>[];
  sent(stub?: StubReference<never>): readonly SentCall[] {
    return this.#stage.sent.filter(({ task }) => stub === undefined || task === stub.taskName);
  }

  /** Resolves when nothing runs and nothing waits but for a time. Rejects after `timeout`, and names what runs. */
  idle(): Promise<void> {
    return this.#stage.activity.idle(this.#stage.timeoutMs);
  }

  /** How a task ended. Rejects when it waits for a time that the clock has not reached, and after `timeout`. */
  async completed<R>(call: CallReference<R>): Promise<Settled<R>> {
    const { id } = typeof call === "string" ? { id: call } : await sent(call);
    const result = internalsOf(this.#stage.app).publisher.result(id);
    await this.idle();
    if (!this.#stage.activity.hasEnded(id) && !(await result.ready())) this.#refuseToWaitFor(id);
    return result.settled({ timeout: `${this.#stage.timeoutMs}ms` }) as Promise<Settled<R>>;
  }

  /** Listens to an event of the worker; returns what stops listening. */
  on<E extends keyof WorkerEvents>(event: E, listener: (event: WorkerEvents[E]) => void): () => void {
    return this.#worker?.on(event, listener) ?? (() => {});
  }

  /** Ends it; the app has its own broker again. Stopping twice is safe. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stage.close(this.#worker));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #refuseToWaitFor(id: string): void {
    const { nextDue, now } = this.clock;
    const call = this.#stage.sent.find((one) => one.id === id);
    const name = call === undefined ? "a task that was not sent here" : call.task;
    const due =
      nextDue === undefined ? "nothing waits for a time" : `the next thing is due at ${nextDue.toISOString()}`;
    throw new Error(
      `${name} (${id}) has not ended at ${now.toISOString()}, and nothing runs; ${due}: advance the clock, or run it`,
    );
  }
}

/** A call rejects when it was not sent; a result was. */
const sent = <T>(call: T): Promise<Awaited<T>> => Promise.resolve(call);

/**
 * Makes a test worker and starts it. From then on, and until it is stopped, its app sends to it.
 * @throws ConfigError `OPTION_INVALID` when another test worker has the same app.
 */
export async function createTestWorker(options: TestWorkerOptions = {}): Promise<TestWorker> {
  const registry = unlimited(options.registry ?? registryOf(options.tasks ?? {}));
  const stage = await Stage.open(options.app ?? (await registry.app?.()) ?? defaultApp(), options);
  try {
    return new TestWorker(
      stage,
      options.mode === "never" ? undefined : await stage.startWorker(registry, options.logger),
    );
  } catch (error) {
    await stage.close(undefined);
    throw error;
  }
}
