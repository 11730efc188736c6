import { given, serve } from "../../child/serve.js";
import type { Data } from "../serve-producer.js";
import { Tally } from "../tally.js";
import { loadPlainjob, logger, openQueue, TYPE, type PlainSettings } from "./plainjob.js";

/** How long it looks away when there is nothing. */
const POLL_MS = 5;

const queue = await openQueue(given() as PlainSettings);
const { defineWorker } = await loadPlainjob();
const tally = new Tally();
let value = 0;
const worker = defineWorker(
  TYPE,
  async ({ data }) => {
    const { x, y } = JSON.parse(data) as Data;
    value = x + y;
  },
  { queue, logger, pollIntervall: POLL_MS, onCompleted: () => tally.note(value) },
);
const stopped = worker.start();

serve({
  expect: tally.expect,
  finished: tally.finished,
  stop: async () => {
    await worker.stop();
    await stopped;
    queue.close();
  },
});
