import { TransportError } from "@taskgen/core";
import type { Transport } from "@taskgen/core/internal";
import { expect } from "vitest";
import { namespace } from "../../support/namespace.js";
import { consume } from "../inbox.js";
import { deadline, done, idsOf, message, messages, send, settle, textsOf } from "../messages.js";
import { close } from "../scene.js";
import type { Cases } from "../suite.js";

/** Sends to a closed transport; whether it rejects or answers is left to it. */
const sendClosed = async (transport: Transport, queue: string): Promise<unknown> =>
  transport.send([message(queue, "late")], deadline()).then(
    ([outcome]) => outcome,
    (error: unknown) => error,
  );

export const living: Cases = {
  "names itself without secrets and says what it can": async (scene) => {
    const { transport } = await scene.open();
    expect(transport.location).toMatch(/^[a-z]+:/);
    expect(transport.caps.maxBytes).toBeGreaterThanOrEqual(1024 * 1024);
    expect(transport.caps.delay.maxMs).toBeGreaterThan(0);
    expect(transport.caps.durability).not.toBe("");
  },

  "declares again and again": async (scene) => {
    const [{ transport }, other] = [await scene.open(), await scene.open()];
    await send(transport, ...messages(scene.queue, 2));
    const queues = [{ name: scene.queue }, { name: scene.queue }, { name: `${scene.queue}-2` }];
    await Promise.all([transport.declare(queues), other.transport.declare(queues)]);
    const { inbox } = await consume(transport, scene.queue, 5);
    expect(textsOf(await inbox.arrived(2))).toEqual(["m0", "m1"]);
  },

  "does not let prefixes meet": async (scene) => {
    const [here, there] = [await scene.open(namespace("p")), await scene.open(namespace("p"))];
    const same = message(scene.queue, "here");
    await send(here.transport, same);
    await send(there.transport, { ...same, body: new TextEncoder().encode("there") });
    const [near, far] = [await consume(here.transport, scene.queue, 5), await consume(there.transport, scene.queue, 5)];
    expect(textsOf(await near.inbox.arrived(1))).toEqual(["here"]);
    expect(textsOf(await far.inbox.arrived(1))).toEqual(["there"]);
    await done(here.transport, near.inbox.deliveries);
    await done(there.transport, far.inbox.deliveries);
  },

  "closes in time with everything pending": async (scene) => {
    const participant = await scene.open();
    const { transport, results } = participant;
    await consume(transport, scene.queue, 2);
    const { inbox } = await consume(transport, scene.queue, 2);
    await send(transport, ...messages(scene.queue, 10), message(scene.queue, "later", { eta: Date.now() + 3_600_000 }));
    await inbox.arrived(1);
    await transport.listen("topic", () => {});
    const waiting = expect(results.wait("never", deadline())).rejects.toMatchObject({ code: "RESULT_CLOSED" });
    await close(participant);
    await waiting;
  },

  "closes with a send under way, whose outcome is told": async (scene) => {
    const participant = await scene.open();
    const { transport } = participant;
    const batch = messages(scene.queue, 100);
    const sending = transport.send(batch, deadline()).catch((error: unknown) => batch.map(() => error));
    await close(participant);
    for (const outcome of await sending) {
      if (outcome !== "stored") expect(outcome).toBeInstanceOf(TransportError);
    }
  },

  "closes twice": async (scene) => {
    const participant = await scene.open();
    await Promise.all([close(participant), close(participant)]);
    await close(participant);
  },

  "closes before it was used": async (scene) => {
    const other = await scene.open();
    await close(await scene.open());
    await send(other.transport, message(scene.queue, "still here"));
  },

  "refuses to send after it was closed": async (scene) => {
    const [closed, { transport }] = [await scene.open(), await scene.open()];
    await close(closed);
    const refused = await sendClosed(closed.transport, scene.queue);
    expect(refused).toBeInstanceOf(TransportError);
    expect(refused).toMatchObject({ code: "TRANSPORT_CLOSED", certain: true });
    await expect(closed.transport.consume(scene.queue, 1, () => {})).rejects.toMatchObject({
      code: "TRANSPORT_CLOSED",
    });
    const marker = message(scene.queue, "marker");
    await send(transport, marker);
    const { inbox } = await consume(transport, scene.queue, 5);
    expect(idsOf(await inbox.arrived(1))).toEqual([marker.id]);
  },

  "changes nothing when it settles after it was closed": async (scene) => {
    const [closed, { transport }] = [await scene.open(), await scene.open()];
    await send(transport, message(scene.queue, "owned"));
    const { inbox } = await consume(closed.transport, scene.queue, 1);
    const [delivery] = await inbox.arrived(1);
    await close(closed);
    const late = await settle(closed.transport, { delivery: delivery!, to: "done" }).catch(() => ["rejected"]);
    expect(late).not.toEqual(["ok"]);
    const next = await consume(transport, scene.queue, 1);
    await done(transport, await next.inbox.arrived(1));
  },
};
