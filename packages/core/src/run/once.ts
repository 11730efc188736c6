import { registerName } from "../call/call-keys.js";
import { milliseconds, type Duration } from "../duration.js";
import { CodecError, ConfigError } from "../errors.js";
import { createId } from "../id.js";
import { patiently, pause } from "../patience.js";
import { hasRegisters, type Registers } from "../registers.js";
import type { BodyPlace } from "../security/sealer.js";
import { runningTask, type RunningTask, type TaskPlace } from "./current-task.js";
import { openText, sealText } from "./sealed-text.js";

/** How `once` remembers. */
export interface OnceOptions {
  /** How long the value is kept: longer than all retries of the task take. @default "24h" */
  readonly ttl?: Duration;
  /**
   * When a worker dies within it, another one waits so long before it runs it again; it is renewed while it runs.
   * @default "30s"
   */
  readonly lease?: Duration;
}

/** The most characters that an encoded value may have. */
const MAX_VALUE = 256 * 1024;
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 1_000;
/** It runs; it has this value; it ran, and its value cannot be kept. */
const [RUNS, VALUE, LOST] = ["r:", "v:", "x:"] as const;

/**
 * Runs a part of a task once, whatever happens to the task: its retries, redeliveries and doubles get the value of the first
 * time. What throws is not kept: the next retry runs it again. When a worker dies within it, it runs again too, for nobody
 * can know how far it came; services that know idempotency keys are given `currentTask().idempotencyKey`.
 *
 * @param key names it within the task
 * @throws ConfigError `NO_CURRENT_TASK` outside of a task, `CAPABILITY_MISSING` where the result backend has no registers,
 * `OPTION_INVALID` for a key that is no text
 * @throws CodecError `NOT_SERIALIZABLE` for a value that cannot be kept, or takes more than 256 KiB
 * @example
 * ```ts
 * const payment = await once("charge", () => stripe.charge(order, { idempotencyKey: currentTask().idempotencyKey }));
 * ```
 */
export async function once<T>(key: string, fn: () => T | Promise<T>, options: OnceOptions = {}): Promise<T> {
  const task = runningTask();
  if (task?.place === undefined)
    throw new ConfigError("NO_CURRENT_TASK", "once() was called outside of a task that a worker runs");
  if (typeof key !== "string" || key === "")
    throw new ConfigError("OPTION_INVALID", `once() in task ${task.name}: the key must be a text that is not empty`);
  const results = await task.place.results();
  if (!hasRegisters(results)) throw missing(task, results.location);
  return new Effect<T>({ task, key, registers: results, place: task.place, options }).run(fn);
}

interface EffectOptions {
  readonly task: RunningTask;
  readonly key: string;
  readonly registers: Registers;
  readonly place: TaskPlace;
  readonly options: OnceOptions;
}

/** One run of a part of a task that is to run once. */
class Effect<T> {
  readonly #options: EffectOptions;
  readonly #register: string;
  readonly #ours = RUNS + createId();
  readonly #ttlMs: number;
  readonly #leaseMs: number;

  constructor(options: EffectOptions) {
    const { ttl = "24h", lease = "30s" } = options.options;
    this.#options = options;
    this.#register = registerName("once", options.task.id, JSON.stringify(options.key));
    this.#ttlMs = milliseconds(ttl);
    this.#leaseMs = milliseconds(lease);
  }

  async run(fn: () => T | Promise<T>): Promise<T> {
    const { signal } = this.#options.task;
    for (let waitMs: number = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)) {
      const held = await patiently(() => this.#swap(undefined, this.#ours, this.#leaseMs), signal);
      if (held === this.#ours) return this.#perform(fn);
      if (held?.startsWith(RUNS) === false) return this.#read(held);
      await pause(waitMs, signal);
      signal.throwIfAborted();
    }
  }

  async #perform(fn: () => T | Promise<T>): Promise<T> {
    const renew = (): void => void this.#swap(this.#ours, this.#ours, this.#leaseMs).catch(() => {});
    const renewal = setInterval(renew, this.#leaseMs / 3).unref();
    try {
      const value = await fn();
      const text = this.#write(value);
      const held = await patiently(() => this.#swap(this.#ours, text, this.#ttlMs), this.#options.task.signal);
      // n.b. where another one has it by now, its value is that of all
      return held === undefined || held.startsWith(RUNS) ? value : this.#read(held);
    } catch (error) {
      await this.#swap(this.#ours, undefined, this.#ttlMs).catch(() => {});
      throw error;
    } finally {
      clearInterval(renewal);
    }
  }

  /** What is kept of a value; of one that cannot be, the reason: what was done is not done again. */
  #write(value: T): string {
    const what = `the value of once(${JSON.stringify(this.#options.key)})`;
    try {
      const text = this.#options.place.codec.encode(value, what);
      if (text.length <= MAX_VALUE) return VALUE + this.#sealed(text);
      return (
        LOST +
        this.#sealed(`${what} takes ${text.length} characters, more than ${MAX_VALUE}; return less, such as an id`)
      );
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      return LOST + this.#sealed(error.message.replace(/^\[\w+\] /, ""));
    }
  }

  #read(held: string): T {
    const bytes = openText(this.#options.place.sealer, this.#sealPlace, held.slice(VALUE.length));
    if (held.startsWith(LOST)) throw new CodecError("NOT_SERIALIZABLE", new TextDecoder().decode(bytes));
    return this.#options.place.codec.decode(bytes) as T;
  }

  #sealed(text: string): string {
    return sealText(this.#options.place.sealer, this.#sealPlace, text);
  }

  get #sealPlace(): BodyPlace {
    return { purpose: "register", id: this.#options.task.id, part: this.#options.key };
  }

  async #swap(expected: string | undefined, next: string | undefined, ttlMs: number): Promise<string | undefined> {
    const [held] = await this.#options.registers.swap([{ key: this.#register, expected, next, ttlMs }]);
    return held;
  }
}

const missing = ({ name }: RunningTask, location: string): ConfigError =>
  new ConfigError(
    "CAPABILITY_MISSING",
    `once() in task ${name} cannot be honoured with results at ${location}; set the app's backend to redis:, postgres:, sqlite: or memory:`,
  );
