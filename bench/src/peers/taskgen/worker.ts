// A worker process that counts the results that it has stored.
import { createApp } from "@taskgen/core";
import { createWorker } from "@taskgen/worker";
import { given, serve } from "../../child/serve.js";
import type { WorkerSettings } from "../../taskgen/worker.js";
import { Tally } from "../tally.js";

const { broker, prefix, pool } = given() as WorkerSettings;
const app = createApp({ broker, prefix });
const worker = createWorker({ app, registry: new URL("../../tasks/registry.js", import.meta.url).href, ...pool });
const tally = new Tally();
worker.on("task-succeeded", ({ result }) => tally.note(Number(Buffer.from(result).toString())));
await worker.start();

serve({
  expect: tally.expect,
  finished: tally.finished,
  stop: async () => {
    await worker.stop();
    await app.close();
  },
});
