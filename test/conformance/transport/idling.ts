import type { Delivery, Transport } from "@taskgen/core/internal";
import { expect } from "vitest";
import { type Consuming, consume, Inbox } from "../inbox.js";
import { done, message, messages, send, textsOf } from "../messages.js";
import { close, type Scene } from "../scene.js";
import type { Cases } from "../suite.js";

/** A consumer that had a message and has none now: it waits for the next one. */
async function idle({ transport, queue, credit }: Waiting): Promise<Consuming> {
  const consuming = await consume(transport, queue, credit);
  await send(transport, message(queue, "before"));
  await done(transport, await consuming.inbox.arrived(1));
  consuming.inbox.deliveries.length = 0;
  return consuming;
}

interface Waiting {
  readonly transport: Transport;
  readonly queue: string;
  readonly credit: number;
}

/** Two participants; only the first consumes, and waits for the next message. */
async function idleBesideOther(scene: Scene, credit: number) {
  const [here, other] = [await scene.open(), await scene.open()];
  const { inbox, subscription } = await idle({ transport: here.transport, queue: scene.queue, credit });
  return { here, other: other.transport, inbox, subscription };
}

export const idling: Cases = {
  "gives a second message while the first one is owned": async (scene) => {
    const { here, other, inbox } = await idleBesideOther(scene, 4);
    for (let count = 1; count <= 4; count++) {
      await send(other, message(scene.queue, `m${count}`));
      await inbox.arrived(count);
    }
    expect(textsOf(inbox.deliveries)).toEqual(["m1", "m2", "m3", "m4"]);
    await done(here.transport, inbox.deliveries);
  },

  "keeps a second message until the first is settled, with a credit of one": async (scene) => {
    const { here, other, inbox } = await idleBesideOther(scene, 1);
    await send(other, message(scene.queue, "first"));
    const first = await inbox.arrived(1);
    await send(other, message(scene.queue, "second"));
    expect(inbox.deliveries.length).toBe(1);
    await done(here.transport, first);
    expect(textsOf(await inbox.arrived(2))).toEqual(["first", "second"]);
  },

  "gives the next message at whatever step the last one is settled": async (scene) => {
    const [{ transport }, other] = [await scene.open(), await scene.open()];
    const inbox = new Inbox();
    let steps = 0;
    let settled = Promise.resolve();
    const settleLater = async (batch: readonly Delivery[]): Promise<void> => {
      for (let step = 0; step < steps; step++) await Promise.resolve();
      await done(transport, batch);
    };
    await transport.consume(scene.queue, 1, (batch) => {
      settled = settleLater(batch);
      inbox.receive(batch);
    });
    for (; steps < 30; steps++) {
      await send(other.transport, message(scene.queue, `m${steps}`));
      await inbox.arrived(steps + 1);
      await settled;
    }
  },

  "gives a message to who is idle, not to who is at its limit": async (scene) => {
    const { other, inbox } = await idleBesideOther(scene, 1);
    await send(other, message(scene.queue, "first"));
    await inbox.arrived(1);
    const next = await consume(other, scene.queue, 1);
    for (let count = 1; count <= 5; count++) {
      await send(other, message(scene.queue, `m${count}`));
      await done(other, (await next.inbox.arrived(count)).slice(-1));
    }
    expect(inbox.deliveries.length).toBe(1);
  },

  "gives each message to one of two who are idle": async (scene) => {
    const [sender, ...workers] = [await scene.open(), await scene.open(), await scene.open()];
    const inbox = new Inbox();
    const settled: Promise<void>[] = [];
    for (const { transport } of workers) {
      await transport.consume(scene.queue, 5, (batch) => {
        settled.push(done(transport, batch));
        inbox.receive(batch);
      });
    }
    for (let count = 1; count <= 20; count++) {
      await send(sender.transport, message(scene.queue, `m${count}`));
      expect(textsOf((await inbox.arrived(count)).slice(count - 1))).toEqual([`m${count}`]);
    }
    await Promise.all(settled);
    expect(inbox.deliveries.length).toBe(20);
  },

  "keeps the order of bursts": async (scene) => {
    const { here, other, inbox } = await idleBesideOther(scene, 10);
    const expected: string[] = [];
    for (let burst = 1; burst <= 10; burst++) {
      await send(other, ...messages(scene.queue, burst));
      expected.push(...messages(scene.queue, burst).map((_, index) => `m${index}`));
      const all = await inbox.arrived(expected.length);
      await done(here.transport, all.slice(expected.length - burst));
    }
    expect(textsOf(inbox.deliveries)).toEqual(expected);
  },

  "keeps the order of messages that are sent one after the other": async (scene) => {
    const { other, inbox } = await idleBesideOther(scene, 50);
    const texts = Array.from({ length: 30 }, (_, index) => `m${index}`);
    for (const text of texts) await send(other, message(scene.queue, text));
    expect(textsOf(await inbox.arrived(texts.length))).toEqual(texts);
  },

  "prefers the higher priority also when it was idle": async (scene) => {
    const { here, other, inbox } = await idleBesideOther(scene, 1);
    if (other.caps.priorities === 1) return;
    const settleNext = async (count: number, text: string): Promise<void> => {
      const [next] = (await inbox.arrived(count)).slice(-1);
      expect(textsOf([next!])).toEqual([text]);
      await done(here.transport, [next!]);
    };
    await send(other, message(scene.queue, "high", { priority: 9 }));
    await settleNext(1, "high");
    for (let count = 2; count <= 10; count += 3) {
      await send(other, message(scene.queue, "first"));
      await inbox.arrived(count);
      await send(other, message(scene.queue, "low", { priority: 4 }), message(scene.queue, "high", { priority: 9 }));
      await settleNext(count, "first");
      await settleNext(count + 1, "high");
      await settleNext(count + 2, "low");
    }
  },

  "gives what comes to several queues": async (scene) => {
    const { transport } = await scene.open();
    const other = await scene.open();
    const queues = ["a", "b"].map((name) => `${scene.queue}-${name}`);
    await Promise.all([transport, other.transport].map((one) => one.declare(queues.map((name) => ({ name })))));
    const inboxes = await Promise.all(queues.map(async (queue) => (await idle({ transport, queue, credit: 2 })).inbox));
    for (let count = 1; count <= 5; count++) {
      await send(other.transport, ...queues.map((queue) => message(queue, "both")));
      for (const inbox of inboxes) await done(transport, (await inbox.arrived(count)).slice(-1));
    }
  },

  "gives nothing while its credit is zero, and leaves it to others": async (scene) => {
    const { other, inbox, subscription } = await idleBesideOther(scene, 5);
    const rest = await consume(other, scene.queue, 5);
    for (let round = 1; round <= 3; round++) {
      subscription.credit(0);
      await send(other, message(scene.queue, `m${round}`));
      const left = rest.inbox.arrived(round);
      const [delivery] = (await left).slice(-1);
      expect(delivery!.redeliveries).toBe(0);
      await done(other, [delivery!]);
      subscription.credit(5);
    }
    expect(inbox.deliveries.length).toBe(0);
  },

  "gives nothing once it has stopped, and leaves it to others": async (scene) => {
    const { other, inbox, subscription } = await idleBesideOther(scene, 5);
    await subscription.stop();
    await send(other, ...messages(scene.queue, 3));
    const rest = await consume(other, scene.queue, 5);
    const all = await rest.inbox.arrived(3);
    expect(all.map(({ redeliveries }) => redeliveries)).toEqual([0, 0, 0]);
    expect(textsOf(all).toSorted()).toEqual(["m0", "m1", "m2"]);
    expect(inbox.deliveries.length).toBe(0);
  },

  "leaves what comes while it closes to others, uncounted": async (scene) => {
    const { here, other } = await idleBesideOther(scene, 5);
    const rest = await consume(other, scene.queue, 5);
    await Promise.all([close(here), send(other, ...messages(scene.queue, 3))]);
    await send(other, message(scene.queue, "after"));
    const all = await rest.inbox.arrived(4);
    expect(all.map(({ redeliveries }) => redeliveries)).toEqual([0, 0, 0, 0]);
  },
};
