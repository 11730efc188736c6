import { TransportError } from "@taskgen/core";
import { canInspect, type Envelope } from "@taskgen/core/internal";
import { expect } from "vitest";
import { consume } from "../inbox.js";
import { bytes, deadline, done, idsOf, message, messages, send, settle, textsOf } from "../messages.js";
import type { Cases } from "../suite.js";

const retried = (envelope: Envelope, text: string, more: Partial<Envelope> = {}): Envelope => ({
  ...envelope,
  body: bytes(text),
  ...more,
});

export const settling: Cases = {
  "forgets what is done": async (scene) => {
    const [{ transport }, other] = [await scene.open(), await scene.open()];
    await send(transport, ...messages(scene.queue, 3));
    const first = await consume(transport, scene.queue, 3);
    await done(transport, await first.inbox.arrived(3));
    await first.subscription.stop();
    await send(transport, message(scene.queue, "marker"));
    const { inbox } = await consume(other.transport, scene.queue, 10);
    expect(textsOf(await inbox.arrived(1))).toEqual(["marker"]);
  },

  "takes an id again once it is done without a result": async (scene) => {
    const { transport } = await scene.open();
    if (!transport.caps.dedupe) return;
    const [first, second] = messages(scene.queue, 2) as [Envelope, Envelope];
    const { inbox } = await consume(transport, scene.queue, 10);
    for (let run = 1; run <= 3; run++) {
      await send(transport, first, second);
      expect(await transport.send([first, second], deadline())).toEqual(["duplicate", "duplicate"]);
      const [one, two] = (await inbox.arrived(2 * run)).slice(-2);
      await done(transport, [one!]);
      const dead = { delivery: two!, to: "dead", reason: "bad" } as const;
      expect(await settle(transport, dead)).toEqual(["ok"]);
    }
    expect(textsOf(inbox.deliveries)).toEqual(["m0", "m1", "m0", "m1", "m0", "m1"]);
  },

  "replaces what is retried": async (scene) => {
    const { transport } = await scene.open();
    const first = message(scene.queue, "first", { replyTo: "reply:1" });
    await send(transport, first);
    const { inbox } = await consume(transport, scene.queue, 5);
    const [delivery] = await inbox.arrived(1);
    const next = retried(first, "second", { priority: 8 });
    expect(await settle(transport, { delivery: delivery!, to: "retry", next })).toEqual(["ok"]);
    const [, again] = await inbox.arrived(2);
    expect(again!.envelope).toMatchObject({ id: first.id, priority: 8, replyTo: "reply:1" });
    expect(again!.redeliveries).toBe(0);
    await done(transport, [again!]);
    await send(transport, message(scene.queue, "marker"));
    expect(textsOf(await inbox.arrived(3))).toEqual(["first", "second", "marker"]);
  },

  "retries into another queue": async (scene) => {
    const { transport } = await scene.open();
    const other = `${scene.queue}-2`;
    await transport.declare([{ name: other }]);
    const first = message(scene.queue, "first");
    await send(transport, first);
    const from = await consume(transport, scene.queue, 1);
    const [delivery] = await from.inbox.arrived(1);
    await settle(transport, { delivery: delivery!, to: "retry", next: retried(first, "moved", { queue: other }) });
    const to = await consume(transport, other, 1);
    const [moved] = await to.inbox.arrived(1);
    expect(moved!.envelope).toMatchObject({ id: first.id, queue: other });
    await send(transport, message(scene.queue, "marker"));
    expect(textsOf(await from.inbox.arrived(2))).toEqual(["first", "marker"]);
  },

  "refuses to retry with a body that is too large, and leaves the message owned": async (scene) => {
    const { transport } = await scene.open();
    const first = message(scene.queue, "first");
    await send(transport, first);
    const { inbox } = await consume(transport, scene.queue, 1);
    const [delivery] = await inbox.arrived(1);
    const next = { ...first, body: new Uint8Array(transport.caps.maxBytes + 1) };
    const [refused] = await settle(transport, { delivery: delivery!, to: "retry", next });
    expect(refused).toBeInstanceOf(TransportError);
    expect(refused).toMatchObject({ code: "PAYLOAD_TOO_LARGE", certain: true });
    await done(transport, [delivery!]);
  },

  "puts what is released at the front": async (scene) => {
    const { transport } = await scene.open();
    await send(transport, ...messages(scene.queue, 3));
    const { inbox } = await consume(transport, scene.queue, 1);
    const [first] = await inbox.arrived(1);
    expect(await settle(transport, { delivery: first!, to: "release" })).toEqual(["ok"]);
    expect(textsOf(await inbox.arrived(2))).toEqual(["m0", "m0"]);
  },

  "keeps the order of what is released together": async (scene) => {
    const { transport } = await scene.open();
    await send(transport, ...messages(scene.queue, 5));
    const first = await consume(transport, scene.queue, 3);
    const owned = await first.inbox.arrived(3);
    await first.subscription.stop();
    await settle(transport, ...owned.map((delivery) => ({ delivery, to: "release" as const })));
    const second = await consume(transport, scene.queue, 5);
    expect(textsOf(await second.inbox.arrived(5))).toEqual(["m0", "m1", "m2", "m3", "m4"]);
  },

  "does not count a release": async (scene) => {
    const { transport } = await scene.open();
    await send(transport, message(scene.queue, "again"));
    const { inbox } = await consume(transport, scene.queue, 1);
    for (let count = 1; count <= 4; count++) {
      const delivery = (await inbox.arrived(count)).at(-1)!;
      expect(delivery.redeliveries).toBe(0);
      await settle(transport, { delivery, to: "release" });
    }
    await inbox.arrived(5);
  },

  "keeps dead letters away from consumers, with their reason": async (scene) => {
    const { transport } = await scene.open();
    const poison = message(scene.queue, "poison");
    await send(transport, poison);
    const { inbox } = await consume(transport, scene.queue, 5);
    const [delivery] = await inbox.arrived(1);
    expect(await settle(transport, { delivery: delivery!, to: "dead", reason: "not decodable" })).toEqual(["ok"]);
    await send(transport, message(scene.queue, "marker"));
    expect(textsOf(await inbox.arrived(2))).toEqual(["poison", "marker"]);
    if (!canInspect(transport)) return;
    const [dead] = await transport.dead(scene.queue, 10);
    expect(dead).toMatchObject({ reason: "not decodable", envelope: { id: poison.id, queue: scene.queue } });
    expect(Buffer.from(dead!.envelope.body).toString()).toBe("poison");
    expect(dead!.at).toBeLessThanOrEqual(Date.now());
  },

  "answers lost to what is settled twice": async (scene) => {
    const { transport } = await scene.open();
    await send(transport, ...messages(scene.queue, 2));
    const { inbox } = await consume(transport, scene.queue, 2);
    const [one, two] = await inbox.arrived(2);
    await done(transport, [one!]);
    const release = { delivery: one!, to: "release" } as const;
    const twice = [{ delivery: two!, to: "done" } as const, { delivery: two!, to: "dead", reason: "late" } as const];
    expect(await settle(transport, release, ...twice)).toEqual(["lost", "ok", "lost"]);
    await send(transport, message(scene.queue, "marker"));
    expect(textsOf(await inbox.arrived(3))).toEqual(["m0", "m1", "marker"]);
  },

  "settles a mixed batch, each in its way": async (scene) => {
    const { transport } = await scene.open();
    const batch = messages(scene.queue, 5);
    await send(transport, ...batch);
    const { inbox, subscription } = await consume(transport, scene.queue, 5);
    const [a, b, c, d, e] = await inbox.arrived(5);
    await subscription.stop();
    const outcomes = await settle(
      transport,
      { delivery: a!, to: "done" },
      { delivery: b!, to: "retry", next: retried(batch[1]!, "m1 again") },
      { delivery: c!, to: "release" },
      { delivery: d!, to: "dead", reason: "bad" },
      { delivery: e!, to: "done" },
    );
    expect(outcomes).toEqual(["ok", "ok", "ok", "ok", "ok"]);
    const rest = await consume(transport, scene.queue, 5);
    const left = await rest.inbox.arrived(2);
    expect(textsOf(left).toSorted()).toEqual(["m1 again", "m2"]);
    expect(idsOf(left).toSorted()).toEqual([batch[1]!.id, batch[2]!.id].toSorted());
  },

  "settles a batch of 1,000": async (scene) => {
    const { transport } = await scene.open();
    await send(transport, ...messages(scene.queue, 1_000));
    const { inbox } = await consume(transport, scene.queue, 1_000);
    await done(transport, await inbox.arrived(1_000));
    await send(transport, message(scene.queue, "marker"));
    expect(textsOf((await inbox.arrived(1_001)).slice(-1))).toEqual(["marker"]);
  },
};
