import { canInspect, type Delivery, type Transport } from "@taskgen/core/internal";
import { expect } from "vitest";
import { eventually } from "../../support/eventually.js";
import { consume } from "../inbox.js";
import { done, idsOf, message, messages, send, settle, textsOf } from "../messages.js";
import { close } from "../scene.js";
import type { Cases } from "../suite.js";

function expectRedeliveries({ caps }: Transport, deliveries: readonly Delivery[], count: number): void {
  for (const { redeliveries } of deliveries) {
    if (caps.exactRedeliveries) expect(redeliveries).toBe(count);
    else expect(redeliveries).toBeGreaterThanOrEqual(count);
  }
}

export const owning: Cases = {
  "gives what a killed consumer owned to another one, and counts it": async (scene) => {
    const [{ transport }, peer] = [await scene.open(), await scene.peer()];
    await send(transport, ...messages(scene.queue, 3));
    const owned = await peer.consume(scene.queue, 2);
    const { inbox } = await consume(transport, scene.queue, 10);
    const [untouched] = await inbox.arrived(1);
    expect(textsOf([untouched!])).toEqual(["m2"]);
    expect(untouched!.redeliveries).toBe(0);
    await peer.kill();
    const again = (await inbox.arrived(3)).slice(1);
    expect(idsOf(again).toSorted()).toEqual([...owned].toSorted());
    expectRedeliveries(transport, again, 1);
    await done(transport, [untouched!, ...again]);
  },

  "counts every consumer that died": async (scene) => {
    const { transport } = await scene.open();
    await send(transport, message(scene.queue, "poison"));
    for (let deaths = 1; deaths <= 2; deaths++) {
      const peer = await scene.peer();
      await peer.consume(scene.queue, 1);
      await peer.kill();
    }
    const { inbox } = await consume(transport, scene.queue, 1);
    const [delivery] = await inbox.arrived(1);
    expectRedeliveries(transport, [delivery!], 2);
    // a retry is a new run: who died with the last one says nothing of it
    expect(await settle(transport, { delivery: delivery!, to: "retry", next: delivery!.envelope })).toEqual(["ok"]);
    const [, again] = await inbox.arrived(2);
    expect(again!.redeliveries).toBe(0);
    await done(transport, [again!]);
  },

  "puts what a killed consumer owned before the rest": async (scene) => {
    const [{ transport }, peer] = [await scene.open(), await scene.peer()];
    await send(transport, ...messages(scene.queue, 2));
    await peer.consume(scene.queue, 2);
    // a consumer that is there to notice the death, and has no credit left to take what comes free
    await send(transport, message(scene.queue, "held"), message(scene.queue, "behind"));
    const { inbox, subscription } = await consume(transport, scene.queue, 1);
    const held = await inbox.arrived(1);
    await peer.kill();
    if (!canInspect(transport)) return;
    const isTakenOver = async (): Promise<boolean> => (await transport.depths()).some(({ owned }) => owned === 1);
    await eventually(isTakenOver, { what: "taking over from a dead consumer" });
    await done(transport, held);
    subscription.credit(3);
    expect(textsOf(await inbox.arrived(4))).toEqual(["held", "m0", "m1", "behind"]);
  },

  "tells a consumer that lost its messages, and changes nothing for it": async (scene) => {
    const [{ transport }, peer] = [await scene.open(), await scene.peer()];
    await send(transport, message(scene.queue, "contested"));
    const owned = await peer.consume(scene.queue, 1);
    const { inbox } = await consume(transport, scene.queue, 1);
    await peer.hangUntil(inbox.arrived(1));
    expect(await peer.lost()).toEqual(owned);
    expect(await peer.settle()).toEqual(["lost"]);
    const [delivery] = await inbox.arrived(1);
    expectRedeliveries(transport, [delivery!], 1);
    expect(delivery!.lost.aborted).toBe(false);
    await done(transport, [delivery!]);
  },

  "answers lost to a late settle, also before it could be told": async (scene) => {
    const [{ transport }, peer] = [await scene.open(), await scene.peer()];
    await send(transport, message(scene.queue, "contested"));
    await peer.consume(scene.queue, 1);
    const { inbox } = await consume(transport, scene.queue, 1);
    await peer.hangUntil(inbox.arrived(1));
    expect(await peer.settle()).toEqual(["lost"]);
    await peer.lost();
    // what it lost left it with credit: it might be the one that is given what is released
    await peer.stop();
    const [delivery] = await inbox.arrived(1);
    expect(await settle(transport, { delivery: delivery!, to: "release" })).toEqual(["ok"]);
    await inbox.arrived(2);
  },

  "does not take over what a living consumer owns": async (scene) => {
    const [{ transport }, peer] = [await scene.open(), await scene.peer()];
    const doomed = await scene.peer();
    await send(transport, message(scene.queue, "kept"));
    const kept = await consume(transport, scene.queue, 1);
    const [delivery] = await kept.inbox.arrived(1);
    await send(transport, message(scene.queue, "m1"));
    await doomed.consume(scene.queue, 1);
    await doomed.kill();
    // once the dead one's message is taken over, so would have been any other whose time was over
    expect((await peer.consume(scene.queue, 1)).length).toBe(1);
    expect(delivery!.lost.aborted).toBe(false);
    await done(transport, [delivery!]);
  },

  "gives back what it owns when it closes, uncounted": async (scene) => {
    const [leaving, { transport }] = [await scene.open(), await scene.open()];
    await send(transport, ...messages(scene.queue, 3));
    const left = await consume(leaving.transport, scene.queue, 2);
    const [first, second] = await left.inbox.arrived(2);
    await close(leaving);
    const { inbox } = await consume(transport, scene.queue, 10);
    const all = await inbox.arrived(3);
    expect(textsOf(all)).toEqual(["m0", "m1", "m2"]);
    expect(all.map((delivery) => delivery.redeliveries)).toEqual([0, 0, 0]);
    expect([first!.lost.aborted, second!.lost.aborted]).toEqual([true, true]);
  },

  "keeps messages while nobody is connected": async (scene) => {
    const first = await scene.open();
    await send(first.transport, ...messages(scene.queue, 2));
    await close(first);
    const { transport } = await scene.open();
    const { inbox } = await consume(transport, scene.queue, 10);
    expect(textsOf(await inbox.arrived(2))).toEqual(["m0", "m1"]);
  },
};
