import type { Delivery } from "@taskgen/core/internal";
import { describe, expect, test } from "vitest";
import { consume, consumeAndSettle, Inbox } from "../conformance/inbox.js";
import { deadline, done, message, messages, send, settle, textsOf } from "../conformance/messages.js";
import { brokerUrl } from "../support/brokers.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
import { FrameProxy } from "./frame-proxy.js";
import type { Method } from "./frames.js";
import { drain, Load } from "./load.js";
import { open, openRaw } from "./opening.js";

/** Waits until every id has arrived, by whichever copy. */
const arrivedAll = (settled: ReadonlySet<string>, ids: readonly string[]): Promise<unknown> =>
  eventually(() => ids.every((id) => settled.has(id)), { what: "all messages" });

describe("a channel that consumes", () => {
  expectNothingLeftRunning();

  test.each<Method>(["channel.open", "queue.declare", "qos", "consume"])(
    "is set up in the end when its connection is cut at %s",
    async (method) => {
      const proxy = await FrameProxy.start(brokerUrl("amqp"));
      const { transport, prefix } = await open(proxy.url);
      const { inbox } = await consumeAndSettle(transport, "q", 5);
      const naming = method === "queue.declare" || method === "consume" ? `${prefix}.q` : "";
      const cut = proxy.cutAt({ method, naming });
      proxy.cut();
      await within("the cut", cut);
      await send(transport, message("q", "after"));
      expect(textsOf(await inbox.arrived(1))).toEqual(["after"]);
    },
  );

  test("that is lost while it is set up has lost what came on it", async () => {
    const proxy = await FrameProxy.start(brokerUrl("amqp"));
    const { transport, prefix } = await open(proxy.url);
    await send(transport, ...messages("q", 3));
    const inbox = new Inbox();
    // credit for two consumers
    const cut = proxy.cutAt({ method: "consume", naming: `${prefix}.q`, nth: 2 }, () => inbox.arrived(3));
    const consuming = transport.consume("q", 3_000, inbox.receive);
    await within("the cut", cut);
    await within("the set-up", consuming);
    const all = await inbox.arrived(6);
    expect(all.map(({ lost }) => lost.aborted)).toEqual([true, true, true, false, false, false]);
    expect(all.map(({ redeliveries }) => redeliveries)).toEqual([0, 0, 0, 1, 1, 1]);
    await done(transport, all.slice(3));
  });

  test("is set up again when its queue is deleted before it knows that it consumes", async () => {
    const proxy = await FrameProxy.start(brokerUrl("amqp"));
    const { transport, prefix } = await open(proxy.url);
    await transport.declare([{ name: "q" }]);
    const raw = await openRaw(brokerUrl("amqp"));
    proxy.hold("consume-ok");
    const inbox = new Inbox();
    const consuming = transport.consume("q", 5, inbox.receive);
    await within("the answer", proxy.held("consume-ok"));
    await raw.deleteQueue(`${prefix}.q`);
    await within("the broker's cancel", proxy.held("cancel"));
    proxy.release();
    await within("the consumer", consuming);
    await eventually(async () => (await transport.send([message("q", "new")], deadline()))[0] === "stored");
    expect(textsOf(await inbox.arrived(1))).toEqual(["new"]);
  });

  test("goes on whenever the last delivery of a cancelled consumer is settled", async () => {
    const proxy = await FrameProxy.start(brokerUrl("amqp"));
    const { transport, prefix } = await open(proxy.url);
    const sender = await open(brokerUrl("amqp"), { prefix });
    for (let turns = 0; turns < 30; turns++) {
      const [queue, inbox] = [`q${turns}`, new Inbox()];
      const settleLate = async (batch: readonly Delivery[]): Promise<void> => {
        inbox.receive(batch);
        if (inbox.deliveries.length !== 2) return;
        for (let turn = 0; turn < turns; turn++) await Promise.resolve();
        await transport.settle(inbox.deliveries.map((delivery) => ({ delivery, to: "done" })));
      };
      const subscription = await transport.consume(queue, 2, (batch) => void settleLate(batch));
      await send(sender.transport, message(queue, "first"));
      await inbox.arrived(1);
      // the second one is on its way when its consumer is to be cancelled
      proxy.hold("deliver");
      await send(sender.transport, message(queue, "second"));
      await within("the second delivery", proxy.held("deliver"));
      subscription.credit(1);
      await within("the question what is on its way", proxy.held("queue.declare-ok"));
      proxy.release();
      await send(sender.transport, message(queue, "third"));
      expect(textsOf(await inbox.arrived(3))).toEqual(["first", "second", "third"]);
    }
  });
});

describe("a channel that the broker closes under load", () => {
  expectNothingLeftRunning();

  test("is opened again, the reason told; nothing is lost, and other queues notice nothing", async () => {
    const proxy = await FrameProxy.start(brokerUrl("amqp"));
    const { transport, events } = await open(proxy.url);
    await send(transport, message("other", "owned"));
    const other = await consume(transport, "other", 1);
    const [owned] = await other.inbox.arrived(1);
    await transport.declare([{ name: "q" }]);
    const { inbox, settled } = await drain(transport);
    const load = new Load(transport);
    load.start();
    for (let round = 1; round <= 3; round++) {
      await inbox.arrived(inbox.deliveries.length + 200);
      await within("a double acknowledgement", proxy.acknowledgeTwice());
      await events.when("the reason", ({ errors }) => errors.length === round);
    }
    await arrivedAll(settled, await load.stop());
    expect(events.states).toEqual(["up"]);
    for (const error of events.errors) {
      expect(error).toMatchObject({ code: "BROKER_ERROR" });
      expect(error.message).toMatch(/q.*PRECONDITION_FAILED - unknown delivery tag/);
    }
    expect(owned!.lost.aborted).toBe(false);
    expect(await settle(transport, { delivery: owned!, to: "done" })).toEqual(["ok"]);
  });
});
