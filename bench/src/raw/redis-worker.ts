// The raw worker process: takes, runs, stores results, as long as there is something.
import { given, serve } from "../child/serve.js";
import { runCall } from "./message.js";
import { Echo } from "./redis-echo.js";
import { RawQueue } from "./redis-queue.js";

const BATCH = 500;

const { url } = given() as { readonly url: string };
const queue = await RawQueue.open(url);
const echo = await Echo.open(url);
let isOpen = true;

async function drain(): Promise<void> {
  for (let messages = await queue.take(BATCH); messages.length > 0;) {
    const results = messages.map(({ body }) => runCall(body));
    [, messages] = await Promise.all([queue.finish(messages, results), queue.take(BATCH)]);
  }
}

async function work(): Promise<never> {
  for (;;) {
    await queue.rung();
    await drain();
  }
}

/** What ends because the connections are closed is no failure. */
const untilClosed = (error: unknown): void => {
  if (isOpen) throw error;
};

work().catch(untilClosed);
echo.serve(runCall).catch(untilClosed);

serve({
  stop: () => {
    isOpen = false;
    queue.close();
    echo.close();
  },
});
