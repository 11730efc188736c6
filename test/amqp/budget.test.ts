import type { Delivery } from "@taskgen/core/internal";
import { describe, expect, test } from "vitest";
import { bytes, deadline, messages, send } from "../conformance/messages.js";
import { expectWithin } from "../support/budget.js";
import { brokerUrl } from "../support/brokers.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
import { FrameProxy } from "./frame-proxy.js";
import type { Method } from "./frames.js";
import { open } from "./opening.js";

const TASKS = 5_000;

describe("the frames of a task on RabbitMQ", () => {
  expectNothingLeftRunning();

  test("are one message there, one back, and a share of an acknowledgement", async () => {
    const proxy = await FrameProxy.start(brokerUrl("amqp"));
    const [url, prefix] = [proxy.url, namespace("p")];
    const caller = await open(url, { prefix });
    const worker = await open(url, { prefix });
    const serve = async (batch: readonly Delivery[]): Promise<void> => {
      const records = batch.map(({ envelope }) => {
        return {
          id: envelope.id,
          state: "SUCCESS" as const,
          body: bytes("8"),
          replyTo: envelope.replyTo,
          ttlMs: 60_000,
        };
      });
      await worker.results.put(records);
      await worker.transport.settle(batch.map((delivery) => ({ delivery, to: "done" })));
    };
    const serving: Promise<void>[] = [];
    await worker.transport.consume("q", 500, (batch) => void serving.push(serve(batch)));
    const calls = messages("q", TASKS).map((call) => ({ ...call, replyTo: caller.results.address!() }));
    const replies = Promise.all(calls.map(({ id }) => caller.results.wait(id)));
    for (let start = 0; start < TASKS; start += 1_000)
      await send(caller.transport, ...calls.slice(start, start + 1_000));
    await within("all results", replies);
    await within("all settlements", Promise.all(serving));
    await worker.transport.close(deadline());
    await caller.results.close(deadline());
    const perTask = (name: Method): number => (proxy.sent.get(name) ?? 0) / TASKS;
    expect(perTask("publish")).toBe(2);
    expectWithin("amqp.ack", perTask("ack"));
    // two reply queues and the task queue
    expect(proxy.sent.get("consume")).toBe(3);
  });
});
