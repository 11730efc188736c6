import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { tasks } from "./_generated/client.js";
import { createTables } from "./database.js";
import { CHANNEL } from "./outbox.js";
import { sendWaiting } from "./send-waiting.js";
import { stubsOf } from "./stubs.js";

// Sends what is in the outbox until it is told to stop: `npm run relay`. Several of them share the work.

/** How long it sleeps at most when nobody rings: a notification may be lost with its connection. */
const POLL_MS = 5_000;
const PAUSE_MS = 1_000;

const stopping = new AbortController();
const stubs = stubsOf(tasks);
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stopping.abort());

/** Works on one connection until it is lost. */
async function relay(): Promise<void> {
  const client = new Client({ connectionString: process.env["DATABASE_URL"] });
  const lost = new AbortController();
  let bell = new AbortController();
  client.on("error", () => lost.abort()).on("notification", () => bell.abort());
  await client.connect();
  try {
    await client.query(`LISTEN ${CHANNEL}`);
    while (!stopping.signal.aborted && !lost.signal.aborted) {
      bell = new AbortController(); // n.b. before the look: what comes after it rings
      const sent = await sendWaiting(client, stubs);
      if (sent > 0) console.log(`sent ${sent}`);
      else await sleep(POLL_MS, [bell.signal, lost.signal]);
    }
  } finally {
    await client.end();
  }
}

async function sleep(ms: number, ends: readonly AbortSignal[]): Promise<void> {
  const signal = AbortSignal.any([stopping.signal, ...ends]);
  await delay(ms, undefined, { signal }).catch(() => {});
}

await createTables();
console.log("relay ready");
while (!stopping.signal.aborted) {
  await relay().catch(async (error: Error) => {
    console.error(`relay: ${error.message}`);
    await sleep(PAUSE_MS, []);
  });
}
