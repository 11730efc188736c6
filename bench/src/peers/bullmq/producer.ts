import { given } from "../../child/serve.js";
import { serveProducer } from "../serve-producer.js";
import { connecting, loadBullMQ, NAME, type BullSettings } from "./bullmq.js";

const LIMIT_MS = 30_000;
/** None is cut off before it is read: who counts them would wait for ever. */
const EVENTS_KEPT = 200_000;

const settings = given() as BullSettings;
const { Queue, QueueEvents } = await loadBullMQ();
const queue = new Queue(settings.queue, {
  ...connecting(settings.url),
  streams: { events: { maxLen: EVENTS_KEPT } },
});
// n.b. each job that is waited for listens for the end of both
queue.setMaxListeners(0);
await queue.waitUntilReady();
const events = settings.events !== undefined ? new QueueEvents(settings.queue, connecting(settings.url)) : undefined;
events?.setMaxListeners(0);
await events?.waitUntilReady();

serveProducer({
  add: (data) => queue.add(NAME, data),
  addMany: (all) => queue.addBulk(all.map((data) => ({ name: NAME, data }))),
  call: async (data) => (await queue.add(NAME, data)).waitUntilFinished(events!, LIMIT_MS),
  onResult: (listener) => events!.on("completed", ({ returnvalue }) => listener(returnvalue)),
  close: async () => {
    await events?.close();
    await queue.close();
  },
});
