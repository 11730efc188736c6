import type { Ambient } from "@taskgen/core";
import type { Codec, Connection, Limiting } from "@taskgen/core/internal";
import type { PlainTaskOptions } from "../pool/pool.js";
import type { WorkerQueue } from "../queues.js";
import type { OwnedJob } from "../triage.js";
import { companionOf } from "./companion.js";
import { Gate, type GateEvents } from "./gate.js";
import { LimitedJobs, type LimitedJobsHost } from "./limited-jobs.js";
import { keyOf } from "./key-of.js";
import { limitPolicy, type LimitPolicy } from "./policy.js";
import { SlotKeeper } from "./slot-keeper.js";
import { TurnCaller } from "./turn-caller.js";

/** What the limits of a worker work with. */
export interface LimitsOptions {
  readonly tasks: Readonly<Record<string, PlainTaskOptions>>;
  /** Those of them that are limited, or were. */
  readonly rooms: ReadonlySet<string>;
  readonly connection: Connection & { readonly results: Limiting };
  readonly ambient: Ambient;
  readonly codec: Pick<Codec, "decode">;
}

/** How often a room is looked at when nothing happens, at most; and how often all of them together. */
const IDLE_MS = 5_000;
const IDLE_EACH_MS = 3_000;

/** One limited task. */
interface Limited {
  readonly policy: LimitPolicy;
  readonly gate: Gate;
  readonly turns: TurnCaller;
  readonly keeper: SlotKeeper;
}

/** Keeps the tasks of a worker within their limits. */
export class Limits {
  readonly #options: LimitsOptions;
  readonly #limited = new Map<string, Limited>();
  readonly #clock: Pick<Ambient, "now" | "setAlarm">;
  readonly #worker: string;
  #on: GateEvents | undefined;
  #holders = 0;

  constructor(options: LimitsOptions) {
    this.#options = options;
    this.#clock = evenly(options.ambient);
    this.#worker = options.ambient.createId();
  }

  /** Says what becomes of jobs; before anything else. */
  bind(host: LimitedJobsHost): void {
    const on = (this.#on = new LimitedJobs(host));
    const { rooms } = this.#options;
    const idleMs = Math.max(IDLE_MS, rooms.size * IDLE_EACH_MS);
    for (const name of rooms) this.#limited.set(name, this.#limit(name, on, idleMs));
  }

  /** The queues to take from: with each the one by which turns travel. */
  lanes(queues: readonly WorkerQueue[]): readonly WorkerQueue[] {
    return queues.flatMap((queue) => [queue, { ...queue, name: companionOf(queue.name) }]);
  }

  /** Begins to look for turns. */
  start(): void {
    for (const { turns } of this.#limited.values()) turns.call();
  }

  /** Takes those that a limit holds for, and returns the others. */
  gate(jobs: readonly OwnedJob[]): readonly OwnedJob[] {
    return jobs.filter((job) => {
      const limited = this.#limited.get(job.task);
      return limited?.policy.isLimited !== true || !this.#add(job, limited);
    });
  }

  /** A job of a limited task began too late, and needs another time. */
  again(job: OwnedJob): void {
    this.#limited.get(job.task)?.gate.again(job);
  }

  /** A job is over, or no more ours. */
  gone(job: OwnedJob): void {
    this.#limited.get(job.task)?.gate.gone(job);
  }

  /** A message ended before it was a job; its turn may have been given. */
  unrun(task: string, id: string): void {
    this.#limited.get(task)?.keeper.leave({ id, holder: "" });
  }

  /** Looks for turns no more; returns the jobs that have not passed. */
  takeBack(): OwnedJob[] {
    const all = [...this.#limited.values()];
    for (const { turns } of all) void turns.stop();
    return all.flatMap(({ gate }) => gate.takeBack());
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#limited.values()].flatMap(({ turns, keeper }) => [turns.stop(), keeper.stop()]));
  }

  /** False when it need not wait. */
  #add(job: OwnedJob, { gate, policy }: Limited): boolean {
    const { codec, connection } = this.#options;
    try {
      const key = keyOf(job, policy, { codec, sealer: connection.sealer });
      if (key !== undefined) gate.add(job, key);
      return key !== undefined;
    } catch (error) {
      this.#on!.refused(job, error);
      return true;
    }
  }

  #limit(name: string, on: GateEvents, idleMs: number): Limited {
    const { connection } = this.#options;
    const warn = (error: unknown): void => on.warn(error);
    const policy = limitPolicy(name, this.#options.tasks[name]!);
    const common = { policy, limiting: connection.results, connection, clock: this.#clock, warn };
    const keeper: SlotKeeper = new SlotKeeper({ ...common, slots: () => gate.slots, onFree: () => turns.call() });
    const leave = keeper.leave.bind(keeper);
    const turns = new TurnCaller({ ...common, idleMs, leave });
    const createHolder = (): string => `${this.#worker}.${this.#holders++}`;
    const gate: Gate = new Gate({
      ...common,
      now: this.#options.ambient.now,
      on,
      createHolder,
      onHeld: () => turns.call(),
      leave,
    });
    return { policy, gate, turns, keeper };
  }
}

/** n.b. the clock of a machine may be set: what passes by it is not what passes. */
const evenly = ({ now, setAlarm }: Ambient): Pick<Ambient, "now" | "setAlarm"> => ({
  now: now === Date.now ? () => performance.now() : now,
  setAlarm,
});
