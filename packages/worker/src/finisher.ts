import {
  toRemoteError,
  type AppInternals,
  type Connection,
  type Delivery,
  type Emitter,
  type Finish,
  type Header,
  type SettleOutcome,
} from "@taskgen/core/internal";
import { aborted } from "./aborted.js";
import { Acknowledged } from "./acknowledged.js";
import type { BrokerClock } from "./broker-clock.js";
import { conclude, later, type ConcludeOptions } from "./conclude.js";
import type { TaskEvent, WorkerEvents } from "./events.js";
import { deathsOf, isSuspect } from "./pool/entry.js";
import type { Ended, JobReport } from "./pool/pool.js";
import { ProgressLog } from "./progress-log.js";
import { reportEnd } from "./report.js";
import type { Settler } from "./settler.js";
import type { OwnedJob, Triage } from "./triage.js";
import type { Verdict } from "./verdict.js";

const encoder = new TextEncoder();
const NOTHING = new Uint8Array();

/** What a finisher works with. */
export interface FinisherOptions {
  readonly app: AppInternals;
  readonly connection: Connection;
  readonly settler: Settler;
  readonly clock: Pick<BrokerClock, "now">;
  readonly events: Emitter<WorkerEvents>;
}

/** Brings what was decided of a delivery to the broker and the result store. */
export class Finisher {
  readonly #options: FinisherOptions;
  readonly #conclude: ConcludeOptions;
  readonly #acknowledged: Acknowledged;
  readonly #progress: ProgressLog;
  /** Ends that wait for what their jobs reported to be stored. */
  readonly #ending = new Set<Promise<void>>();

  constructor(options: FinisherOptions) {
    this.#options = options;
    const { resultTtlMs } = options.app.options;
    const { sealer } = options.connection;
    this.#conclude = { ttlMs: resultTtlMs, now: options.clock.now, sealer };
    this.#acknowledged = new Acknowledged(options.connection, resultTtlMs, (error) => this.#warn(error));
    this.#progress = new ProgressLog({
      append: (batch) =>
        options.connection.results.append(sealer === undefined ? batch : batch.map((event) => sealer.sealEvent(event))),
      ttlMs: resultTtlMs,
      onError: (error) => this.#warn(error),
    });
  }

  /** A job ended in the pool. What it reported is stored before. */
  end(ended: Ended<OwnedJob>): void {
    const stored = this.#progress.stored(ended.job);
    if (stored === undefined) return this.#end(ended);
    const ending = this.#endAfter(stored, ended);
    this.#ending.add(ending);
    void ending.finally(() => this.#ending.delete(ending));
  }

  async #endAfter(stored: Promise<void>, ended: Ended<OwnedJob>): Promise<void> {
    await stored;
    this.#end(ended);
  }

  #end(ended: Ended<OwnedJob>): void {
    const { job, verdict } = ended;
    reportEnd(this.#options.events, ended);
    // n.b. of a task that reports, what it said last is what callers read
    if (verdict.kind === "retry")
      this.#append(job, "RETRY", job.reports ? NOTHING : encoder.encode(JSON.stringify(verdict.error)));
    const { delivery, header, ignoreResult, ignoresValue } = job;
    const finish = conclude({ delivery, header, verdict, ignoreResult, ignoresValue }, this.#conclude);
    if (job.early) this.#acknowledged.end(finish, ignoreResult);
    else this.#settle(finish, job);
  }

  /** A delivery ends without having run. */
  endUnrun(delivery: Delivery, { task, verdict, isTold }: Extract<Triage, { kind: "end" }>): void {
    const job = { id: delivery.envelope.id, task };
    if (isTold !== true) reportEnd(this.#options.events, { job: job as OwnedJob, verdict, runtimeMs: 0 });
    const conclusion = { delivery, header: undefined, verdict, ignoreResult: false, ignoresValue: false };
    this.#settle(conclude(conclusion, this.#conclude), job);
  }

  /** Puts a delivery back for a worker that knows its task. */
  park(delivery: Delivery, { header, delayMs, reason }: Extract<Triage, { kind: "park" }>): void {
    const job = { id: delivery.envelope.id, task: header.task };
    this.#options.events.emit("task-parked", () => ({ ...job, delayMs, reason }));
    const next = later(delivery.envelope, header, this.#conclude.now() + delayMs);
    this.#settle({ settlement: { delivery, to: "retry", next } }, job);
  }

  /** Hands a delivery back as if it had never been taken; who died with it here stays counted. */
  release(job: OwnedJob): void {
    if (isSuspect(job)) this.releaseAs(job, job.header);
    else this.#settle({ settlement: { delivery: job.delivery, to: "release" } }, job);
  }

  /** The same with another header. */
  releaseAs(job: OwnedJob, header: Header): void {
    this.#settle(this.#sentAgain(job, header), job);
  }

  /** Puts a delivery back that several workers died with, as with another one that is here; resolves when that is settled. */
  defer(job: OwnedJob, delayMs: number): Promise<void> {
    const reason = `${deathsOf(job)} workers died with it, and it must not meet others of that kind`;
    this.#options.events.emit("task-parked", () => ({ id: job.id, task: job.task, delayMs, reason }));
    return new Promise((resolve) => {
      const finish = this.#sentAgain(job, job.header, delayMs);
      this.#options.settler.add(finish, (outcome) => {
        this.#settled(outcome, finish, job);
        resolve();
      });
    });
  }

  /** Drops a message whose result is stored already. */
  dropEnded(job: OwnedJob): void {
    this.#settle({ settlement: { delivery: job.delivery, to: "done" } }, job);
  }

  /** Settles a delivery before it runs; true when it was still ours. */
  acknowledge(job: OwnedJob): Promise<boolean> {
    return new Promise((resolve) => {
      this.#options.settler.add({ settlement: { delivery: job.delivery, to: "done" } }, (outcome) =>
        resolve(outcome === "ok"),
      );
    });
  }

  /** Stores that a job runs now. */
  started(job: OwnedJob): void {
    this.#options.events.emit("task-started", () => ({ id: job.id, task: job.task }));
    this.#append(job, "STARTED", NOTHING);
  }

  /** Stores what running jobs report of themselves. */
  reported(batch: readonly JobReport<OwnedJob>[]): void {
    this.#progress.add(batch);
  }

  /** Resolves when everything is stored and settled, or the signal aborts. */
  async drained(signal: AbortSignal): Promise<void> {
    if (this.#ending.size > 0) await Promise.race([Promise.all(this.#ending), aborted(signal)]);
    await Promise.all([this.#options.settler.drained(signal), this.#acknowledged.drained(signal)]);
  }

  #sentAgain(job: OwnedJob, header: Header, delayMs = 0): Finish {
    const { delivery } = job;
    const redeliveries = deathsOf(job);
    // n.b. the broker counts anew
    const counted = redeliveries === 0 ? header : { ...header, redeliveries };
    const next = later(delivery.envelope, counted, this.#conclude.now() + delayMs);
    return { settlement: { delivery, to: "retry", next } };
  }

  #settle(finish: Finish, job: TaskEvent): void {
    this.#options.settler.add(finish, (outcome) => this.#settled(outcome, finish, job));
  }

  #settled(outcome: SettleOutcome, { settlement }: Finish, { id, task }: TaskEvent): void {
    if (outcome === "ok") return;
    if (outcome === "lost") return this.#options.events.emit("task-lost", () => ({ id, task }));
    this.#warn(outcome);
    if (settlement.to !== "retry" || outcome.code !== "PAYLOAD_TOO_LARGE") return;
    // its next header made it too large for the broker
    const verdict: Verdict = { kind: "reject", error: toRemoteError(outcome) };
    this.endUnrun(settlement.delivery, { kind: "end", task, verdict });
  }

  #append({ id, ignoreResult, delivery }: OwnedJob, state: string, body: Uint8Array): void {
    if (ignoreResult) return;
    const { results, sealer } = this.#options.connection;
    const event = { id, state, body, ttlMs: this.#conclude.ttlMs, replyTo: delivery.envelope.replyTo };
    results.append([sealer?.sealEvent(event) ?? event]).catch((error: unknown) => this.#warn(error));
  }

  #warn(error: unknown): void {
    this.#options.events.emit("warning", () => ({ error: error instanceof Error ? error : new Error(String(error)) }));
  }
}
