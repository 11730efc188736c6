import { createApp } from "@taskgen/core";
import { expect } from "vitest";
import type { Fault, Scenario } from "../fault.js";
import type { Fleet } from "../fleet.js";
import { fates, type Injected, inject } from "../injecting.js";

const MB = 1024 * 1024;
/** What the app's own limit lets through, so that the broker's is met. */
const LARGE = { maxBytes: 512 * MB } as const;

/** Every message that nobody should send arrives in the middle of good ones. */
const poisonQueue: Scenario = async (fleet) => {
  const producer = await fleet.producer();
  await fleet.worker({ worker: { unknownTasks: { maxParks: 0 } } });
  await producer.load({ task: "work", args: [5] }, 10, 50);
  const app = createApp({ broker: fleet.broker.url });
  try {
    const injected = await inject(app);
    noteSent(fleet, injected);
    const { found, wanted } = await fates(app, injected);
    expect(found).toEqual(wanted);
    noteRejected(fleet, injected);
  } finally {
    await app.close();
  }
  await producer.pause();
  await producer.call({ task: "pristine", args: [] }, 20);
  await fleet.until("20 tasks that found nothing changed", (history) => {
    const ids = new Set(history.flatMap((one) => (one.kind === "call" && one.task === "pristine" ? [one.id] : [])));
    const ended = history.filter((one) => one.kind === "outcome" && one.state === "SUCCESS" && ids.has(one.id));
    return ended.length === 20;
  });
};

function noteSent(fleet: Fleet, injected: readonly Injected[]): void {
  for (const { id, title } of injected) {
    fleet.note({ kind: "call", id, task: title, by: "test", early: false, maxRetries: 0, ignoreResult: true });
    fleet.note({ kind: "sent", id, how: "ok" });
  }
}

function noteRejected(fleet: Fleet, injected: readonly Injected[]): void {
  for (const { id, code } of injected) {
    if (code !== undefined) fleet.note({ kind: "outcome", id, by: "test", state: "REJECTED", value: code });
  }
}

/** Among small calls some of 1, 16 and 100 MB are made. */
const sendHuge =
  (accepted: readonly number[], refused: readonly number[]): Scenario =>
  async (fleet) => {
    const app = { limits: LARGE, maxBufferedBytes: 512 * MB };
    const [small, large] = [await fleet.producer(), await fleet.producer(app)];
    await fleet.worker({ app });
    await small.load({ task: "work", args: [5] }, 10, 50);
    for (const size of accepted) await large.call({ task: "swallow", args: [], bytes: size * MB });
    for (const size of refused) await large.call({ task: "swallow", args: [], bytes: size * MB });
    const codes = large.part.child.lines.flatMap((line) => (line as { readonly refused?: string }).refused ?? []);
    expect(codes).toEqual(refused.map(() => "PAYLOAD_TOO_LARGE"));
    await small.pause();
  };

export const payloads: readonly Fault[] = [
  {
    id: "F25",
    title: "calls of 1, 16 and 100 MB",
    expected:
      "what the app allows and the broker takes runs; what is larger is refused with PAYLOAD_TOO_LARGE, for certain, before it is sent; other calls go on",
    cells: {
      memory: { tests: { "conformance/transport/sending.ts": ["refuses a body that is too large, and only that"] } },
      sqlite: { run: sendHuge([1, 16], [100]), boundMs: 0 },
      redis: { run: sendHuge([1, 16], [100]), boundMs: 0 },
      amqp: { run: sendHuge([1, 16, 100], [129]), boundMs: 0 },
    },
  },
  {
    id: "F26",
    title: "messages that are damaged, forged, or do not fit",
    expected: "each is a dead letter with its reason; the worker goes on, and nothing of it reaches other tasks",
    cells: {
      memory: { tests: { "faults/poison-in-memory.test.ts": ["each is a dead letter with its reason"] } },
      sqlite: { run: poisonQueue, quick: true, boundMs: 0 },
      redis: { run: poisonQueue, quick: true, boundMs: 0 },
      amqp: { run: poisonQueue, boundMs: 0 },
    },
  },
];
