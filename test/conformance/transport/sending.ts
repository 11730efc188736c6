import { TransportError } from "@taskgen/core";
import { createId } from "@taskgen/core/internal";
import { expect } from "vitest";
import { consume, consumeAndSettle } from "../inbox.js";
import { bytes, deadline, done, idsOf, message, messages, send, textOf, textsOf } from "../messages.js";
import type { Cases } from "../suite.js";

export const sending: Cases = {
  "delivers what was sent, field by field": async (scene) => {
    const { transport } = await scene.open();
    const expires = Date.now() + 3_600_000;
    const sent = message(scene.queue, "päper ✂", { priority: 7, expires, replyTo: "reply:1" });
    await send(transport, sent);
    const { inbox } = await consume(transport, scene.queue, 10);
    const [delivery] = await inbox.arrived(1);
    const { body, ...header } = delivery!.envelope;
    expect(textOf(body)).toBe("päper ✂");
    expect(header).toMatchObject({ id: sent.id, queue: scene.queue, priority: 7, expires, replyTo: "reply:1" });
    expect(delivery!.redeliveries).toBe(0);
    expect(delivery!.lost.aborted).toBe(false);
  },

  "leaves out what was not sent": async (scene) => {
    const { transport } = await scene.open();
    await send(transport, message(scene.queue, "bare"));
    const { inbox } = await consume(transport, scene.queue, 1);
    const [delivery] = await inbox.arrived(1);
    const { eta, expires, replyTo } = delivery!.envelope;
    expect([eta, expires, replyTo]).toEqual([undefined, undefined, undefined]);
  },

  "delivers to a consumer that was there before": async (scene) => {
    const [{ transport }, other] = [await scene.open(), await scene.open()];
    const { inbox } = await consume(transport, scene.queue, 10);
    await send(other.transport, ...messages(scene.queue, 3));
    expect(textsOf(await inbox.arrived(3))).toEqual(["m0", "m1", "m2"]);
  },

  "delivers what another process sends": async (scene) => {
    const [{ transport }, peer] = [await scene.open(), await scene.peer()];
    const { inbox } = await consume(transport, scene.queue, 10);
    expect(await peer.send(scene.queue, "from-afar")).toBe("stored");
    expect(idsOf(await inbox.arrived(1))).toEqual(["from-afar"]);
  },

  "keeps the order of a batch of 1,000": async (scene) => {
    const { transport } = await scene.open();
    const batch = messages(scene.queue, 1_000);
    await send(transport, ...batch);
    const { inbox } = await consumeAndSettle(transport, scene.queue, 100);
    expect(idsOf(await inbox.arrived(1_000))).toEqual(idsOf(batch));
  },

  "sends one batch into several queues": async (scene) => {
    const { transport } = await scene.open();
    const other = `${scene.queue}-2`;
    await transport.declare([{ name: other }]);
    await send(transport, message(scene.queue, "here"), message(other, "there"), message(scene.queue, "here too"));
    const [first, second] = [await consume(transport, scene.queue, 5), await consume(transport, other, 5)];
    expect(textsOf(await first.inbox.arrived(2))).toEqual(["here", "here too"]);
    expect(textsOf(await second.inbox.arrived(1))).toEqual(["there"]);
  },

  "recognises an id that is stored already": async (scene) => {
    const { transport } = await scene.open();
    const [first, second] = [message(scene.queue, "first"), message(scene.queue, "second")];
    await send(transport, first);
    const again = transport.caps.dedupe ? "duplicate" : "stored";
    const outcomes = await transport.send([{ ...first, body: bytes("again") }, second], deadline());
    expect(outcomes).toEqual([again, "stored"]);
    if (!transport.caps.dedupe) return;
    const { inbox } = await consume(transport, scene.queue, 10);
    expect(textsOf(await inbox.arrived(2))).toEqual(["first", "second"]);
    // it is owned now, which is stored too
    expect(await transport.send([first], deadline())).toEqual(["duplicate"]);
  },

  "takes an id again that ended without a record": async (scene) => {
    const { transport } = await scene.open();
    const { inbox } = await consume(transport, scene.queue, 10);
    const one = message(scene.queue, "first");
    await send(transport, one);
    await done(transport, await inbox.arrived(1));
    await send(transport, { ...one, body: bytes("second") });
    expect(textsOf(await inbox.arrived(2))).toEqual(["first", "second"]);
  },

  "recognises an id twice in one batch": async (scene) => {
    const { transport } = await scene.open();
    const id = createId();
    const twice = [message(scene.queue, "first", { id }), message(scene.queue, "second", { id })];
    expect(await transport.send(twice, deadline())).toEqual(["stored", transport.caps.dedupe ? "duplicate" : "stored"]);
  },

  "takes empty batches": async (scene) => {
    const { transport } = await scene.open();
    expect(await transport.send([], deadline())).toEqual([]);
    expect(await transport.settle([])).toEqual([]);
    await transport.declare([]);
  },

  "carries an empty body and one of 1 MB": async (scene) => {
    const { transport } = await scene.open();
    const large = Uint8Array.from({ length: 1024 * 1024 }, (_, index) => index % 251);
    await send(transport, message(scene.queue, ""), { ...message(scene.queue, "large"), body: large });
    const { inbox } = await consume(transport, scene.queue, 5);
    const [none, all] = await inbox.arrived(2);
    expect(none!.envelope.body.length).toBe(0);
    expect(Buffer.compare(all!.envelope.body, large)).toBe(0);
  },

  "refuses a body that is too large, and only that": async (scene) => {
    const { transport } = await scene.open();
    const body = new Uint8Array(transport.caps.maxBytes + 1);
    const batch = [
      message(scene.queue, "before"),
      { ...message(scene.queue, ""), body },
      message(scene.queue, "after"),
    ];
    const [before, refused, after] = await transport.send(batch, deadline());
    expect([before, after]).toEqual(["stored", "stored"]);
    expect(refused).toBeInstanceOf(TransportError);
    expect(refused).toMatchObject({ code: "PAYLOAD_TOO_LARGE", certain: true, retriable: false });
    const { inbox } = await consume(transport, scene.queue, 5);
    expect(textsOf(await inbox.arrived(2))).toEqual(["before", "after"]);
  },

  "gives each message bytes of its own": async (scene) => {
    const { transport } = await scene.open();
    const { inbox } = await consume(transport, scene.queue, 5);
    await send(transport, ...messages(scene.queue, 2));
    const [first, second] = await inbox.arrived(2);
    first!.envelope.body.fill(0);
    expect(textOf(second!.envelope.body)).toBe("m1");
  },
};
