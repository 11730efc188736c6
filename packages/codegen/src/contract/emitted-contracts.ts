import { shortHash } from "./hash.js";

/** A contract as generated code names it. */
export interface ContractHashes {
  /** The short hash of the types as they are now. */
  readonly hash: string;
  /** Short hashes of those they were, the latest first. */
  readonly accepts: readonly string[];
}

/**
 * The hashes that generated code carries, by wire name: of each task as the code is now, and of the contracts whose messages
 * may still be on their way, that of the lock first where the code has left it.
 */
export function emittedContracts(current: Hashed, lock?: Hashed): ReadonlyMap<string, ContractHashes> {
  return new Map(
    Object.entries(current.tasks).map(([name, task]) => {
      const locked = lock !== undefined && Object.hasOwn(lock.tasks, name) ? lock.tasks[name] : undefined;
      const known = new Set([...(locked ? hashesOf(locked) : []), ...hashesOf(task)]);
      known.delete(task.contract);
      return [name, { hash: shortHash(task.contract), accepts: [...known].map(shortHash) }];
    }),
  );
}

/** As much of a contract as generated code depends on. */
export interface Hashed {
  readonly tasks: Readonly<Record<string, HashedTask>>;
}

interface HashedTask {
  readonly contract: string;
  readonly history: readonly { readonly contract: string }[];
}

const hashesOf = ({ contract, history }: HashedTask): string[] => [contract, ...history.map((past) => past.contract)];
