import type { OpenOptions } from "../../transport.js";
import { leaseBroker } from "./broker-registry.js";
import { MemoryResults } from "./results.js";
import { MemoryTransport } from "./transport.js";

/** A transport on the broker of `memory:` or `memory:name`, within this process. */
export function openTransport(options: OpenOptions): MemoryTransport {
  return new MemoryTransport(leaseBroker(options));
}

/** The results of the same broker. */
export function openResults(options: OpenOptions): MemoryResults {
  return new MemoryResults(leaseBroker(options));
}
