import { createTestWorker, type TestWorker } from "@taskgen/worker/testing";
import { tasks } from "./_generated/client.js";
import { registry } from "./_generated/registry.js";
import { FlakyServer } from "./flaky-server.js";
import { printer } from "./printer.js";

// Each task fetches a page of a server that fails at first. The worker's clock is moved on, so that nobody has to wait.
const server = await FlakyServer.start();
const begin = new Date("2030-01-01T00:00:00Z");
const worker: TestWorker = await createTestWorker({
  registry,
  mode: "eager",
  now: begin,
  logger: printer(() => worker.clock.now.getTime() - begin.getTime()),
});

async function show(title: string, call: () => Promise<{ get(): Promise<string> }>): Promise<void> {
  console.log(`\n${title}`);
  const result = await call();
  await result.get().catch(() => {});
}

await show("A task that asks for its retries itself", () => tasks.fetchPatiently.delay(server.page(3)));
await show("Automatic retries: every 5 seconds, at most 7", () => tasks.fetchOften.delay(server.page(100)));
await show("Exponential back-off", () => tasks.fetchWithBackoff.delay(server.page(4, "backoff")));
await show("Back-off with a factor of 5 seconds, and jitter", () =>
  tasks.fetchWithJitter.delay(server.page(3, "jitter")),
);
await show("Shared options, and one of its own", () => tasks.fetchShared.delay(server.page(4, "shared")));

await worker.stop();
await server.stop();
