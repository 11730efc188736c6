import { canInspect, type Inspect, type Transport } from "@taskgen/core/internal";
import { expect } from "vitest";
import { eventually } from "../../support/eventually.js";
import { consume, consumeAndSettle } from "../inbox.js";
import { message, messages, send, settle, textsOf } from "../messages.js";
import { close } from "../scene.js";
import type { Cases } from "../suite.js";

function inspectable(transport: Transport): Transport & Inspect {
  if (canInspect(transport)) return transport;
  throw new Error("this transport has no Inspect: name this case in `skip`");
}

export const inspecting: Cases = {
  "counts what is where": async (scene) => {
    const transport = inspectable((await scene.open()).transport);
    const eta = Date.now() + 3_600_000;
    await send(transport, ...messages(scene.queue, 6), message(scene.queue, "later", { eta }));
    const { inbox, subscription } = await consume(transport, scene.queue, 3);
    const [dead] = await inbox.arrived(3);
    await subscription.stop();
    await settle(transport, { delivery: dead!, to: "dead", reason: "bad" });
    const depth = (await transport.depths()).find(({ queue }) => queue === scene.queue);
    // n.b. who takes from it is known a heartbeat later: "counts who takes from a queue"
    expect(depth).toMatchObject({ waiting: 3, delayed: 1, owned: 2, dead: 1 });
  },

  "counts what was sent to a queue that nobody declared": async (scene) => {
    const transport = inspectable((await scene.open()).transport);
    const queue = `${scene.queue}-undeclared`;
    await send(transport, ...messages(queue, 2));
    const depth = (await transport.depths()).find((one) => one.queue === queue);
    expect(depth).toEqual({ queue, waiting: 2, delayed: 0, owned: 0, dead: 0, consumers: 0 });
  },

  "counts who takes from a queue": async (scene) => {
    const [one, two] = [await scene.open(), await scene.open()];
    const transport = inspectable(one.transport);
    const counted = (count: number): Promise<true> => {
      const probe = async (): Promise<boolean> =>
        (await transport.depths()).find(({ queue }) => queue === scene.queue)?.consumers === count;
      return eventually(probe, { every: 50, what: `${count} consumers` });
    };
    await counted(0);
    const peer = await scene.peer();
    await send(transport, message(scene.queue, "for the peer"));
    await peer.consume(scene.queue, 1);
    await counted(1);
    await peer.kill();
    await counted(0);
    const { inbox, subscription } = await consumeAndSettle(one.transport, scene.queue, 1);
    await counted(1);
    await consume(two.transport, scene.queue, 1);
    await counted(2);
    await close(two);
    await counted(1);
    await inbox.arrived(1);
    await subscription.stop();
    await counted(0);
    await consume(one.transport, scene.queue, 1);
    await counted(1);
  },

  "lists dead letters up to a limit": async (scene) => {
    const transport = inspectable((await scene.open()).transport);
    await send(transport, ...messages(scene.queue, 4));
    const { inbox } = await consume(transport, scene.queue, 4);
    const all = await inbox.arrived(4);
    await settle(transport, ...all.map((delivery) => ({ delivery, to: "dead" as const, reason: "bad" })));
    expect((await transport.dead(scene.queue, 3)).length).toBe(3);
    expect((await transport.dead(scene.queue, 100)).length).toBe(4);
    expect(await transport.dead(`${scene.queue}-unknown`, 100)).toEqual([]);
  },

  "removes dead letters by their ids": async (scene) => {
    const transport = inspectable((await scene.open()).transport);
    const batch = messages(scene.queue, 4);
    await send(transport, ...batch);
    const { inbox } = await consume(transport, scene.queue, 4);
    const all = await inbox.arrived(4);
    await settle(transport, ...all.map((delivery) => ({ delivery, to: "dead" as const, reason: "bad" })));
    const [one, two, three, four] = batch.map(({ id }) => id) as [string, string, string, string];
    expect(await transport.removeDead(scene.queue, [two, four, "unknown"])).toBe(2);
    expect(await transport.removeDead(scene.queue, [two])).toBe(0);
    expect((await transport.dead(scene.queue, 100)).map(({ envelope }) => envelope.id).toSorted()).toEqual(
      [one, three].toSorted(),
    );
    expect(await transport.removeDead(`${scene.queue}-unknown`, [one])).toBe(0);
  },

  "purges what waits and what is delayed, not what is owned": async (scene) => {
    const transport = inspectable((await scene.open()).transport);
    const eta = Date.now() + 3_600_000;
    const batch = messages(scene.queue, 5);
    await send(transport, ...batch, message(scene.queue, "later", { eta }));
    const { inbox } = await consume(transport, scene.queue, 2);
    const owned = await inbox.arrived(2);
    expect(await transport.purge(scene.queue)).toBe(4);
    expect(await transport.purge(scene.queue)).toBe(0);
    expect(await settle(transport, ...owned.map((delivery) => ({ delivery, to: "done" as const })))).toEqual([
      "ok",
      "ok",
    ]);
    // a purged id is free again
    await send(transport, message(scene.queue, "again", { id: batch[4]!.id }));
    expect(textsOf(await inbox.arrived(3))).toEqual(["m0", "m1", "again"]);
  },
};
