import { milliseconds } from "../duration.js";
import { timeoutSignal } from "../timer.js";
import type { GetOptions } from "./async-result.js";

/** What ends a wait. */
export interface WaitSignal {
  /** None where nothing does. */
  readonly signal: AbortSignal | undefined;
  /** Its `timeout` is over. */
  readonly timedOut: () => boolean;
}

/** A caller's signal is never listened to itself: it may be shared by many waits, whose listeners would pile up on it. */
export function waitSignal({ signal: given, timeout: duration }: GetOptions): WaitSignal {
  const timeout = duration === undefined ? undefined : timeoutSignal(milliseconds(duration));
  const signals = [given, timeout].filter((one) => one !== undefined);
  const signal = given === undefined ? timeout : AbortSignal.any(signals);
  return { signal, timedOut: () => timeout?.aborted === true };
}
