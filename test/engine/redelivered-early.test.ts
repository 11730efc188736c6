import { canInspect, internalsOf, openTransport, type Transport } from "@taskgen/core/internal";
import { expect, it } from "vitest";
import { deferred } from "../support/deferred.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
import { faulty, over } from "./faulty.js";
import { nextEvent, places, Scene } from "./scene.js";

expectNothingLeftRunning();

const IDLE = { state: (): void => {}, error: (): void => {} };

/** A worker takes what waits, and dies with it. */
async function dieWithIt(scene: Scene): Promise<void> {
  const transport = await openTransport(scene.broker, internalsOf(scene.app).options);
  await transport.start(IDLE);
  const taken = deferred();
  await transport.consume("default", 1, () => taken.resolve());
  await within("a delivery", taken.promise);
  await (transport as Transport & { crash(): Promise<void> }).crash();
}

/** Open until `gate` is: a look whether a task has ended. */
async function openLooking(): Promise<{
  scene: Scene;
  id: string;
  looking: Promise<void>;
  worker: ReturnType<Scene["newWorker"]>;
  go: () => void;
}> {
  const scene = await Scene.open(places.find(({ name }) => name === "memory, inline")!);
  const { id } = await scene.app.sendUnchecked("early", [5]);
  await dieWithIt(scene);
  const [looking, gate] = [deferred(), deferred()];
  const app = faulty(scene.app, ({ transport, results }) => ({
    transport,
    results: over(results, {
      get: async (ids) => {
        looking.resolve();
        await gate.promise;
        return results.get(ids);
      },
    }),
  }));
  return { scene, id, looking: looking.promise, worker: scene.newWorker({ app }), go: () => gate.resolve() };
}

it("settles a redelivered task of ack early that is revoked before it is known whether it has ended", async () => {
  const { scene, id, looking, worker, go } = await openLooking();
  await worker.start();
  await within("the look", looking);
  const revoked = nextEvent(worker, "task-revoked", id);
  await scene.app.revoke(id);
  await revoked;
  const { transport } = await internalsOf(scene.app).connection();
  await eventually(async () => canInspect(transport) && (await transport.depths()).every(({ owned }) => owned === 0));
  go();
});

it("hands back a redelivered task of ack early that has not begun when the worker stops", async () => {
  const { scene, id, looking, worker, go } = await openLooking();
  await worker.start();
  await within("the look", looking);
  await within("the stop", worker.stop({ gracePeriod: "0ms" }));
  expect(await scene.app.result(id).ready()).toBe(false);
  const next = await scene.worker();
  expect(await scene.app.result(id).get({ timeout: "60s" })).toBe(5);
  go();
  expect(await next.stop()).toEqual({ clean: true });
});
