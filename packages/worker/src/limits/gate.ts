import type { Ambient } from "@taskgen/core";
import { replaceHeader, type Admission, type Entrant, type HeldSlot, type Limiting } from "@taskgen/core/internal";
import { pause } from "../pause.js";
import type { OwnedJob } from "../triage.js";
import { homeOf } from "./companion.js";
import type { LimitPolicy } from "./policy.js";
import { StartTimes } from "./start-times.js";

/** What becomes of the jobs at a gate. */
export interface GateEvents {
  /** They run now; before all others, where they have missed their time before. */
  readonly run: (jobs: readonly OwnedJob[], first: boolean) => void;
  /** They run later, here. */
  readonly waits: (job: OwnedJob) => void;
  /** They wait in the store, and are no more ours. Resolves when the broker knows. */
  readonly held: (jobs: readonly OwnedJob[]) => Promise<void>;
  /** It has no key that could be one. */
  readonly refused: (job: OwnedJob, error: unknown) => void;
  readonly warn: (error: unknown) => void;
}

export interface GateOptions {
  readonly policy: LimitPolicy;
  readonly limiting: Limiting;
  /** Its time passes evenly. */
  readonly clock: Pick<Ambient, "now" | "setAlarm">;
  /** The time as those who run jobs know it. */
  readonly now: () => number;
  /** A name for a try. */
  readonly createHolder: () => string;
  readonly on: GateEvents;
  /** Somebody waits in the room. */
  readonly onHeld: () => void;
  /** These slots are free. */
  readonly leave: (slot: HeldSlot) => void;
}

/** A job at the gate, or past it. */
interface Pass {
  readonly key: string;
  readonly holder: string;
  /** It has missed its time before. */
  readonly wasLate: boolean;
  state: "asks" | "waits" | "runs";
  startBy: number;
}

const MAX_BATCH = 200;
const RETRY_MS = 500;
/** Clocks of whole milliseconds, of the store and of whoever runs a job, and the way to its function. */
const ROUNDING_MS = 3;

/** Lets the jobs of one task pass when they may start. */
export class Gate {
  readonly #options: GateOptions;
  readonly #passes = new Map<OwnedJob, Pass>();
  readonly #times: StartTimes<OwnedJob>;
  readonly #halt = new AbortController();
  #asking: OwnedJob[] = [];
  #isBusy = false;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#times = new StartTimes(options.clock, (jobs) => this.#begin(jobs));
  }

  /** The slots that jobs of this worker hold. */
  get slots(): readonly HeldSlot[] {
    return [...this.#passes].flatMap(([{ id }, { holder, state }]) => (state === "asks" ? [] : [{ id, holder }]));
  }

  add(job: OwnedJob, key: string, wasLate = false): void {
    this.#passes.set(job, { key, holder: this.#options.createHolder(), wasLate, state: "asks", startBy: Infinity });
    this.#asking.push(job);
    if (!this.#isBusy) void this.#ask();
  }

  /** It began too late: it needs another time. False when it is not of this gate. */
  again(job: OwnedJob): boolean {
    const pass = this.#passes.get(job);
    if (pass === undefined) return false;
    this.add(job, pass.key, true);
    return true;
  }

  /** A job is over, or no more ours. */
  gone(job: OwnedJob): void {
    const pass = this.#passes.get(job);
    if (pass === undefined || !this.#passes.delete(job)) return;
    if (pass.state === "waits") this.#times.remove(job);
    if (pass.state !== "asks") this.#options.leave({ id: job.id, holder: pass.holder });
  }

  /** Those that have not passed. */
  takeBack(): OwnedJob[] {
    this.#halt.abort();
    return [...this.#passes].flatMap(([job, { state }]) => (state === "runs" ? [] : [job]));
  }

  async #ask(): Promise<void> {
    this.#isBusy = true;
    // what comes in the same turn is asked together
    await Promise.resolve();
    while (this.#asking.length > 0) {
      const batch = this.#asking.splice(0, MAX_BATCH).flatMap((job) => {
        const pass = this.#passes.get(job);
        return pass === undefined ? [] : [[job, pass] as const];
      });
      if (batch.length > 0) await this.#askFor(batch);
    }
    this.#isBusy = false;
  }

  async #askFor(batch: readonly (readonly [OwnedJob, Pass])[]): Promise<void> {
    const { limiting, policy, clock, on } = this.#options;
    const askedAt = clock.now();
    try {
      const admissions = await limiting.admit(policy.room, policy.rules, batch.map(toEntrant));
      this.#admitted(batch, admissions, askedAt);
    } catch (error) {
      on.warn(error);
      await pause(RETRY_MS, this.#halt.signal);
      if (!this.#halt.signal.aborted) this.#asking.unshift(...batch.map(([job]) => job));
    }
  }

  #admitted(batch: readonly (readonly [OwnedJob, Pass])[], admissions: readonly Admission[], askedAt: number): void {
    const held: OwnedJob[] = [];
    const begin: OwnedJob[] = [];
    for (const [i, [job, pass]] of batch.entries()) {
      const admission = admissions[i]!;
      const isOurs = this.#passes.get(job) === pass;
      if (admission === "held") {
        if (isOurs && this.#passes.delete(job)) held.push(job);
      } else if (!isOurs) this.#options.leave({ id: job.id, holder: pass.holder });
      else if (this.#grant(job, pass, { admission, askedAt })) begin.push(job);
    }
    if (begin.length > 0) this.#begin(begin);
    if (held.length > 0) void this.#options.on.held(held).then(this.#options.onHeld);
  }

  /** True when it may begin at once. n.b. the store looked at its clock after it was asked, and before it answered. */
  #grant(job: OwnedJob, pass: Pass, { admission, askedAt }: { admission: number; askedAt: number }): boolean {
    const { policy, clock, on } = this.#options;
    if (policy.isPaced) pass.startBy = askedAt + admission + policy.rules.lateMs - ROUNDING_MS;
    pass.state = "waits";
    if (admission <= 0) return true;
    this.#times.add(job, clock.now() + admission);
    on.waits(job);
    return false;
  }

  #begin(jobs: readonly OwnedJob[]): void {
    const now = this.#options.clock.now();
    const inTime = jobs.filter((job) => {
      const pass = this.#passes.get(job)!;
      if (pass.startBy <= now) return void this.again(job);
      pass.state = "runs";
      job.startBy = pass.startBy === Infinity ? undefined : this.#options.now() + pass.startBy - now;
      return true;
    });
    for (const first of [true, false]) {
      const those = inTime.filter((job) => this.#passes.get(job)!.wasLate === first);
      if (those.length > 0) this.#options.on.run(those, first);
    }
  }
}

const toEntrant = ([job, { key, holder }]: readonly [OwnedJob, Pass]): Entrant => {
  const { envelope } = job.delivery;
  return { id: job.id, key, holder, envelope: { ...envelope, queue: homeOf(envelope.queue), body: bodyOf(job) } };
};

/**
 * n.b. a message that is sent again is a new one to the transport, which counts anew how many workers died with it; and it is no
 * copy of the one that claimed its id.
 */
function bodyOf({ delivery: { envelope }, header, redeliveries }: OwnedJob): Uint8Array {
  const isClaimed = header.unique === "claim";
  if (redeliveries === 0 && !isClaimed) return envelope.body;
  const next = {
    ...header,
    ...(redeliveries > 0 && { redeliveries }),
    ...(isClaimed && { unique: "claimed" as const }),
  };
  return replaceHeader(envelope.body, next);
}
