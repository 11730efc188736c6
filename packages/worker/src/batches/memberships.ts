import type { Job, StopReason } from "../pool/pool.js";
import type { BatchRoom } from "./batch-room.js";
import type { Batch } from "./batch.js";

/** Which calls are in which batch, from the time that a pool has it until they end. */
export class Memberships<J extends Job> {
  readonly #room: BatchRoom<J>;
  readonly #batches = new Map<J, Batch<J>>();

  constructor(room: BatchRoom<J>) {
    this.#room = room;
  }

  add(batch: Batch<J>): void {
    for (const job of batch.members) this.#batches.set(job, batch);
  }

  /** The batch of a call that has not ended. */
  of(job: J): Batch<J> | undefined {
    return this.#batches.get(job);
  }

  /** The members of a batch that have not ended. */
  open(batch: Batch<J>): J[] {
    return batch.members.filter((member) => this.#batches.get(member) === batch);
  }

  /** It is over for one call; whether it was in a batch. */
  end(job: J): boolean {
    const batch = this.#batches.get(job);
    if (batch === undefined) return false;
    this.#batches.delete(job);
    batch.stopped.delete(job);
    batch.open--;
    // n.b. the last one leaves with the slot
    if (batch.open > 0) this.#room.leave(job);
    return true;
  }

  /** It is over for all members that have not ended; they, and who of them was told to stop. */
  endAll(batch: Batch<J>): { readonly jobs: readonly J[]; readonly stopped: ReadonlyMap<J, StopReason> } {
    const [jobs, stopped] = [this.open(batch), new Map(batch.stopped)];
    for (const job of jobs) this.end(job);
    return { jobs, stopped };
  }

  clear(): void {
    this.#batches.clear();
  }
}
