// Producer and worker in one process.
import { createApp } from "@taskgen/core";
import { createWorker } from "@taskgen/worker";
import { given, serve } from "../child/serve.js";
import { runEach } from "../taskgen/calls.js";
import { createTasks } from "../taskgen/stubs.js";
import type { WorkerSettings } from "../taskgen/worker.js";

const app = createApp({ broker: "memory:bench", resultTtl: "10s" });
const registry = new URL("../tasks/registry.js", import.meta.url).href;
const worker = createWorker({ app, registry, ...(given() as WorkerSettings["pool"]) });
const tasks = createTasks(app);
await worker.start();

serve({
  each: (n: number) => runEach(tasks, n),
  stop: async () => {
    await worker.stop();
    await app.close();
  },
});
