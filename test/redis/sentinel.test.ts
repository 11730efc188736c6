import { openTransport } from "@taskgen/core/internal";
import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { consume, consumeAndSettle } from "../conformance/inbox.js";
import { bytes, deadline, done, idsOf, message, messages, send, textsOf } from "../conformance/messages.js";
import { record, seen } from "../conformance/results/records.js";
import { spawnChild } from "../support/child.js";
import { closedPort } from "../support/closed-port.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RedisSentinels } from "../support/redis-sentinel.js";
import { within } from "../support/within.js";
import { openBoth } from "./opening.js";

const QUICK = { heartbeatMs: 300, leaseMs: 20_000 };

/** Waits until the replica has all that the master has. n.b. WAIT knows the writes of its own connection alone */
async function replicated({ master }: RedisSentinels): Promise<void> {
  const client = new Redis({ port: master.port, retryStrategy: () => null }).on("error", () => {});
  onTestFinished(() => client.disconnect());
  await client.set("replicated", "now");
  expect(await client.wait(1, 5_000)).toBe(1);
}

describe("redis with Sentinels", () => {
  expectNothingLeftRunning();

  it("goes on with the new master: no acknowledged message, owned message or result that had reached it is lost", async () => {
    const sentinels = await RedisSentinels.start();
    const { transport, results, fused, told } = await openBoth(sentinels.url, QUICK);
    expect(transport.location).toBe(
      `redis://${sentinels.ports.map((port) => `127.0.0.1:${port}`).join(",")}/0?sentinel=tasks`,
    );
    const queue = namespace("q");
    await transport.declare([{ name: queue }]);
    const batch = messages(queue, 20);
    await send(transport, ...batch, message(queue, "later", { eta: Date.now() + 1_000 }));
    const { inbox, subscription } = await consume(transport, queue, 5);
    const owned = await inbox.arrived(5);
    const heard: string[] = [];
    await transport.listen("topic", (text) => void heard.push(Buffer.from(text).toString()));
    const [early, late] = [record(results, "early"), record(results, "late")];
    await results.put([early]);
    const waiting = results.wait(late.id);
    await replicated(sentinels);
    const down = told.next("down");
    const failingOver = sentinels.failOver();
    await within("the end of the master", down);
    const meanwhile = message(queue, "meanwhile");
    const sending = transport.send([meanwhile], AbortSignal.timeout(28_000));
    const settling = fused.finish(owned.map((delivery) => ({ settlement: { delivery, to: "done" } })));
    await failingOver;
    expect(await within("the send", sending)).toEqual(["stored"]);
    expect(await within("the settlement", settling)).toEqual(owned.map(() => "ok"));
    subscription.credit(100);
    const all = await inbox.arrived(22);
    expect(idsOf(all).toSorted()).toEqual([...new Set(idsOf(all))].toSorted());
    expect(textsOf(all)).toEqual(expect.arrayContaining(["m0", "m19", "later", "meanwhile"]));
    await done(transport, all.slice(5));
    expect((await results.get([early.id])).map(seen)).toEqual(["SUCCESS early"]);
    await results.put([late]);
    expect(seen(await within("a wait from before", waiting))).toBe("SUCCESS late");
    const hears = async (): Promise<boolean> => {
      await transport.broadcast("topic", bytes("hello"));
      return heard.length > 0;
    };
    await eventually(hears, { what: "a broadcast" });
    expect(told.errors).toEqual([]);
  });

  it("follows a failover that an operator asks for, and works while one Sentinel is gone", async () => {
    const sentinels = await RedisSentinels.start();
    const url = sentinels.url.replace("nodes=", `nodes=127.0.0.1:${await closedPort()},`);
    const { transport, told } = await openBoth(url, QUICK);
    const queue = namespace("q");
    const { inbox } = await consumeAndSettle(transport, queue, 5);
    await send(transport, message(queue, "before"));
    await inbox.arrived(1);
    await replicated(sentinels);
    const admin = new Redis({ port: sentinels.ports[0]!, enableReadyCheck: false });
    onTestFinished(() => admin.disconnect());
    const down = told.next("down");
    const ask = (): Promise<boolean> =>
      admin.call("SENTINEL", "FAILOVER", "tasks").then(
        () => true,
        () => false,
      );
    await eventually(ask, { what: "a failover" });
    await within("the end of the old master", down);
    expect(await transport.send([message(queue, "after")], AbortSignal.timeout(20_000))).toEqual(["stored"]);
    expect(textsOf(await inbox.arrived(2))).toEqual(["before", "after"]);
    expect(told.errors).toEqual([]);
  });

  it("gives its password to the servers, and to the Sentinels where they want it too", async () => {
    const sentinels = await RedisSentinels.start("s3cret");
    const url = sentinels.url.replace("//", "//:s3cret@");
    const ends = async (where: string): Promise<void> => {
      const child = spawnChild(new URL("./fixtures/client.ts", import.meta.url), { args: [where] });
      expect(await within("the end of the client", child.exited)).toEqual({ code: 0, signal: null });
      expect(child.lines).toMatchObject([{ state: "SUCCESS" }]);
      expect(child.stderr).toBe("");
    };
    await ends(url);
    await sentinels.requirePassword("s3cret");
    const transport = await openTransport(url);
    const refused = { code: "BROKER_ERROR", message: expect.stringContaining("NOAUTH") as string };
    await expect(within("the start", transport.start({ state: () => {}, error: () => {} }))).rejects.toMatchObject(
      refused,
    );
    await transport.close(deadline());
    await ends(`${url}&sentinelAuth=1`);
  });

  it("says that the Sentinels know no such master, and keeps asking", async () => {
    const sentinels = await RedisSentinels.start();
    const transport = await openTransport(sentinels.url.replace("sentinel=tasks", "sentinel=other"));
    const told: string[] = [];
    const state = (_: string, reason = ""): void => void told.push(reason);
    const started = expect(transport.start({ state, error: () => {} })).rejects.toMatchObject({
      code: "TRANSPORT_CLOSED",
    });
    await eventually(() => told.length > 2, { what: "a reason" });
    expect(told[0]).toMatch(/sentinel/i);
    await transport.close(deadline());
    await started;
  });
});
