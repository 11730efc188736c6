import type { ResultBackend } from "./result-backend.js";

/** What a register is to hold, if it holds what is expected. */
export interface Swap {
  /** 1 to 512 characters; neither it nor a text has the character NUL. */
  readonly key: string;
  /** What it must hold: this text, nothing (`undefined`), or whatever it is. */
  readonly expected: string | undefined | typeof ANYTHING;
  /** What it holds then; `undefined` empties it. */
  readonly next: string | undefined;
  /** How long it holds that, in milliseconds. */
  readonly ttlMs: number;
}

/** `Swap.expected`: the register is written whatever it holds. */
export const ANYTHING = true;

/**
 * Optional power of a result backend: named texts that are compared and set in one step. Whoever resends a swap learns from the
 * answer whether it took effect, as long as texts tell apart who wrote them.
 */
export interface Registers {
  /** Makes each swap in turn; returns what each register holds after its own. A life is counted from the last swap that took effect. */
  swap(batch: readonly Swap[]): Promise<readonly (string | undefined)[]>;
}

export function hasRegisters(results: ResultBackend): results is ResultBackend & Registers {
  return "swap" in results;
}
