import { canInspect, type Transport } from "@taskgen/core/internal";
import { expect } from "vitest";
import { consume, consumeAndSettle } from "../inbox.js";
import { message, send, settle, textsOf } from "../messages.js";
import type { Cases } from "../suite.js";

const DAY_MS = 86_400_000;

/** A delay that this transport can tell from its double. */
const step = ({ caps }: Transport): number => Math.max(100, 2 * caps.delay.unitMs);

export const delaying: Cases = {
  "does not deliver before the time, and then does": async (scene) => {
    const { transport } = await scene.open();
    const eta = Date.now() + 3 * step(transport);
    await send(transport, message(scene.queue, "delayed", { eta }));
    const { inbox } = await consume(transport, scene.queue, 10);
    const [delivery] = await inbox.arrived(1);
    expect(Date.now()).toBeGreaterThanOrEqual(eta);
    expect(delivery!.envelope.eta).toBe(eta);
  },

  "delivers in the order of the times": async (scene) => {
    const { transport } = await scene.open();
    const now = Date.now();
    const after = (steps: number) => message(scene.queue, `after ${steps}`, { eta: now + steps * step(transport) });
    await send(transport, after(5), after(1), after(3));
    const { inbox } = await consumeAndSettle(transport, scene.queue, 1);
    expect(textsOf(await inbox.arrived(3))).toEqual(["after 1", "after 3", "after 5"]);
  },

  "does not let a delayed message hold up the others": async (scene) => {
    const { transport } = await scene.open();
    const { inbox, subscription } = await consumeAndSettle(transport, scene.queue, 0);
    const eta = Date.now() + 3 * step(transport);
    await send(
      transport,
      message(scene.queue, "later", { eta, priority: 9 }),
      message(scene.queue, "now", { priority: 0 }),
    );
    subscription.credit(1);
    expect(textsOf(await inbox.arrived(2))).toEqual(["now", "later"]);
  },

  "delivers at once what is due already": async (scene) => {
    const { transport } = await scene.open();
    await send(transport, message(scene.queue, "past", { eta: Date.now() - DAY_MS }), message(scene.queue, "next"));
    const { inbox } = await consume(transport, scene.queue, 10);
    expect(textsOf(await inbox.arrived(2))).toEqual(["past", "next"]);
  },

  "does not deliver at once what is due in 30 days": async (scene) => {
    const { transport } = await scene.open();
    const { inbox } = await consume(transport, scene.queue, 10);
    const eta = Math.min(Date.now() + 30 * DAY_MS, Date.now() + transport.caps.delay.maxMs);
    await send(transport, message(scene.queue, "far away", { eta, priority: 9 }));
    await send(transport, message(scene.queue, "soon", { eta: Date.now() + step(transport) }));
    await inbox.arrived(1);
    await send(transport, message(scene.queue, "last", { eta: Date.now() + step(transport) }));
    expect(textsOf(await inbox.arrived(2))).toEqual(["soon", "last"]);
    if (canInspect(transport)) expect(await transport.depths()).toMatchObject([{ queue: scene.queue, delayed: 1 }]);
  },

  "wakes for a message that is due before all others": async (scene) => {
    const [{ transport }, other] = [await scene.open(), await scene.open()];
    const { inbox } = await consume(transport, scene.queue, 10);
    await send(other.transport, message(scene.queue, "in a day", { eta: Date.now() + DAY_MS }));
    await send(other.transport, message(scene.queue, "soon", { eta: Date.now() + step(transport) }));
    expect(textsOf(await inbox.arrived(1))).toEqual(["soon"]);
  },

  "retries not before the time": async (scene) => {
    const { transport } = await scene.open();
    const first = message(scene.queue, "first");
    await send(transport, first);
    const { inbox } = await consume(transport, scene.queue, 1);
    const [delivery] = await inbox.arrived(1);
    const eta = Date.now() + 2 * step(transport);
    const next = { ...message(scene.queue, "second", { eta }), id: first.id };
    expect(await settle(transport, { delivery: delivery!, to: "retry", next })).toEqual(["ok"]);
    expect(textsOf(await inbox.arrived(2))).toEqual(["first", "second"]);
    expect(Date.now()).toBeGreaterThanOrEqual(eta);
  },
};
