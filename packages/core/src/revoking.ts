import type { ResultBackend } from "./result-backend.js";

/** That a task must not run, or not run on. */
export interface Revocation {
  readonly id: string;
  /** How long it holds, in milliseconds. */
  readonly ttlMs: number;
  /** What runs is ended by force when its signal does not end it. */
  readonly terminate: boolean;
  /** It holds for all that descends from the task. */
  readonly children: boolean;
}

/** Optional power of a result backend: to keep revocations for workers that are not up now. */
export interface Revoking {
  /** What is kept of an id already is added to: nothing takes back its time or its force. */
  mark(batch: readonly Revocation[]): Promise<void>;
  /** All that hold now, in any order; `ttlMs` is what is left. */
  marks(): Promise<readonly Revocation[]>;
}

export function canRevoke(results: ResultBackend): results is ResultBackend & Revoking {
  return "mark" in results;
}
