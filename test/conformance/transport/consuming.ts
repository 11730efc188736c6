import { expect } from "vitest";
import { consume, consumeAndSettle, Inbox } from "../inbox.js";
import { done, idsOf, message, messages, send, textsOf } from "../messages.js";
import type { Cases } from "../suite.js";

export const consuming: Cases = {
  "never gives more than the credit": async (scene) => {
    const { transport } = await scene.open();
    await send(transport, ...messages(scene.queue, 10));
    const first = await consume(transport, scene.queue, 3);
    await first.inbox.arrived(3);
    const second = await consume(transport, scene.queue, 10);
    // what the second one gets is what the first one was not given
    await second.inbox.arrived(7);
    expect(first.inbox.deliveries.length).toBe(3);
  },

  "gives the next one when one is settled": async (scene) => {
    const { transport } = await scene.open();
    await send(transport, ...messages(scene.queue, 20));
    const { inbox } = await consume(transport, scene.queue, 1);
    for (let count = 1; count <= 20; count++) {
      const deliveries = await inbox.arrived(count);
      expect(deliveries.length).toBe(count);
      await done(transport, deliveries.slice(-1));
    }
    expect(textsOf(inbox.deliveries)).toEqual(messages(scene.queue, 20).map((_, index) => `m${index}`));
  },

  "gives more when the credit is raised": async (scene) => {
    const { transport } = await scene.open();
    await send(transport, ...messages(scene.queue, 6));
    const { inbox, subscription } = await consume(transport, scene.queue, 2);
    await inbox.arrived(2);
    subscription.credit(5);
    await inbox.arrived(5);
    const rest = await consume(transport, scene.queue, 5);
    expect(textsOf(await rest.inbox.arrived(1))).toEqual(["m5"]);
    expect(inbox.deliveries.length).toBe(5);
  },

  "gives nothing with a credit of zero, until it is raised": async (scene) => {
    const { transport } = await scene.open();
    const idle = await consume(transport, scene.queue, 0);
    await send(transport, message(scene.queue, "one"));
    const busy = await consume(transport, scene.queue, 5);
    await done(transport, await busy.inbox.arrived(1));
    await busy.subscription.stop();
    expect(idle.inbox.deliveries.length).toBe(0);
    await send(transport, message(scene.queue, "two"));
    idle.subscription.credit(1);
    expect(textsOf(await idle.inbox.arrived(1))).toEqual(["two"]);
  },

  "gives nothing while more is owned than a lowered credit": async (scene) => {
    const [{ transport }, other] = [await scene.open(), await scene.open()];
    await send(transport, ...messages(scene.queue, 10));
    const lowered = await consume(transport, scene.queue, 4);
    const owned = await lowered.inbox.arrived(4);
    lowered.subscription.credit(1);
    await done(transport, owned.slice(0, 3));
    const rest = await consumeAndSettle(other.transport, scene.queue, 6);
    await rest.inbox.arrived(6);
    expect(lowered.inbox.deliveries.length).toBe(4);
    await rest.subscription.stop();
    await done(transport, owned.slice(3));
    await send(transport, ...messages(scene.queue, 1));
    await lowered.inbox.arrived(5);
  },

  "delivers the higher priority first, equal ones in order": async (scene) => {
    const { transport } = await scene.open();
    const priorities = transport.caps.priorities >= 10 ? [4, 0, 9, 4, 9, 1, 0] : [0, 9, 0, 9];
    await send(
      transport,
      ...priorities.map((priority, index) => message(scene.queue, `${priority}:${index}`, { priority })),
    );
    const { inbox } = await consumeAndSettle(transport, scene.queue, 1);
    const texts = priorities.map((priority, index) => `${priority}:${index}`);
    const expected = transport.caps.priorities === 1 ? texts : texts.toSorted((a, b) => Number(b[0]) - Number(a[0]));
    expect(textsOf(await inbox.arrived(priorities.length))).toEqual(expected);
  },

  "shares a queue between consumers without overlap": async (scene) => {
    const participants = [await scene.open(), await scene.open()];
    const inbox = new Inbox();
    for (const { transport } of participants) {
      await transport.consume(scene.queue, 10, (batch) => {
        void transport.settle(batch.map((delivery) => ({ delivery, to: "done" })));
        inbox.receive(batch);
      });
    }
    const batch = messages(scene.queue, 300);
    await send(participants[0]!.transport, ...batch);
    const marker = message(scene.queue, "marker", { priority: 0 });
    await inbox.arrived(300);
    await send(participants[0]!.transport, marker);
    const ids = idsOf(await inbox.arrived(301));
    expect(ids.toSorted()).toEqual([...idsOf(batch), marker.id].toSorted());
  },

  "gives nothing after stop, and what is owned can still be settled": async (scene) => {
    const { transport } = await scene.open();
    await send(transport, ...messages(scene.queue, 2));
    const stopped = await consume(transport, scene.queue, 1);
    const owned = await stopped.inbox.arrived(1);
    await stopped.subscription.stop();
    await done(transport, owned);
    await send(transport, message(scene.queue, "late"));
    const rest = await consume(transport, scene.queue, 10);
    expect(textsOf(await rest.inbox.arrived(2))).toEqual(["m1", "late"]);
    expect(stopped.inbox.deliveries.length).toBe(1);
  },

  "stops twice and takes no credit afterwards": async (scene) => {
    const { transport } = await scene.open();
    const { inbox, subscription } = await consume(transport, scene.queue, 1);
    await subscription.stop();
    await subscription.stop();
    subscription.credit(10);
    await send(transport, message(scene.queue, "for the other"));
    const other = await consume(transport, scene.queue, 1);
    await other.inbox.arrived(1);
    expect(inbox.deliveries.length).toBe(0);
  },
};
