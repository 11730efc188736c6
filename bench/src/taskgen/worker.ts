// A worker process.
import { createApp } from "@taskgen/core";
import { createWorker, type WorkerOptions } from "@taskgen/worker";
import { given, serve } from "../child/serve.js";

/** What a worker process is given. */
export interface WorkerSettings {
  readonly broker: string;
  /** Separates what shares a broker. */
  readonly prefix?: string;
  readonly pool: Required<Pick<WorkerOptions, "pool">> & Pick<WorkerOptions, "threads">;
}

const { broker, prefix, pool } = given() as WorkerSettings;
const app = createApp({ broker, prefix });
const worker = createWorker({ app, registry: new URL("../tasks/registry.js", import.meta.url).href, ...pool });
await worker.start();

serve({
  stop: async () => {
    await worker.stop();
    await app.close();
  },
});
