import { ConfigError, ResultError, TransportError } from "../../errors.js";
import { ConnectionLost, isRefusal, isReply, NotServing, textOf, toTransportError } from "./failure.js";
import type { Session } from "./session.js";

/** What is done on a session; `repeated` says that it may have been done before. */
export type Operation<T> = (session: Session, repeated: boolean) => Promise<T>;

/** How far an operation has come. */
export interface Progress {
  /** It was asked for, and not answered. */
  unsure: boolean;
  /** What the server said when it refused for now. */
  refusal?: unknown;
}

/** What an operation ended with. Nothing happened for certain where the only answer was a refusal, or nothing was ever asked. */
export function outcomeOf(error: unknown, { unsure, refusal }: Progress, location: string): unknown {
  if (error instanceof ConnectionLost) {
    if (refusal !== undefined && !unsure) return toTransportError(refusal, location);
    return new TransportError("BROKER_UNAVAILABLE", `${location}: ${textOf(error)}`, { certain: !unsure });
  }
  const isOurs = error instanceof ConfigError || error instanceof ResultError;
  const isServers = error instanceof NotServing || isReply(error) || isRefusal(error);
  return isServers && !isOurs ? toTransportError(error, location, unsure) : error;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** How long to wait before the next attempt: at least half of 50, 100, 200 … 1,000 ms, at most all of it. */
export const pauseAfter = (failures: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
