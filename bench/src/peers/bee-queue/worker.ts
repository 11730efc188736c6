import { given, serve } from "../../child/serve.js";
import { Tally } from "../tally.js";
import { openQueue, type BeeSettings } from "./bee-queue.js";

const settings = given() as BeeSettings;
const queue = await openQueue(settings, { isWorker: true, getEvents: false, storeJobs: false });
const tally = new Tally();
queue.process(settings.concurrency, async ({ data }) => data.x + data.y);
queue.on("succeeded", (_, result) => tally.note(result));

serve({ expect: tally.expect, finished: tally.finished, stop: () => queue.close() });
