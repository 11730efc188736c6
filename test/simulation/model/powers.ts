import { canLimit, canStream, hasRegisters, openResults } from "@taskgen/core/internal";
import type { Limiting, Registers, ResultBackend, Streaming } from "@taskgen/core/internal";
import type { VirtualTime } from "../virtual-time.js";

/** What only some stores can do. */
export type StorePowers = ResultBackend & Limiting & Registers & Streaming;

let stores = 0;

/** A store in memory of its own, by the time of a simulation: the model adds the network, and what goes wrong in it. */
export async function openPowers({ time }: { readonly time: VirtualTime }): Promise<StorePowers> {
  const ambient = { now: () => time.now };
  const store = await openResults(`memory:simulation-${++stores}`, { ambient });
  if (canLimit(store) && hasRegisters(store) && canStream(store)) return store;
  throw new Error(`the results at ${store.location} lack a power`);
}
