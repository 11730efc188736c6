import type { Client } from "./client.js";
import type { Committer } from "./committer.js";
import type { Store } from "./store.js";
import type { Unit } from "./unit.js";

/** Renews the leases that are due. */
export function renewLeases(clients: readonly Client[], committer: Committer): void {
  const now = performance.now();
  const due = clients.filter((client) => client.beatAt <= now);
  if (due.length > 0) committer.attempt((unit) => due.forEach((client) => client.beat(unit)));
}

/** Takes away what dead owners had: processes that consume watch over one another. */
export function reapOwners(clients: readonly Client[], committer: Committer): void {
  const stores = new Set(clients.filter((client) => client.isConsuming).map((client) => client.store));
  for (const store of stores) {
    if (store.leases.expired(Date.now()).length > 0) committer.attempt((unit) => reap(store, unit));
  }
}

function reap(store: Store, unit: Unit): void {
  for (const owner of store.leases.expired(unit.now)) {
    if (store.leases.abandon(owner, { died: true }) > 0) unit.returned = true;
  }
}

/** How long until something of a client is due, in milliseconds. */
export function untilDue(clients: readonly Client[]): number {
  const beat = Math.min(Infinity, ...clients.map((client) => client.beatAt)) - performance.now();
  const message = Math.min(Infinity, ...clients.map((client) => client.nextDue)) - Date.now();
  return Math.min(beat, message);
}
