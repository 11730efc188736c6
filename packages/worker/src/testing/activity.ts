import type { QueueDepth } from "@taskgen/core/internal";
import type { TaskEvent } from "../events.js";
import type { Worker } from "../worker.js";

const BEGINS = "task-received";
const ENDS = ["task-succeeded", "task-failed", "task-rejected", "task-revoked", "task-ignored"] as const;
/** It is not running any more, and may run again. */
const PAUSES = ["task-retried", "task-lost"] as const;

/** Where an activity looks. */
export interface ActivityProbe {
  readonly depths: () => Promise<readonly QueueDepth[]>;
  /** Resolves when no call is on its way to the broker. */
  readonly sent: () => Promise<void>;
}

/** Whether anything is under way: what a worker runs, and what its broker holds that is due. */
export class Activity {
  readonly #probe: ActivityProbe;
  readonly #running = new Map<string, string>();
  readonly #ended = new Set<string>();
  readonly #unread = new Set<string>();
  readonly #watchers = new Set<() => void>();

  constructor(probe: ActivityProbe) {
    this.#probe = probe;
  }

  watch(worker: Worker): void {
    worker.on(BEGINS, ({ id, task }) => void this.#running.set(id, task));
    for (const pause of PAUSES) worker.on(pause, (event) => this.#paused(event));
    for (const end of ENDS) {
      worker.on(end, (event) => {
        this.#ended.add(event.id);
        this.#paused(event);
      });
    }
  }

  /** Whether a task has come to its end. */
  hasEnded(id: string): boolean {
    return this.#ended.has(id);
  }

  /** A task does not go on before what it yields is read. */
  waitsForReader(id: string): void {
    this.#unread.add(id);
    this.changed();
  }

  needsReader(id: string): boolean {
    return this.#unread.has(id);
  }

  isRunning(id: string): boolean {
    return this.#running.has(id);
  }

  /** Something was sent or settled. */
  readonly changed = (): void => {
    for (const watcher of this.#watchers) watcher();
  };

  /** Resolves when nothing runs and nothing that is due waits; rejects after so many milliseconds. */
  idle(timeoutMs: number): Promise<void> {
    return this.until(() => this.#isIdle(), timeoutMs);
  }

  /** Resolves when `probe` says so, which is asked after every change; rejects after so many milliseconds. */
  async until(probe: () => boolean | Promise<boolean>, timeoutMs: number): Promise<void> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    try {
      // n.b. what one turn of the event loop sends or settles is seen in the next
      for (await turn(); !(await probe()); await turn()) {
        if (late.signal.aborted) throw new Error(await this.#describe(timeoutMs));
        await this.#change(late.signal);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #paused({ id }: TaskEvent): void {
    this.#running.delete(id);
    this.changed();
  }

  async #isIdle(): Promise<boolean> {
    await this.#probe.sent();
    if (this.#running.size > 0) return false;
    return (await this.#probe.depths()).every(({ waiting, owned }) => waiting === 0 && owned === 0);
  }

  async #change(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#watchers.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#watchers.add(done);
      signal.addEventListener("abort", done, { once: true });
      if (signal.aborted) done();
    });
  }

  async #describe(timeoutMs: number): Promise<string> {
    const running = [...this.#running].map(([id, task]) => `${task} (${id}) runs`);
    const waiting = (await this.#probe.depths()).flatMap(({ queue, waiting: count }) =>
      count > 0 ? [`${count} in the queue ${queue} that is not consumed, or not fast enough`] : [],
    );
    return `tasks have not ended within ${timeoutMs} ms: ${[...running, ...waiting].join("; ") || "they are being settled"}`;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
