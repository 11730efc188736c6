import { createApp, task, TransportError, type Registry, type Stub } from "@taskgen/core";
import { hasRegisters, stub, type Connection } from "@taskgen/core/internal";
import { createWorker, type Worker } from "@taskgen/worker";
import { expect, it, onTestFinished } from "vitest";
import { faulty, over } from "../engine/faulty.js";
import { namespace } from "../support/namespace.js";
import { within } from "../support/within.js";

const registry: Registry = {
  url: import.meta.url,
  tasks: { echo: { source: "this test", load: async () => task((text: string) => text) } },
};

/** The answer to the next swap is lost, and `meanwhile` happens. */
const losing = ({ results, ...rest }: Connection, meanwhile: () => void): Connection => {
  if (!hasRegisters(results)) throw new Error("it has no registers");
  const swap: typeof results.swap = async (batch) => {
    await results.swap(batch);
    meanwhile();
    throw new TransportError("BROKER_UNAVAILABLE", "the answer is lost", { certain: false });
  };
  return { ...rest, results: over(results, { swap }) };
};

it("a call whose worker does not know that it has claimed it, and hands it back, is run by another one", async () => {
  const name = namespace("handed");
  const app = createApp({ broker: `memory:${name}`, backend: `memory:${name}-results` });
  onTestFinished(() => app.close());
  const options = { registry, pool: "inline" } as const;
  const stopped = new Promise<void>((resolve) => {
    const unlucky: Worker = createWorker({
      ...options,
      app: faulty(app, (connection) => losing(connection, () => void unlucky.stop().then(() => resolve()))),
    });
    void unlucky.start();
  });
  const call = await stub<Stub<[string], string>>(app, "echo", { dedupe: { key: "0" } }).delay("once");
  await within("the first worker's stop", stopped);
  const worker = createWorker({ ...options, app });
  onTestFinished(async () => void (await worker.stop()));
  await worker.start();
  expect(await call.get({ timeout: "60s" })).toBe("once");
});
