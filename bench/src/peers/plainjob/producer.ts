import { given } from "../../child/serve.js";
import { serveProducer } from "../serve-producer.js";
import { openQueue, TYPE, type PlainSettings } from "./plainjob.js";

const queue = await openQueue(given() as PlainSettings);

serveProducer({
  add: async (data) => queue.add(TYPE, data),
  addMany: async (all) => queue.addMany(TYPE, all),
  close: async () => queue.close(),
});
