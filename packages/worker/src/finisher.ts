import type { AppInternals, Connection, Delivery, Envelope, Finish, SettleOutcome } from "@taskgen/core/internal";
import { conclude, later, type ConcludeOptions } from "./conclude.js";
import type { Emitter } from "./events.js";
import type { Ended } from "./pool/pool.js";
import { reportEnd } from "./report.js";
import type { Settler } from "./settler.js";
import type { OwnedJob, Triage } from "./triage.js";

const encoder = new TextEncoder();

/** What a finisher works with. */
export interface FinisherOptions {
  readonly app: AppInternals;
  readonly connection: Connection;
  readonly settler: Settler;
  readonly events: Emitter;
}

/** Brings what was decided of a delivery to the broker and the result store. */
export class Finisher {
  readonly #options: FinisherOptions;
  readonly #conclude: ConcludeOptions;

  constructor(options: FinisherOptions) {
    this.#options = options;
    const { resultTtlMs, ambient } = options.app.options;
    this.#conclude = { ttlMs: resultTtlMs, now: ambient.now };
  }

  /** A job ended in the pool. */
  end(ended: Ended<OwnedJob>): void {
    const { job, verdict } = ended;
    reportEnd(this.#options.events, ended);
    if (verdict.kind === "retry") this.#append(job, "RETRY", encoder.encode(JSON.stringify(verdict.error)));
    const { delivery, header, ignoreResult } = job;
    const finish = conclude({ delivery, header, verdict, ignoreResult }, this.#conclude);
    if (job.early) void this.#endAcknowledged(finish);
    else this.#settle(finish, job);
  }

  /** A delivery ends without having run. */
  endUnrun(delivery: Delivery, { task, verdict }: Extract<Triage, { kind: "end" }>): void {
    const job = { id: delivery.envelope.id, task };
    reportEnd(this.#options.events, { job: job as OwnedJob, verdict, runtimeMs: 0 });
    this.#settle(conclude({ delivery, header: undefined, verdict, ignoreResult: false }, this.#conclude), job);
  }

  /** Puts a delivery back for a worker that knows its task. */
  park(delivery: Delivery, { header, delayMs, reason }: Extract<Triage, { kind: "park" }>): void {
    const job = { id: delivery.envelope.id, task: header.task };
    this.#options.events.emit("task-parked", () => ({ ...job, delayMs, reason }));
    const next = later(delivery.envelope, header, this.#conclude.now() + delayMs);
    this.#settle({ settlement: { delivery, to: "retry", next } }, job);
  }

  /** Hands a delivery back as if it had never been taken. */
  release(job: OwnedJob): void {
    this.#settle({ settlement: { delivery: job.delivery, to: "release" } }, job);
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
    this.#append(job, "STARTED", new Uint8Array());
  }

  #settle(finish: Finish, job: { readonly id: string; readonly task: string }): void {
    this.#options.settler.add(finish, (outcome) => this.#settled(outcome, job));
  }

  #settled(outcome: SettleOutcome, { id, task }: { readonly id: string; readonly task: string }): void {
    if (outcome === "ok") return;
    if (outcome === "lost") this.#options.events.emit("task-lost", () => ({ id, task }));
    else this.#warn(outcome);
  }

  /** The broker has forgotten the delivery already: what is left is its result, or its next run. */
  async #endAcknowledged({ settlement, record }: Finish): Promise<void> {
    try {
      if (settlement.to === "retry") await this.#sendAgain(settlement.next);
      else if (record !== undefined) await this.#options.connection.results.put([record]);
    } catch (error) {
      this.#warn(error);
    }
  }

  async #sendAgain(next: Envelope): Promise<void> {
    const [outcome] = await this.#options.connection.transport.send([next], AbortSignal.timeout(30_000));
    if (outcome instanceof Error) throw outcome;
  }

  #append({ id, ignoreResult }: OwnedJob, state: string, body: Uint8Array): void {
    if (ignoreResult) return;
    const { results } = this.#options.connection;
    results.append([{ id, state, body, ttlMs: this.#conclude.ttlMs }]).catch((error: unknown) => this.#warn(error));
  }

  #warn(error: unknown): void {
    this.#options.events.emit("warning", () => ({ error: error instanceof Error ? error : new Error(String(error)) }));
  }
}
