import { TransportError } from "../../errors.js";
import { ConnectionLost, isPassing, isUndone, textOf, toTransportError } from "./failure.js";
import type { Session } from "./session.js";

/** What is done on a session; `repeated` says that it may have been done before. */
export type Operation<T> = (session: Session, repeated: boolean) => Promise<T>;

/** How far an operation has come. */
export interface Progress {
  /** It was asked for, and not answered. */
  unsure: boolean;
  /** Nobody waits for it any more. */
  readonly over: () => void;
  /** What the server said when it refused for now. */
  refusal?: unknown;
}

/** What an operation ended with. Nothing happened for certain where the only answer was a refusal, or nothing was ever asked. */
export function outcomeOf(error: unknown, { unsure, refusal }: Progress, location: string): TransportError {
  if (!(error instanceof ConnectionLost)) return toTransportError(error, location, unsure);
  if (refusal !== undefined && !unsure) return toTransportError(refusal, location);
  return new TransportError("BROKER_UNAVAILABLE", `${location}: ${textOf(error)}`, { certain: !unsure });
}

/** Whether it was refused for now, rather than not answered; `unsure` as it was before. @throws what ends the operation. */
export function wasRefused(error: unknown, progress: Progress, unsure: boolean): boolean {
  if (error instanceof ConnectionLost) return false;
  progress.unsure = unsure || !isUndone(error);
  if (!isPassing(error)) throw error;
  progress.refusal = error;
  return true;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** How long to wait before the next attempt: at least half of 50, 100, 200 … 1,000 ms, at most all of it. */
export const pauseAfter = (failures: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
