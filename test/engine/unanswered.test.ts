import {
  createApp,
  once,
  task,
  TransportError,
  type App,
  type Registry,
  type StreamStub,
  type Stub,
} from "@taskgen/core";
import { canStream, defaultAmbient, hasRegisters, internalsOf, stub, type Connection } from "@taskgen/core/internal";
import { createWorker } from "@taskgen/worker";
import { expect, it, onTestFinished } from "vitest";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { faulty, over } from "./faulty.js";

expectNothingLeftRunning();

const refused = (): never => {
  throw new TransportError("BROKER_UNAVAILABLE", "not now", { certain: true });
};

async function start(registry: Registry, wrap: (connection: Connection) => Connection): Promise<App> {
  const app = createApp({ broker: `memory:${namespace("unanswered")}` });
  onTestFinished(() => app.close());
  const worker = createWorker({ app: faulty(app, wrap), registry, pool: "inline" });
  onTestFinished(async () => void (await worker.stop()));
  await worker.start();
  return app;
}

const registryOf = (name: string, load: Registry["tasks"][string]["load"]): Registry => ({
  url: import.meta.url,
  tasks: { [name]: { source: "this test", load } },
});

it("keeps the value of a part that runs once, also when the store does not take it at first", async () => {
  let runs = 0;
  let refusals = 2;
  const charge = task(async () => once("charge", () => ++runs));
  const app = await start(
    registryOf("charge", async () => charge),
    ({ results, ...rest }) => {
      if (!hasRegisters(results)) throw new Error("it has no registers");
      const swap: typeof results.swap = async (batch) =>
        batch.some(({ next }) => next?.startsWith("v:") === true) && refusals-- > 0 ? refused() : results.swap(batch);
      return { ...rest, results: over(results, { swap }) };
    },
  );
  expect(await stub<Stub<[], number>>(app, "charge").delay().get({ timeout: "60s" })).toBe(1);
  expect({ runs, refusals }).toEqual({ runs: 1, refusals: -1 });
});

it("reads a stream to the error at its end, also when the store does not take its end at first", async () => {
  const rows = task(async function* () {
    yield 1;
    throw new RangeError("no more");
  });
  const app = await start(
    registryOf("rows", async () => rows),
    (connection) => connection,
  );
  let refusals = 2;
  const { connection, replace } = internalsOf(app);
  const { results, ...rest } = await connection();
  if (!canStream(results)) throw new Error("it has no streams");
  const push: typeof results.push = async (chunk) => (refusals-- > 0 ? refused() : results.push(chunk));
  replace({ connection: Promise.resolve({ ...rest, results: over(results, { push }) }), ambient: defaultAmbient });
  const call = await stub<StreamStub<[], number, void>>(app, "rows").delay();
  const items: number[] = [];
  const reading = (async (): Promise<void> => {
    for await (const item of call.stream({ timeout: "60s" })) items.push(item);
  })();
  await expect(reading).rejects.toThrow("no more");
  expect({ items, refusals }).toEqual({ items: [1], refusals: -1 });
});
