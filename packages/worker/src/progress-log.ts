import type { ResultEvent } from "@taskgen/core/internal";
import type { JobReport } from "./pool/pool.js";
import type { OwnedJob } from "./triage.js";

export interface ProgressLogOptions {
  readonly append: (batch: readonly ResultEvent[]) => Promise<void>;
  readonly ttlMs: number;
  readonly onError: (error: unknown) => void;
}

const encoder = new TextEncoder();

/** Stores what running tasks report: the newest of each, all of them in one batch, one batch at a time. */
export class ProgressLog {
  readonly #options: ProgressLogOptions;
  #waiting = new Map<OwnedJob, JobReport<OwnedJob>>();
  #underWay = new Map<OwnedJob, JobReport<OwnedJob>>();
  #isStoring = false;
  #round: Promise<void> = Promise.resolve();

  constructor(options: ProgressLogOptions) {
    this.#options = options;
  }

  add(reports: readonly JobReport<OwnedJob>[]): void {
    for (const report of reports) if (isWanted(report.job)) this.#waiting.set(report.job, report);
    if (!this.#isStoring) void this.#storeAll();
  }

  /** Resolves when all that a job reported is stored, or cannot be; `undefined` when that is so now. */
  stored(job: OwnedJob): Promise<void> | undefined {
    return this.#has(job) ? this.#until(() => !this.#has(job)) : undefined;
  }

  #has(job: OwnedJob): boolean {
    return this.#waiting.has(job) || this.#underWay.has(job);
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.#round;
  }

  async #storeAll(): Promise<void> {
    this.#isStoring = true;
    while (this.#waiting.size > 0) await (this.#round = this.#store());
    this.#isStoring = false;
  }

  async #store(): Promise<void> {
    this.#underWay = this.#waiting;
    this.#waiting = new Map();
    const events = [...this.#underWay.values()].map((report) => this.#event(report));
    try {
      await this.#options.append(events);
    } catch (error) {
      this.#options.onError(error);
    } finally {
      this.#underWay = new Map();
    }
  }

  #event({ job, state, value }: JobReport<OwnedJob>): ResultEvent {
    const { replyTo } = job.delivery.envelope;
    return { id: job.id, state, body: encoder.encode(value), replyTo, ttlMs: this.#options.ttlMs };
  }
}

/** n.b. what was lost is reported by whoever runs it now. */
const isWanted = ({ ignoreResult, delivery }: OwnedJob): boolean => !ignoreResult && !delivery.lost.aborted;
