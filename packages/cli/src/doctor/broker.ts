import { setTimeout as delay } from "node:timers/promises";
import { canInspect, internalsOf, urlsOf, type AppInternals } from "@taskgen/core/internal";
import type { ConnectionOptions } from "../connection-options.js";
import { openApp, requireBroker } from "../project.js";
import { describeStalled, isStalled } from "../stalled-queue.js";
import { describeLosses } from "./losses.js";
import type { Finding } from "./finding.js";

/** What was found, and what it means. */
export interface BrokerReport {
  readonly findings: readonly Finding[];
  /** A table: what each failure takes. */
  readonly losses?: string | undefined;
}

/** How long the broker may take to answer, in milliseconds. */
const PATIENCE_MS = 5000;

/** Whether the broker and the store of results answer, and what their tasks survive. */
export async function checkBroker(
  cwd: string,
  { config, broker }: ConnectionOptions & { readonly config?: string },
): Promise<BrokerReport> {
  try {
    const app = await openApp(cwd, config);
    try {
      requireBroker(app, broker);
      return await connect(internalsOf(app));
    } finally {
      await app.close();
    }
  } catch (error) {
    const what = `the broker: ${error instanceof Error ? error.message : String(error)}`;
    return { findings: [{ level: "wrong", what }] };
  }
}

async function connect(app: AppInternals): Promise<BrokerReport> {
  const connecting = app.connection();
  const patience = new AbortController();
  const silence = delay(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
  const connection = await Promise.race([connecting, silence]).finally(() => patience.abort());
  if (connection === undefined) {
    connecting.catch(() => {}); // it ends when the app is closed
    return { findings: [silent(app)] };
  }
  const { transport, results } = connection;
  const stalled = canInspect(transport) ? (await transport.depths()).filter(isStalled) : [];
  const findings: Finding[] = [
    { level: "ok", what: `broker: ${transport.location}` },
    { level: "ok", what: `survives: ${transport.caps.durability}` },
    { level: "ok", what: `results: ${results.location}` },
    ...stalled.map((depth): Finding => ({ level: "note", what: describeStalled(depth) })),
  ];
  return { findings, losses: describeLosses(transport) };
}

/** n.b. results are asked for once the broker has answered. */
function silent({ state, urls }: AppInternals): Finding {
  const { broker, backend } = urlsOf(urls);
  const who = state.of("broker").status === "up" ? `the store of results ${backend}` : `the broker ${broker}`;
  return { level: "wrong", what: `${who} does not answer`, fix: "is it running, and reachable from here?" };
}
