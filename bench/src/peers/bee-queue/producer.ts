import { given } from "../../child/serve.js";
import { serveProducer, type Data } from "../serve-producer.js";
import { openQueue, type BeeSettings } from "./bee-queue.js";

/** An event that has not come by then never will. */
const LOST_AFTER_MS = 2_000;

const settings = given() as BeeSettings;
const { events } = settings;
const queue = await openQueue(settings, {
  isWorker: false,
  getEvents: events !== undefined,
  storeJobs: events === "job",
});

/** n.b. it knows whom to tell once `save` has returned; what is done before that is lost. */
async function call(data: Data): Promise<unknown> {
  const job = queue.createJob(data);
  let timer: NodeJS.Timeout;
  const told = new Promise((resolve) => {
    job.once("succeeded", resolve);
    timer = setTimeout(resolve, LOST_AFTER_MS);
  });
  await job.save();
  return await told.finally(() => clearTimeout(timer));
}

serveProducer({
  add: (data) => queue.createJob(data).save(),
  addMany: async (all) => {
    const failed = await queue.saveAll(all.map((data) => queue.createJob(data)));
    for (const error of failed.values()) throw error;
  },
  call,
  onResult: (listener) => queue.on("job succeeded", (_, result) => listener(result)),
  close: () => queue.close(),
});
