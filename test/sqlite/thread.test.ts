import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { createId } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { consume } from "../conformance/inbox.js";
import { deadline, done, message, messages, send } from "../conformance/messages.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { countersOf, openBoth, type Opened } from "./opening.js";

const QUEUE = "work";

const url = async (): Promise<string> => `sqlite:${join(await tempDir(), "tasks.db")}`;

/** The participant, and the thread that it started. */
async function openWithThread(where: string): Promise<Opened & { readonly thread: Worker }> {
  const started = new Promise<Worker>((resolve) => process.once("worker", resolve));
  return { ...(await openBoth(where)), thread: await started };
}

describe("the database thread", () => {
  expectNothingLeftRunning();

  it("is started again when it dies: waits and consumers go on, deliveries are lost", async () => {
    const { transport, results, told, thread } = await openWithThread(await url());
    const { inbox } = await consume(transport, QUEUE, 10);
    await send(transport, message(QUEUE, "one"));
    const [owned] = await inbox.arrived(1);
    const id = createId();
    const result = results.wait(id, deadline());
    const [down, up] = [told.next("down"), told.next("up")];
    await thread.terminate();
    await within("the thread's end", down);
    await expect(transport.depths()).rejects.toMatchObject({
      code: "BROKER_UNAVAILABLE",
      certain: true,
      retriable: true,
    });
    await within("the thread's return", up);
    expect(owned!.lost.aborted).toBe(true);
    const again = (await inbox.arrived(2))[1]!;
    expect(again).toMatchObject({ redeliveries: 0, envelope: { id: owned!.envelope.id } });
    expect(await transport.settle([{ delivery: owned!, to: "done" }])).toEqual(["lost"]);
    await done(transport, [again]);
    await results.put([{ id, state: "SUCCESS", body: new Uint8Array(), ttlMs: 60_000 }]);
    expect((await result).id).toBe(id);
  });

  it("survives requests that make no sense", async () => {
    const { transport, thread } = await openWithThread(await url());
    const nonsense = [null, 1, "x", {}, { op: "send", id: 0, client: 999 }, { op: "no such", id: 0, client: 1 }];
    for (const request of nonsense) thread.postMessage(request);
    thread.postMessage({ op: "send", id: 0, client: 1, messages: { rows: [[{}]], bodies: 3 } });
    await send(transport, message(QUEUE, "one"));
  });

  it("needs few transactions for many messages", async () => {
    const { transport, results } = await openBoth(await url());
    const fused = transport.fuse(results)!;
    const before = await countersOf(transport);
    const { inbox } = await consume(transport, QUEUE, 200);
    for (let round = 0; round < 10; round++) {
      const sending = send(transport, ...messages(QUEUE, 200));
      const deliveries = (await inbox.arrived(200 * (round + 1))).slice(-200);
      await sending;
      const record = { state: "SUCCESS", body: new Uint8Array(10), ttlMs: 60_000 } as const;
      await fused.finish(
        deliveries.map((delivery) => ({
          settlement: { delivery, to: "done" },
          record: { id: delivery.envelope.id, ...record },
        })),
      );
    }
    const { transactions } = await countersOf(transport);
    expect((transactions - before.transactions) / 2_000).toBeLessThanOrEqual(0.05);
  });
});
