import { canInspect, type DeadLetter, type Inspect, type Transport } from "@taskgen/core/internal";
import { describe, expect, test } from "vitest";
import { consume, consumeAndSettle } from "../conformance/inbox.js";
import { deadline, done, message, messages, send, settle, textsOf } from "../conformance/messages.js";
import { close } from "../conformance/scene.js";
import { brokerUrl } from "../support/brokers.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { open, openModel, openRaw } from "./opening.js";

const inspect = (transport: Transport): Inspect => {
  if (!canInspect(transport)) throw new Error("it must be inspectable");
  return transport;
};

const deadLetters = (transport: Transport, count: number): Promise<readonly DeadLetter[]> =>
  eventually(async () => {
    const found = await inspect(transport).dead("q", 100);
    return found.length >= count && found;
  });

describe("queues on RabbitMQ", () => {
  expectNothingLeftRunning();

  test("are made by the first message, before any worker", async () => {
    const { transport, prefix } = await open(brokerUrl("amqp"));
    await send(transport, message("q", "first"));
    const raw = await openRaw(brokerUrl("amqp"));
    expect(await raw.checkQueue(`${prefix}.q`)).toMatchObject({ messageCount: 1, consumerCount: 0 });
  });

  test("that exist with other arguments are refused by the argument's name, and used when told so", async () => {
    const prefix = namespace("p");
    const raw = await openRaw(brokerUrl("amqp"));
    await raw.assertQueue(`${prefix}.q`, { durable: true, arguments: { "x-queue-type": "classic" } });
    const strict = await open(brokerUrl("amqp"), { prefix });
    const refusal = { code: "BROKER_ERROR", certain: true, retriable: false };
    await expect(strict.transport.declare([{ name: "q" }])).rejects.toMatchObject(refusal);
    await expect(strict.transport.consume("q", 1, () => {})).rejects.toThrow(
      /queue p-\w+\.q exists and differs in x-[a-z-]+/,
    );
    const [refused, sent] = await strict.transport.send([message("q", "a"), message("other", "b")], deadline());
    expect(refused).toMatchObject(refusal);
    expect(sent).toBe("stored");
    const lenient = await open(`${brokerUrl("amqp")}?onMismatch=use`, { prefix });
    await lenient.transport.declare([{ name: "q" }]);
    await send(lenient.transport, message("q", "a"), message("q", "delayed", { eta: Date.now() + 100 }));
    const { inbox } = await consumeAndSettle(lenient.transport, "q", 5);
    expect(textsOf(await inbox.arrived(2))).toEqual(["a", "delayed"]);
  });

  test("with names that are too long are refused", async () => {
    const { transport } = await open(brokerUrl("amqp"));
    const name = "q".repeat(256);
    const [refused] = await transport.send([message(name, "a")], deadline());
    expect(refused).toMatchObject({ code: "BROKER_ERROR", certain: true, retriable: false });
    await expect(transport.declare([{ name }])).rejects.toThrow("too long");
  });

  test("of one prefix are never those of another", async () => {
    const base = namespace("p");
    const [a, b] = [
      await open(brokerUrl("amqp"), { prefix: base }),
      await open(brokerUrl("amqp"), { prefix: `${base}.x` }),
    ];
    await send(a.transport, message("x.q", "a"));
    await send(b.transport, message("q", "b"));
    const { inbox } = await consume(b.transport, "q", 5);
    await send(b.transport, message("q", "marker"));
    expect(textsOf(await inbox.arrived(2))).toEqual(["b", "marker"]);
  });

  test("keep what a closing consumer owned, uncounted", async () => {
    const [leaving, staying] = await pair();
    await send(leaving.transport, ...messages("q", 3));
    const left = await consume(leaving.transport, "q", 2);
    const owned = await left.inbox.arrived(2);
    await close(leaving);
    expect(owned.map(({ lost }) => lost.aborted)).toEqual([true, true]);
    const { inbox } = await consume(staying.transport, "q", 10);
    const all = await inbox.arrived(3);
    expect(textsOf(all).toSorted()).toEqual(["m0", "m1", "m2"]);
    expect(all.map(({ redeliveries }) => redeliveries)).toEqual([0, 0, 0]);
  });

  test("tell their depth, and are purged of what waits", async () => {
    const { transport } = await open(brokerUrl("amqp"));
    await send(transport, ...messages("q", 6));
    const { inbox, subscription } = await consume(transport, "q", 3);
    const [dead, ...owned] = await inbox.arrived(3);
    await subscription.stop();
    await settle(transport, { delivery: dead!, to: "dead", reason: "bad" });
    const { depths } = { depths: () => inspect(transport).depths() };
    const settled = await eventually(async () => {
      const found = await depths();
      return found[0]?.waiting === 3 && found[0].dead === 1 && found;
    });
    expect(settled).toEqual([{ queue: "q", waiting: 3, delayed: 0, owned: 2, dead: 1, consumers: 1 }]);
    expect(await inspect(transport).purge("q")).toBe(3);
    expect(await inspect(transport).purge("unknown")).toBe(0);
    await done(transport, owned);
  });

  test("keep a death's count over a release, and begin anew with a retry", async () => {
    const { transport, prefix } = await open(brokerUrl("amqp"));
    await transport.declare([{ name: "q" }]);
    const raw = await openRaw(brokerUrl("amqp"));
    raw.sendToQueue(`${prefix}.q`, Buffer.from("m"), { messageId: "m", headers: { "taskgen-redeliveries": 2 } });
    const { inbox } = await consume(transport, "q", 1);
    const [first] = await inbox.arrived(1);
    await settle(transport, { delivery: first!, to: "release" });
    const [, released] = await inbox.arrived(2);
    await settle(transport, { delivery: released!, to: "retry", next: released!.envelope });
    const all = await inbox.arrived(3);
    expect(all.map(({ redeliveries }) => redeliveries)).toEqual([2, 2, 0]);
  });
});

describe("messages on RabbitMQ that others wrote", () => {
  expectNothingLeftRunning();

  test("without a usable id are dead letters with a reason, and hold up nothing", async () => {
    const { transport, prefix } = await open(brokerUrl("amqp"));
    await transport.declare([{ name: "q" }]);
    const raw = await openRaw(brokerUrl("amqp"));
    const put = (properties: object): boolean => raw.sendToQueue(`${prefix}.q`, Buffer.from([0xff, 0x00]), properties);
    put({});
    put({ messageId: "x".repeat(37) });
    put({ messageId: "with space" });
    await send(transport, message("q", "good"));
    const { inbox } = await consume(transport, "q", 1);
    expect(textsOf(await inbox.arrived(1))).toEqual(["good"]);
    const dead = await deadLetters(transport, 3);
    expect(dead.map(({ reason }) => reason)).toEqual(
      Array(3).fill("it has no message-id of 1 to 36 printable ASCII characters"),
    );
    for (const { envelope, at } of dead) {
      expect([...envelope.body]).toEqual([0xff, 0x00]);
      expect(envelope.id).toMatch(/^[\w-]{36}$/);
      expect(Date.now() - at).toBeLessThan(60_000);
    }
  });

  test("with headers of wrong types are read as far as they can be", async () => {
    const { transport, prefix } = await open(brokerUrl("amqp"));
    await transport.declare([{ name: "q" }]);
    const headers = {
      "taskgen-eta": "soon",
      "taskgen-expires": { nested: [1, null, true] },
      "taskgen-redeliveries": -1,
      "taskgen-rest": 1.5,
      "x-delivery-count": "many",
      "x-death": "never",
    };
    const raw = await openRaw(brokerUrl("amqp"));
    raw.sendToQueue(`${prefix}.q`, Buffer.alloc(0), {
      messageId: "odd",
      priority: 200,
      headers,
      contentEncoding: "gzip",
    });
    const { inbox } = await consume(transport, "q", 1);
    const [delivery] = await inbox.arrived(1);
    expect(delivery!.envelope).toEqual({ id: "odd", queue: "q", priority: 9, body: Buffer.alloc(0) });
    expect(delivery!.redeliveries).toBe(0);
  });

  test("that the broker gave up are dead letters too", async () => {
    const { transport, prefix } = await open(brokerUrl("amqp"));
    await send(transport, message("q", "crash loop", { id: "loop" }));
    for (let deaths = 0; deaths <= 20; deaths++) {
      const model = await openModel(brokerUrl("amqp"));
      const channel = await model.createChannel();
      await eventually(() => channel.get(`${prefix}.q`).then((found) => found !== false));
      await model.close();
    }
    const [dead] = await deadLetters(transport, 1);
    expect(dead).toMatchObject({ reason: "delivery_limit of the broker", envelope: { id: "loop", queue: "q" } });
    expect(Date.now() - dead!.at).toBeLessThan(60_000);
  });
});

describe("classic queues on RabbitMQ", () => {
  expectNothingLeftRunning();
  const url = (): string => `${brokerUrl("amqp")}?queueType=classic`;

  test("deliver ten priorities, the highest first", async () => {
    const { transport } = await open(url());
    expect(transport.caps.priorities).toBe(10);
    const priorities = [4, 0, 9, 4, 1];
    await send(transport, ...priorities.map((priority) => message("q", `${priority}`, { priority })));
    const { inbox } = await consumeAndSettle(transport, "q", 1);
    expect(textsOf(await inbox.arrived(5))).toEqual(["9", "4", "4", "1", "0"]);
  });

  test("count redeliveries by our own header", async () => {
    const { transport, prefix } = await open(url());
    await send(transport, message("q", "poison"));
    for (let deaths = 1; deaths <= 2; deaths++) {
      const dying = await openModel(brokerUrl("amqp"));
      const channel = await dying.createChannel();
      const found = await eventually(() => channel.get(`${prefix}.q`));
      expect(found.properties.messageId).toBeDefined();
      await dying.close();
      const { inbox, subscription } = await consume(transport, "q", 1);
      const [delivery] = await inbox.arrived(1);
      expect(delivery!.redeliveries).toBe(deaths);
      await settle(transport, { delivery: delivery!, to: "release" });
      await subscription.stop();
      await settleAll(transport, inbox.deliveries.slice(1));
    }
  });
});

/** Hands back what came after a release, before the consumer was stopped. */
async function settleAll(
  transport: Transport,
  deliveries: readonly Parameters<Transport["settle"]>[0][number]["delivery"][],
): Promise<void> {
  await settle(transport, ...deliveries.map((delivery) => ({ delivery, to: "release" as const })));
}

async function pair(): Promise<[Awaited<ReturnType<typeof open>>, Awaited<ReturnType<typeof open>>]> {
  const prefix = namespace("p");
  return [await open(brokerUrl("amqp"), { prefix }), await open(brokerUrl("amqp"), { prefix })];
}
