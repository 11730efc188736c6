import { createId, hasRegisters, type Connection, type Swap } from "@taskgen/core/internal";
import type { OwnedJob } from "./triage.js";
import type { Verdict } from "./verdict.js";

/** Why a job that came does not run: another message of it did or does, or it ends here with a verdict. */
export type Refused = "drop" | Verdict;

type Look = (jobs: readonly OwnedJob[]) => Promise<readonly (Refused | undefined)[]>;

/** How long it is known which of the messages of an id runs, in milliseconds. */
const CLAIM_MS = 24 * 3_600_000;
/** How long it is known that the latest call has begun. */
const BEGUN_MS = 24 * 3_600_000;

/** As far as it tells, nobody has begun this message. */
const isFresh = ({ redeliveries, retries, header }: OwnedJob): boolean =>
  redeliveries === 0 && retries === 0 && header.unique !== "claimed";

const mayBeCopy = (job: OwnedJob): boolean => isFresh(job) && job.header.unique !== undefined;
const mayBeSuperseded = (job: OwnedJob): boolean => isFresh(job) && job.header.debounce !== undefined;
const mayHaveEnded = ({ redeliveries }: OwnedJob): boolean => redeliveries > 0;

/** Whether more than its header decides if a job runs. */
export const mustBeLookedUp = (job: OwnedJob): boolean => mayHaveEnded(job) || mayBeCopy(job) || mayBeSuperseded(job);

/** Finds out which of the jobs that came run. What cannot be known now speaks for a run: at least once. */
export class Arrivals {
  readonly #connection: Connection;
  readonly #claimed = new WeakSet<OwnedJob>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Whether it is this message that runs, of all that there may be of its id. */
  isChosen(job: OwnedJob): boolean {
    return job.header.unique === "claim" && (this.#claimed.has(job) || !isFresh(job));
  }

  /** For each job why it does not run. */
  async look(jobs: readonly OwnedJob[]): Promise<readonly (Refused | undefined)[]> {
    const refused = new Map<OwnedJob, Refused>();
    const look = async (concerns: (job: OwnedJob) => boolean, at: Look): Promise<void> => {
      const part = jobs.filter((job) => concerns(job) && !refused.has(job));
      const found = part.length === 0 ? [] : await at(part).catch(() => []);
      found.forEach((reason, i) => reason !== undefined && refused.set(part[i]!, reason));
    };
    await look(mayHaveEnded, (part) => this.#ended(part));
    await look(mayBeCopy, (part) => this.#copies(part));
    await look(mayBeSuperseded, (part) => this.#superseded(part));
    return jobs.map((job) => refused.get(job));
  }

  /** Those that have a stored result. */
  async #ended(jobs: readonly OwnedJob[]): Promise<(Refused | undefined)[]> {
    const records = await this.#connection.results.get(jobs.map(({ id }) => id));
    return records.map((record) => (record === undefined ? undefined : "drop"));
  }

  /** Those whose id another message has. */
  async #copies(jobs: readonly OwnedJob[]): Promise<(Refused | undefined)[]> {
    const claims = jobs.map(({ id }) => ({
      key: `message:${id}`,
      expected: undefined,
      next: createId(),
      ttlMs: CLAIM_MS,
    }));
    // n.b. also those of whose claim nothing is known: it may have been made, and must not end them when they are handed back
    for (const job of jobs) this.#claimed.add(job);
    const held = await this.#swap(claims);
    return jobs.map((_, i) => (held[i] === claims[i]!.next ? undefined : "drop"));
  }

  /** Those of which a later call is known; the latest is noted to have begun. */
  async #superseded(jobs: readonly OwnedJob[]): Promise<(Refused | undefined)[]> {
    const held = await this.#swap(jobs.map(({ header }) => read(header.debounce!)));
    const begun: Swap[] = [];
    const refused = jobs.map(({ id, header }, i) => {
      const [at, , latest] = held[i]?.split(" ") ?? [];
      if (latest === id)
        begun.push({ key: header.debounce!, expected: held[i], next: `${at} - ${id}`, ttlMs: BEGUN_MS });
      return latest === undefined || latest === id || Number(at) < (header.debouncedAt ?? 0)
        ? undefined
        : after(latest);
    });
    if (begun.length > 0) await this.#swap(begun);
    return refused;
  }

  async #swap(batch: readonly Swap[]): Promise<readonly (string | undefined)[]> {
    const { results } = this.#connection;
    return hasRegisters(results) ? results.swap(batch) : batch.map(({ next }) => next);
  }
}

const read = (key: string): Swap => ({ key, expected: undefined, next: undefined, ttlMs: 1 });

const after = (latest: string): Verdict => ({
  kind: "ignore",
  error: { name: "Superseded", code: "SUPERSEDED", message: `a later call took its place: ${latest}` },
});
