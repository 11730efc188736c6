import { setTimeout as delay } from "node:timers/promises";
import { canInspect, internalsOf, urlsOf, type Connection } from "@taskgen/core/internal";
import type { ConnectionOptions } from "../connection-options.js";
import { openApp, requireBroker } from "../project.js";
import { describeStalled, isStalled } from "../stalled-queue.js";
import type { Finding } from "./finding.js";

/** How long the broker may take to answer, in milliseconds. */
const PATIENCE_MS = 5000;

/** Whether the broker and the store of results answer, and what their tasks survive. */
export async function checkBroker(
  cwd: string,
  { config, broker }: ConnectionOptions & { readonly config?: string },
): Promise<Finding[]> {
  try {
    const app = await openApp(cwd, config);
    try {
      requireBroker(app, broker);
      return await connect(internalsOf(app).connection(), urlsOf(internalsOf(app).urls).broker);
    } finally {
      await app.close();
    }
  } catch (error) {
    return [{ level: "wrong", what: `the broker: ${error instanceof Error ? error.message : String(error)}` }];
  }
}

async function connect(connecting: Promise<Connection>, url: string): Promise<Finding[]> {
  const patience = new AbortController();
  const silence = delay(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => undefined);
  const connection = await Promise.race([connecting, silence]).finally(() => patience.abort());
  if (connection === undefined) {
    connecting.catch(() => {}); // it ends when the app is closed
    return [
      { level: "wrong", what: `the broker ${url} does not answer`, fix: "is it running, and reachable from here?" },
    ];
  }
  const { transport, results } = connection;
  const stalled = canInspect(transport) ? (await transport.depths()).filter(isStalled) : [];
  return [
    { level: "ok", what: `broker: ${transport.location}` },
    { level: "ok", what: `survives: ${transport.caps.durability}` },
    { level: "ok", what: `results: ${results.location}` },
    ...stalled.map((depth): Finding => ({ level: "note", what: describeStalled(depth) })),
  ];
}
