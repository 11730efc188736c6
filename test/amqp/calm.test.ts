import { createId, type Delivery } from "@taskgen/core/internal";
import { expect, test } from "vitest";
import { bytes } from "../conformance/messages.js";
import { brokerUrl } from "../support/brokers.js";
import { eventually } from "../support/eventually.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { open } from "./opening.js";

/** Messages in flight: for each that is settled another one is sent. */
const WIDTH = 100;

expectNothingLeftRunning();

const RISING = [20, 30, 45, 68, 102, 153, 230, 345, 518, 777, 1_166];
const FALLING = [800, 400, 200, 800, 300, 150, 600, 200, 120, 1_000, 400];

test.each([
  { credits: RISING, how: "rises" },
  { credits: FALLING, how: "falls" },
])(
  "no consumer is replaced while messages come and the credit $how: the broker would count deaths",
  async ({ credits }) => {
    const { transport } = await open(brokerUrl("amqp"));
    const send = async (count: number): Promise<void> => {
      const batch = Array.from({ length: count }, () => ({
        id: createId(),
        queue: "q",
        priority: 4,
        body: bytes("calm"),
      }));
      expect(await transport.send(batch, AbortSignal.timeout(20_000))).toEqual(batch.map(() => "stored"));
    };
    const redelivered: string[] = [];
    let [settled, left] = [0, 0];
    const settle = async (batch: readonly Delivery[]): Promise<void> => {
      for (const { envelope, redeliveries } of batch) if (redeliveries > 0) redelivered.push(envelope.id);
      await transport.settle(batch.map((delivery) => ({ delivery, to: "done" })));
      settled += batch.length;
      const more = Math.min(batch.length, left);
      left -= more;
      if (more > 0) await send(more);
    };
    const subscription = await transport.consume("q", 10, (batch) => void settle(batch));
    let sent = 0;
    for (const credit of credits) {
      subscription.credit(credit);
      left = 9 * WIDTH;
      sent += 10 * WIDTH;
      await send(WIDTH);
      await eventually(() => settled === sent, { what: `${sent} messages` });
    }
    expect(redelivered).toEqual([]);
  },
);
