import { given, serve } from "../../child/serve.js";
import { Tally } from "../tally.js";
import { connecting, loadBullMQ, type BullSettings } from "./bullmq.js";

const { url, queue, concurrency } = given() as BullSettings;
const { Worker } = await loadBullMQ();
const tally = new Tally();
const worker = new Worker(queue, async ({ data }) => data.x + data.y, { ...connecting(url), concurrency });
worker.on("completed", (_, result) => tally.note(result));
await worker.waitUntilReady();

serve({ expect: tally.expect, finished: tally.finished, stop: () => worker.close() });
