import { createApp, type Settled } from "@taskgen/core";
import { livesOf } from "../support/history/lives.js";
import type { Fleet } from "./fleet.js";

/** Asks the store of results what the calls of processes that died came to: their callers cannot tell any more. */
export async function inherit(fleet: Fleet): Promise<void> {
  const { ids, processes } = livesOf(fleet.history());
  const isGone = (name: string): boolean =>
    processes
      .get(name)
      ?.of("process")
      .some(({ what }) => what === "crashed") === true;
  const orphans = [...ids.values()].filter(
    ({ call, sent, outcomes }) => call !== undefined && isGone(call.by) && sent === "ok" && outcomes.length === 0,
  );
  const app = createApp({ broker: fleet.broker.url, onError: () => {} });
  try {
    await Promise.all(orphans.map(async ({ id }) => note(fleet, id, await app.result(id).settled({ timeout: "60s" }))));
  } finally {
    await app.close();
  }
}

function note(fleet: Fleet, id: string, settled: Settled<unknown, Error>): void {
  const value = settled.ok ? String(settled.value) : ((settled.error as { readonly code?: string }).code ?? "unknown");
  fleet.note({ kind: "outcome", id, by: "heir", state: settled.state, value });
}
