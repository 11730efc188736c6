import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { consume } from "../conformance/inbox.js";
import { done, message, messages, send } from "../conformance/messages.js";
import { ProcessPeer } from "../conformance/peers.js";
import { record, seen } from "../conformance/results/records.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RedisServer } from "../support/redis-server.js";
import { TcpProxy } from "../support/tcp-proxy.js";
import { within } from "../support/within.js";
import { openBoth } from "./opening.js";

const LEASE = { leaseMs: 1_500, heartbeatMs: 250 };

/** From now on the server takes nothing that needs memory, until the answer is called. */
async function fill(server: RedisServer): Promise<() => Promise<unknown>> {
  const admin = new Redis(server.port);
  onTestFinished(() => admin.disconnect());
  await admin.config("SET", "maxmemory", "1");
  return () => admin.config("SET", "maxmemory", "0");
}

describe("redis, when its memory is full", () => {
  expectNothingLeftRunning();

  it("is emptied by a worker that comes then", async () => {
    const server = await RedisServer.start();
    const caller = await openBoth(server.url, LEASE);
    await send(caller.transport, ...messages("q", 20));
    await fill(server);
    const [refused] = await caller.transport.send([message("q", "more")], AbortSignal.timeout(5_000));
    expect(refused).toMatchObject({ code: "BROKER_FULL", certain: true });
    const { transport, results, fused, told } = await openBoth(server.url, { ...LEASE, heartbeatMs: 251 });
    const { inbox } = await consume(transport, "q", 4);
    for (let ended = 0; ended < 20;) {
      const batch = (await inbox.arrived(ended + 1)).slice(ended);
      const ends = batch.map((delivery) => ({
        settlement: { delivery, to: "done" as const },
        record: record(results, "8", { id: delivery.envelope.id }),
      }));
      expect(await fused.finish(ends)).toEqual(batch.map(() => "ok"));
      ended += batch.length;
    }
    expect(told.errors).toEqual([]);
    expect(await caller.transport.depths()).toMatchObject([{ waiting: 0, owned: 0 }]);
  });

  it("keeps leases, and takes over from those who died", async () => {
    const server = await RedisServer.start();
    const worker = await openBoth(server.url, LEASE);
    const peer = await ProcessPeer.start({ url: server.url, options: { ...LEASE, prefix: "taskgen" } });
    await send(worker.transport, message("q", "theirs"));
    const [theirs] = await peer.consume("q", 1);
    const { inbox } = await consume(worker.transport, "q", 2);
    await send(worker.transport, message("q", "ours"));
    const [ours] = await inbox.arrived(1);
    await fill(server);
    await peer.kill();
    // n.b. their lease is over before this comes: so would be ours
    const again = (await inbox.arrived(2))[1]!;
    expect(again).toMatchObject({ envelope: { id: theirs }, redeliveries: 1 });
    expect(ours!.lost.aborted).toBe(false);
    await done(worker.transport, [ours!, again]);
    expect(worker.told.errors).toEqual([]);
  });

  it("lets those wait on who look for their results meanwhile", async () => {
    const server = await RedisServer.start();
    const proxy = await TcpProxy.start(server);
    const worker = await openBoth(server.url, LEASE);
    const { results, told } = await openBoth(`redis://127.0.0.1:${proxy.port}`, { ...LEASE, heartbeatMs: 251 });
    const one = record(results, "8");
    const waiting = results.wait(one.id);
    const free = await fill(server);
    const up = told.next("up");
    proxy.reset();
    await within("the new connection", up);
    const another = results.wait("another").catch((error: Error) => error);
    await expect(results.wait("third", AbortSignal.timeout(1_000))).rejects.toThrow(/aborted|timeout/);
    await free();
    await worker.results.put([one, { ...one, id: "another" }]);
    expect(seen(await within("the result", waiting))).toBe("SUCCESS 8");
    expect(seen((await within("the other", another)) as typeof one)).toBe("SUCCESS 8");
  });
});
