// A process that calls tasks.
import { createApp } from "@taskgen/core";
import { given, serve } from "../child/serve.js";
import { closedLoop } from "../closed-loop.js";
import { argumentsOf, runEach, runMany, runOneByOne } from "./calls.js";
import { createTasks } from "./stubs.js";

/** What a producer process is given. */
export interface ProducerSettings {
  readonly broker: string;
  /** Separates what shares a broker. */
  readonly prefix?: string;
}

const BATCH = 500;
const WIDTH = 100;

const { broker, prefix } = given() as ProducerSettings;
const app = createApp({ broker, prefix });
const tasks = createTasks(app);
await app.connect();

const timed = async (run: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await run();
  return performance.now() - start;
};

async function sendOneByOne(n: number): Promise<void> {
  for (const [x, y] of argumentsOf(n)) await tasks.add.delay(x, y);
}

async function sendTogether(n: number): Promise<void> {
  const args = argumentsOf(n);
  for (let i = 0; i < n; i += BATCH) {
    await Promise.all(args.slice(i, i + BATCH).map(([x, y]) => tasks.add.delay(x, y)));
  }
}

serve({
  many: (n: number) => runMany(tasks, n),
  each: (n: number) => runEach(tasks, n),
  oneByOne: (n: number) => runOneByOne(tasks, n),
  inFlight: (n: number) => closedLoop(n, WIDTH, (i) => tasks.add.delay(i, 1).get()),
  sendOneByOne: (n: number) => timed(() => sendOneByOne(n)),
  sendTogether: (n: number) => timed(() => sendTogether(n)),
  sendMany: (n: number) => timed(() => tasks.add.delayMany(argumentsOf(n))),
  stop: () => app.close(),
});
