import type { RemoteError } from "@taskgen/core";
import { createCodec } from "@taskgen/core/codec";
import {
  ChildPool,
  type Ended,
  type Job,
  type PlainTaskOptions,
  type ChildPoolOptions,
  type Verdict,
} from "@taskgen/worker/internal";
import { onTestFinished } from "vitest";
import { within } from "./within.js";

const codec = createCodec();
const encoder = new TextEncoder();

const DEFAULTS = {
  retries: 0,
  redeliveries: 0,
  maxRedeliveries: 3,
  parentId: undefined,
  ancestors: [],
  headers: {},
  contract: undefined,
  seal: undefined,
  expires: undefined,
  timeLimitMs: undefined,
  softTimeLimitMs: undefined,
  early: false,
  isolate: false,
  trackStarted: false,
  storesNothing: false,
} as const satisfies Partial<Job>;

let jobs = 0;

/** A job with an id of its own. */
export function job(task: string, args: readonly unknown[] = [], options: Partial<Job> = {}): Job {
  const id = options.id ?? `${task}-${++jobs}`;
  return { ...DEFAULTS, id, task, rootId: id, args: encoder.encode(codec.encode(args, "argument")), ...options };
}

/** A file among the fixtures of the worker's tests. */
export const fixture = (file: string): string => new URL(`../worker/fixtures/${file}`, import.meta.url).href;

/** A started pool and all that it tells; stopped after the test. */
export class PoolRun {
  readonly pool: ChildPool<Job>;
  readonly started: Job[] = [];
  readonly logs: string[] = [];
  readonly warnings: Error[] = [];
  readonly fatal: Error[] = [];
  readonly joins: string[] = [];
  /** How many children there were to be after each change. */
  readonly sizes: number[] = [];
  /** How often each job ended; more than once is a fault of the pool. */
  readonly endings = new Map<Job, number>();
  tasks: Readonly<Record<string, PlainTaskOptions>> = {};
  readonly #ended = new Map<Job, Ended<Job>>();
  readonly #watchers = new Set<() => void>();

  private constructor(options: ChildPoolOptions) {
    this.pool = new ChildPool(options);
    onTestFinished(() => this.pool.stop());
  }

  static async start(options: Partial<ChildPoolOptions> = {}): Promise<PoolRun> {
    const run = new PoolRun({ registryUrl: fixture("registry.js"), children: 1, ...options });
    run.tasks = await run.pool.start({
      ended: (batch) => run.#note(() => batch.forEach((end) => run.#end(end))),
      started: (started) => run.#note(() => run.started.push(started)),
      log: ({ id }, { level, message }) => run.#note(() => run.logs.push(`${id} ${level} ${message}`)),
      reported: () => {},
      joining: ({ id }, waiting) => run.#note(() => run.joins.push(`${id} ${waiting}`)),
      resized: () => run.#note(() => run.sizes.push(run.pool.children)),
      warning: (error) => run.#note(() => run.warnings.push(error)),
      fatal: (error) => run.#note(() => run.fatal.push(error)),
    });
    return run;
  }

  run(...batch: readonly Job[]): void {
    this.pool.run(batch);
  }

  /** Resolves when the pool has told enough for `probe` to find what it looks for. */
  async told<T>(what: string, probe: () => T | undefined | false): Promise<T> {
    let look: (() => void) | undefined;
    const found = new Promise<T>((resolve) => {
      look = () => {
        const value = probe();
        if (value !== undefined && value !== false) resolve(value);
      };
      this.#watchers.add(look);
      look();
    });
    return within(what, found).finally(() => this.#watchers.delete(look!));
  }

  /** The verdict so far. */
  peek(of: Job): Verdict | undefined {
    return this.#ended.get(of)?.verdict;
  }

  ended(of: Job): Promise<Ended<Job>> {
    return this.told(`the end of ${of.id}`, () => this.#ended.get(of));
  }

  async allEnded(jobs: readonly Job[]): Promise<void> {
    await this.told(`the end of ${jobs.length} jobs`, () => jobs.every((one) => this.#ended.has(one)));
  }

  /** The value of a job that succeeds. */
  async value(of: Job): Promise<unknown> {
    const { verdict } = await this.ended(of);
    if (verdict.kind !== "success") throw new Error(`${of.id} ended with ${JSON.stringify(verdict)}`);
    return codec.decode(verdict.body);
  }

  /** Runs one job that succeeds. */
  async call(task: string, args: readonly unknown[] = [], options: Partial<Job> = {}): Promise<unknown> {
    const only = job(task, args, options);
    this.run(only);
    return this.value(only);
  }

  /** The error of a job that ends with this kind of verdict. */
  async error(of: Job, kind: "failure" | "reject" | "worker-lost" | "retry" = "failure"): Promise<RemoteError> {
    const { verdict } = await this.ended(of);
    if (verdict.kind !== kind) throw new Error(`${of.id} ended with ${JSON.stringify(verdict)}`);
    return verdict.error;
  }

  #end(end: Ended<Job>): void {
    this.endings.set(end.job, (this.endings.get(end.job) ?? 0) + 1);
    this.#ended.set(end.job, end);
  }

  #note(change: () => unknown): void {
    change();
    for (const look of [...this.#watchers]) look();
  }
}
