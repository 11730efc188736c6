import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { consume } from "../conformance/inbox.js";
import { done, idsOf, message, messages, send } from "../conformance/messages.js";
import { type Child, spawnChild } from "../support/child.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
import { countersOf, openBoth } from "./opening.js";

const QUEUE = "work";
const LEASE = { leaseMs: 500, heartbeatMs: 100 };
const consumer = new URL("./fixtures/consumer.ts", import.meta.url);
const client = new URL("./fixtures/client.ts", import.meta.url);

const url = async (): Promise<string> => `sqlite:${join(await tempDir(), "tasks.db")}`;

async function startConsumer(...args: readonly string[]): Promise<Child> {
  const child = spawnChild(consumer, { args });
  await child.line("the consumer's start", (line) => (line as { ready?: true }).ready);
  return child;
}

const settledBy = (child: Child): Promise<readonly string[]> =>
  child.line("settled", (line) => (line as { settled?: readonly string[] }).settled);

describe("sqlite between processes", () => {
  expectNothingLeftRunning();

  it("gives the messages of a killed consumer to another one, one redelivery counted", async () => {
    const where = await url();
    const { transport } = await openBoth(where, LEASE);
    const sent = messages(QUEUE, 20);
    await send(transport, ...sent);
    const victim = await startConsumer(where, QUEUE, "hold");
    await victim.line("the last delivery", (line) =>
      (line as { id?: string }).id === sent.at(-1)!.id ? true : undefined,
    );
    await victim.kill();
    const { inbox } = await consume(transport, QUEUE, 100);
    const deliveries = await inbox.arrived(20);
    expect(idsOf(deliveries)).toEqual(idsOf(sent));
    expect(new Set(deliveries.map(({ redeliveries }) => redeliveries))).toEqual(new Set([1]));
    await done(transport, deliveries);
    const nothing = { waiting: 0, delayed: 0, owned: 0, dead: 0 };
    expect(await transport.depths()).toEqual([{ queue: QUEUE, ...nothing, consumers: 1 }]);
  });

  it("keeps the lease of a consumer whose main thread is blocked for three leases", async () => {
    const where = await url();
    const { transport, results } = await openBoth(where, LEASE);
    const { inbox } = await consume(transport, "another", 1);
    const blocked = await startConsumer(where, QUEUE, "block", "1500");
    const one = message(QUEUE, "one");
    await send(transport, one);
    await results.wait(one.id, AbortSignal.timeout(20_000));
    expect(await settledBy(blocked)).toEqual(["ok"]);
    expect(inbox.deliveries).toEqual([]);
  });

  it("is woken by another process, both ways", async () => {
    const where = await url();
    const { transport, results } = await openBoth(where);
    const worker = await startConsumer(where, QUEUE, "finish");
    const one = message(QUEUE, "one");
    const result = results.wait(one.id, AbortSignal.timeout(20_000));
    await send(transport, one);
    expect((await result).state).toBe("SUCCESS");
    expect(await settledBy(worker)).toEqual(["ok"]);
    expect((await countersOf(transport)).wakeUps).toBeGreaterThan(0);
  });

  it("lets a client end by itself when its work is done", async () => {
    const where = await url();
    await startConsumer(where, QUEUE, "finish");
    const caller = spawnChild(client, { args: [where, QUEUE] });
    expect(await within("the end of the client", caller.exited)).toEqual({ code: 0, signal: null });
    expect(caller.lines).toEqual([{ state: "SUCCESS" }]);
    expect(caller.stderr).toBe("");
  });

  it("leaves nothing but its files when all are closed", async () => {
    const where = await url();
    const worker = await startConsumer(where, QUEUE, "finish");
    await worker.kill();
    const { transport, results } = await openBoth(where);
    await send(transport, message(QUEUE, "one"));
    await transport.close(AbortSignal.timeout(5_000));
    await results.close(AbortSignal.timeout(5_000));
    const path = where.slice("sqlite:".length);
    expect([existsSync(path), existsSync(`${path}-wal`)]).toEqual([true, false]);
  });
});
