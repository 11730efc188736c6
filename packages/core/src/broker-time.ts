import type { Transport } from "./transport.js";

/** Optional power of a transport: to know what time it is for its broker, which decides when a delayed message is due. */
export interface KeepingTime {
  /** Epoch milliseconds; undefined while the broker has not told, or its clock and that of this process agree. */
  readonly brokerTime: number | undefined;
}

/** The broker's time; that of this process where they agree, or where the broker has none to tell. */
export const brokerClock = (transport: Transport, now: () => number): (() => number) =>
  keepsTime(transport) ? () => transport.brokerTime ?? now() : now;

function keepsTime(transport: Transport): transport is Transport & KeepingTime {
  return "brokerTime" in transport;
}
