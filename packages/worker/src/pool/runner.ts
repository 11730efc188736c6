import { TaskAborted, type RemoteError } from "@taskgen/core";
import { toRemoteError, unpack } from "@taskgen/core/internal";
import type { Executable, ExecutableJob } from "../execute.js";
import { runJob } from "../run-job.js";
import { ProgressReporter, Pulse } from "../progress-reporter.js";
import type { LoadedRegistry } from "../registry.js";
import type { Verdict } from "../verdict.js";
import { monotonicMs } from "./clock.js";
import type { Outbox } from "./outbox.js";
import { Permits } from "./permits.js";
import type { Lifetime } from "./lifetime.js";
import type { JobBatch, JobHead, Spent, ToChild } from "./protocol.js";
import { RunningJob, type VisibleJob } from "./running-job.js";
import { Slots, type Board } from "./slots.js";
import { ChildHost, type Claim } from "./child-host.js";

/** How long jobs are begun one after the other before the event loop gets its turn. */
const TURN_MS = 5;

/** A batch with the place of its next job. */
interface Open {
  readonly batch: JobBatch;
  readonly slots: Slots;
  readonly args: readonly Uint8Array[];
  next: number;
}

/** A task, or why it cannot be loaded. */
type Loaded = Executable | { readonly error: RemoteError };

/** A job that was claimed here. */
interface Claimed extends Claim {
  readonly head: JobHead;
  readonly args: Uint8Array;
  readonly startedMs: number;
}

/** A job that is over. */
interface Performed {
  readonly task: RunningJob;
  readonly host: ChildHost;
  readonly verdict: Verdict;
}

export interface RunnerOptions {
  readonly registry: LoadedRegistry;
  readonly outbox: Outbox;
  readonly board: Board;
  readonly capacity: number;
  readonly lifetime: Lifetime;
}

/** Claims jobs in a child of a pool while it has room, and runs them. */
export class Runner {
  readonly #options: RunnerOptions;
  readonly #permits: Permits;
  readonly #loaded = new Map<string, Loaded>();
  readonly #running = new Map<number, RunningJob>();
  readonly #batches: Open[] = [];
  readonly #pulse = new Pulse();
  #turnStartMs = 0;
  #beginning = false;
  #loading = false;
  #yielding = false;
  #isSpent = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#permits = new Permits(options.capacity, () => this.#beginJobs());
  }

  receive(message: Exclude<ToChild, { readonly kind: "tear-down" }>): void {
    if (message.kind === "ping") return this.#options.board.answer(message.ping);
    if (message.kind === "abort")
      return this.#running.get(message.key)?.abort(new TaskAborted(message.code, message.message));
    this.#batches.push({ batch: message, slots: new Slots(message.slots), args: unpack(message.args), next: 0 });
    if (this.#isSpent) return this.#returnRest();
    this.#startTurn();
    // a message comes outside of all tasks
    this.#beginJobs();
  }

  /** n.b. outside of all tasks, lest the asynchronous context of one becomes that of others. */
  #beginJobs(): void {
    // n.b. a job that ends at once makes room while they are begun
    if (this.#beginning) return;
    this.#beginning = true;
    try {
      this.#beginEach();
    } finally {
      this.#beginning = false;
    }
  }

  /** One job after the other: while one computes, the main thread can still give the next to another thread. */
  #beginEach(): void {
    while (this.#permits.available && !this.#loading && !this.#isSpent) {
      const now = monotonicMs();
      if (now - this.#turnStartMs > TURN_MS) return this.#yield();
      const open = this.#nextOpen();
      if (open === undefined) return;
      const task = open.batch.heads[open.next]![1];
      const executable = this.#loaded.get(task);
      // n.b. loaded before it is claimed, so that a claimed job begins at once
      if (executable === undefined) return void this.#load(task);
      const claimed = this.#claim(open, now);
      if (claimed !== undefined) this.#run(claimed, executable);
    }
  }

  async #load(task: string): Promise<void> {
    this.#loading = true;
    this.#loaded.set(
      task,
      await this.#options.registry.load(task).catch((error: unknown) => ({ error: toRemoteError(error) })),
    );
    this.#loading = false;
    this.#startTurn();
    this.#beginJobs();
  }

  #startTurn(): void {
    this.#turnStartMs = monotonicMs();
    this.#options.outbox.beginTurn(this.#turnStartMs);
  }

  #yield(): void {
    if (this.#yielding) return;
    this.#yielding = true;
    setImmediate(() => {
      this.#yielding = false;
      this.#options.outbox.flush();
      this.#startTurn();
      this.#beginJobs();
    });
  }

  /** The first batch with jobs that were not looked at. */
  #nextOpen(): Open | undefined {
    for (;;) {
      const open = this.#batches[0];
      if (open === undefined || open.next < open.args.length) return open;
      this.#batches.shift();
    }
  }

  #claim(open: Open, now: number): Claimed | undefined {
    const { batch, slots, args } = open;
    const index = open.next++;
    if (!slots.claim(index, now - batch.epoch)) return undefined;
    this.#options.board.countClaim();
    this.#permits.take();
    this.#note(this.#options.lifetime.begin());
    return { key: batch.firstKey + index, slots, index, head: batch.heads[index]!, args: args[index]!, startedMs: now };
  }

  #run(claimed: Claimed, executable: Loaded): void {
    const { head, key, args } = claimed;
    const reporting = "error" in executable ? undefined : this.#reporterOf(executable, key);
    const host = new ChildHost(claimed, { outbox: this.#options.outbox, permits: this.#permits, reporting });
    const task = new RunningJob(visible(head), host);
    this.#running.set(key, task);
    // n.b. one that waits in a process may be aborted before it begins
    const pending = host.pendingAbort();
    if (pending !== undefined) task.abort(pending);
    if (head[9]) this.#options.outbox.started(key);
    const job = { args, contract: head[10], expires: head[7], startBy: head[13], seal: head[15] };
    const verdict = perform(executable, task, job);
    if (!(verdict instanceof Promise)) return this.#end(claimed, { task, host, verdict });
    void verdict.then((late) => this.#end(claimed, { task, host, verdict: late }));
  }

  #end({ key, slots, index, startedMs }: Claimed, { task, host, verdict }: Performed): void {
    slots.finish(index);
    this.#running.delete(key);
    task.ended();
    const isLast = this.#running.size === 0 && this.#nextOpen() === undefined;
    this.#options.outbox.ended(key, monotonicMs() - startedMs, verdict, isLast);
    this.#note(this.#options.lifetime.checkMemory());
    host.end();
  }

  #reporterOf(executable: Executable, key: number): ProgressReporter | undefined {
    if (executable.definition.options.progress === undefined) return undefined;
    const { outbox } = this.#options;
    return ProgressReporter.of(executable, this.#pulse, {
      add: (state, value) => outbox.progress(key, state, value),
      flush: () => outbox.flush(),
      warn: (message) => outbox.log(key, { level: "warn", message }),
    });
  }

  #note(spent: Spent | undefined): void {
    if (spent === undefined || this.#isSpent) return;
    this.#isSpent = true;
    this.#options.outbox.spent(spent);
    this.#returnRest();
  }

  /** Gives back all that has not begun. */
  #returnRest(): void {
    const keys = this.#batches
      .splice(0)
      .flatMap(({ batch, slots, args, next }) =>
        args.flatMap((_, index) => (index >= next && slots.take(index) ? [batch.firstKey + index] : [])),
      );
    this.#options.outbox.returned(keys);
  }
}

function perform(executable: Loaded, task: RunningJob, job: ExecutableJob): Verdict | Promise<Verdict> {
  if ("error" in executable) return { kind: "failure", error: executable.error, expected: false };
  return runJob(executable, task, job);
}

const NO_ANCESTORS: readonly string[] = [];

const visible = ([
  id,
  task,
  retries,
  redeliveries,
  rootId = id,
  parentId,
  headers = {},
  ,
  softTimeLimitMs,
  ,
  ,
  timeLimitMs,
  ancestors = NO_ANCESTORS,
  _startBy,
  storesNothing,
]: JobHead): VisibleJob => ({
  id,
  task,
  retries,
  redeliveries,
  rootId,
  parentId,
  ancestors,
  headers,
  softTimeLimitMs,
  timeLimitMs,
  storesNothing: storesNothing === true,
});
