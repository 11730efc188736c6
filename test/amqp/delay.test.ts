import type { Transport } from "@taskgen/core/internal";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_TRIP_UNITS, stopsOf, tripOf, ttlOf } from "../../packages/core/dist/transports/amqp/delay.js";
import { consume, Inbox } from "../conformance/inbox.js";
import { done, idsOf, message, send, settle, textsOf } from "../conformance/messages.js";
import { brokerUrl } from "../support/brokers.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { open, openRaw } from "./opening.js";

const DAY_MS = 86_400_000;
const delayOf = (delayMs: number): number => stopsOf(tripOf(delayMs)).reduce((sum, stop) => sum + ttlOf(stop), 0);

describe("the way through the delay queues", () => {
  test.each([
    [1, [[0, 1]]],
    [100, [[0, 1]]],
    [101, [[0, 2]]],
    [1_600, [[1, 1]]],
    [
      3_100,
      [
        [1, 1],
        [0, 15],
      ],
    ],
    [
      3_600_000,
      [
        [3, 8],
        [2, 12],
        [1, 10],
      ],
    ],
    [
      DAY_MS,
      [
        [4, 13],
        [3, 2],
        [2, 15],
      ],
    ],
  ])("%i ms: levels and digits %j", (delayMs, stops) => {
    const trip = tripOf(delayMs);
    expect(stopsOf(trip).map(({ level, digit }) => [level, digit])).toEqual(stops);
    expect(trip.entry).toBe(stops[0]![0]);
    expect(trip.restMs).toBe(0);
  });

  test("is never shorter than the delay, nor longer by a unit, and has seven stops at most", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_TRIP_UNITS * 100 }), (delayMs) => {
        expect(delayOf(delayMs)).toBeGreaterThanOrEqual(delayMs);
        expect(delayOf(delayMs)).toBeLessThan(delayMs + 100);
        expect(stopsOf(tripOf(delayMs)).length).toBeLessThanOrEqual(7);
      }),
    );
  });

  test("goes from the highest level down, and waits nowhere longer than RabbitMQ can", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 * DAY_MS }), (delayMs) => {
        const stops = stopsOf(tripOf(delayMs));
        expect(stops.map(({ level }) => level)).toEqual(stops.map(({ level }) => level).toSorted((a, b) => b - a));
        expect(Math.max(...stops.map(ttlOf))).toBeLessThan(2 ** 32);
      }),
    );
  });

  test("carries what exceeds one trip over to the next", () => {
    const delayMs = 100 * DAY_MS;
    expect(delayOf(delayMs) + tripOf(delayMs).restMs).toBe(delayMs);
    expect(tripOf(1_000, 3)).toMatchObject({ entry: 0, restMs: 700 });
    // what is no whole number would not be read again, and the message would be early
    expect(tripOf(1_000.5, 3)).toMatchObject({ entry: 0, restMs: 701 });
  });
});

/** Consumes and settles; `early` are those that came before their time. */
async function watchEtas(
  transport: Transport,
  queue: string,
): Promise<{ readonly inbox: Inbox; readonly early: string[] }> {
  const [inbox, early] = [new Inbox(), [] as string[]];
  await transport.consume(queue, 100, (batch) => {
    const now = Date.now();
    for (const { envelope } of batch) if (envelope.eta !== undefined && envelope.eta > now) early.push(envelope.id);
    void transport.settle(batch.map((delivery) => ({ delivery, to: "done" })));
    inbox.receive(batch);
  });
  return { inbox, early };
}

describe("delays on RabbitMQ", () => {
  expectNothingLeftRunning();

  test("are never early, whatever their digits", async () => {
    const { transport } = await open(brokerUrl("amqp"));
    const { inbox, early } = await watchEtas(transport, "q");
    const start = Date.now();
    const batch = Array.from({ length: 40 }, (_, index) => message("q", `${index}`, { eta: start + 1 + index * 83 }));
    await send(transport, ...batch);
    expect(idsOf(await inbox.arrived(40)).toSorted()).toEqual(idsOf(batch).toSorted());
    expect(early).toEqual([]);
  });

  test("lead to their own queue, whatever its name", async () => {
    const { transport } = await open(brokerUrl("amqp"));
    const queues = ["b", "a.b", "#", "*", "0", "a.#", "ü b", "%2E"];
    const inboxes = await Promise.all(queues.map(async (queue) => (await consume(transport, queue, 5)).inbox));
    const eta = Date.now() + 150;
    await send(transport, ...queues.map((queue) => message(queue, queue, { eta })));
    for (const [index, inbox] of inboxes.entries()) expect(textsOf(await inbox.arrived(1))).toEqual([queues[index]]);
    await send(transport, ...queues.map((queue) => message(queue, "marker")));
    for (const inbox of inboxes) expect(textsOf(await inbox.arrived(2))[1]).toBe("marker");
  });

  test("wait 30 days in the broker", async () => {
    const { transport, prefix } = await open(brokerUrl("amqp"));
    const { inbox } = await consume(transport, "q", 5);
    await send(
      transport,
      message("q", "far", { eta: Date.now() + 30 * DAY_MS }),
      message("q", "soon", { eta: Date.now() + 200 }),
    );
    expect(textsOf(await inbox.arrived(1))).toEqual(["soon"]);
    const { level, digit } = stopsOf(tripOf(30 * DAY_MS - 1_000))[0]!;
    const raw = await openRaw(brokerUrl("amqp"));
    expect(await raw.checkQueue(`${prefix}:delay.${level}.${digit}`)).toMatchObject({ messageCount: 1 });
  });

  test("longer than one trip go on where they left off, however the clocks of two machines differ", async () => {
    const { transport, prefix } = await open(brokerUrl("amqp"));
    await transport.declare([{ name: "q" }]);
    const { inbox } = await consume(transport, "q", 5);
    const [start, eta] = [Date.now(), Date.now() + 90 * DAY_MS];
    const raw = await openRaw(brokerUrl("amqp"));
    const headers = { "taskgen-rest": 350, "taskgen-eta": eta, "taskgen-redeliveries": 2 };
    raw.sendToQueue(`${prefix}.q`, Buffer.from("far"), { messageId: "far", priority: 3, replyTo: "reply:1", headers });
    const [delivery] = await inbox.arrived(1);
    expect(Date.now() - start).toBeGreaterThanOrEqual(350);
    expect(delivery!.envelope).toMatchObject({ id: "far", priority: 3, replyTo: "reply:1", eta });
    expect(delivery!.redeliveries).toBe(2);
  });

  test("of retries can follow one another", async () => {
    const { transport } = await open(brokerUrl("amqp"));
    const first = message("q", "again", { eta: Date.now() + 110 });
    await send(transport, first);
    const { inbox } = await consume(transport, "q", 1);
    for (let count = 1; count <= 4; count++) {
      const delivery = (await inbox.arrived(count)).at(-1)!;
      expect(Date.now()).toBeGreaterThanOrEqual(delivery.envelope.eta!);
      // n.b. the same way through the delay queues each time: the broker drops what it takes for a cycle
      const next = { ...first, eta: Date.now() + 110 };
      expect(await settle(transport, { delivery, to: "retry", next })).toEqual(["ok"]);
    }
    await done(transport, (await inbox.arrived(5)).slice(-1));
  });
});
