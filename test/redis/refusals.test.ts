import { openTransport } from "@taskgen/core/internal";
import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { consume, consumeAndSettle } from "../conformance/inbox.js";
import { deadline, done, message, messages, send, textsOf } from "../conformance/messages.js";
import { record, seen } from "../conformance/results/records.js";
import { close } from "../conformance/scene.js";
import { closedPort } from "../support/closed-port.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RedisServer } from "../support/redis-server.js";
import { TcpProxy } from "../support/tcp-proxy.js";
import { within } from "../support/within.js";
import { openBoth } from "./opening.js";

const QUICK = { heartbeatMs: 300, leaseMs: 20_000 };
const quiet = { state: () => {}, error: () => {} };

function adminOf({ port }: RedisServer): Redis {
  const admin = new Redis(port);
  onTestFinished(() => admin.disconnect());
  return admin;
}

describe("redis, when the server refuses for now", () => {
  expectNothingLeftRunning();

  it.each([
    "LOADING Redis is loading the dataset in memory",
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "READONLY You can't write against a read only replica.",
    "TRYAGAIN Multiple keys request during rehashing of slot",
    "CLUSTERDOWN The cluster is down",
    "BUSY Redis is busy running a script.",
    "ERR Error running script (call to f_0): @user_script:7: @user_script: 7: -READONLY You can't write.",
  ])("asks again after -%s", async (refusal) => {
    const server = await RedisServer.start();
    const proxy = await TcpProxy.start(server);
    const { transport } = await openBoth(`redis://127.0.0.1:${proxy.port}`);
    const queue = namespace("q");
    await transport.declare([{ name: queue }]);
    proxy.replaceReply(`-${refusal}\r\n`);
    expect(await transport.send([message(queue, "one")], deadline())).toEqual(["stored"]);
    expect(await transport.depths()).toMatchObject([{ waiting: 1 }]);
  });

  it("says at the deadline what it was told, and that nothing happened for certain", async () => {
    const server = await RedisServer.start("--lua-time-limit", "50");
    const { transport } = await openBoth(server.url);
    const [admin, watching] = [adminOf(server), adminOf(server)];
    await watching.ping();
    const running = admin.eval("while true do end", 0).catch((error: Error) => error.message);
    const isBusy = async (): Promise<boolean> =>
      watching.ping().then(
        () => false,
        (error: Error) => error.message.startsWith("BUSY"),
      );
    await eventually(isBusy, { what: "a busy server" });
    const [outcome] = await transport.send([message("q", "one")], AbortSignal.timeout(200));
    expect(outcome).toMatchObject({ code: "BROKER_UNAVAILABLE", certain: true, retriable: true });
    const waiting = transport.send([message("q", "one")], deadline());
    await watching.script("KILL");
    expect(await waiting).toEqual(["stored"]);
    expect(await running).toContain("killed");
  });

  it.each(["yes", "no"])("waits while the server is a replica, which serves stale data: %s", async (stale) => {
    const server = await RedisServer.start("--replica-serve-stale-data", stale);
    const proxy = await TcpProxy.start(server);
    const { transport, results, told } = await openBoth(`redis://127.0.0.1:${proxy.port}`, QUICK);
    const admin = adminOf(server);
    const queue = namespace("q");
    const { inbox } = await consume(transport, queue, 10);
    await send(transport, message(queue, "before"));
    const owned = await inbox.arrived(1);
    const one = record(results, "8");
    const waiting = results.wait(one.id);
    const down = told.next("down");
    await admin.replicaof("127.0.0.1", await closedPort());
    const sent = transport.send([message(queue, "meanwhile")], AbortSignal.timeout(20_000));
    expect(await within("noticing", down)).toMatch(/READONLY|MASTERDOWN|UNBLOCKED|replica|connection/);
    const settled = transport.settle([{ delivery: owned[0]!, to: "done" }]);
    const read = results.get([one.id]);
    await eventually(async () => proxy.accepted > 8, { what: "some attempts" });
    const up = told.next("up");
    await admin.replicaof("NO", "ONE");
    await within("the return", up);
    expect([await sent, await settled, await read]).toEqual([["stored"], ["ok"], [undefined]]);
    expect(textsOf((await inbox.arrived(2)).slice(1))).toEqual(["meanwhile"]);
    await results.put([one]);
    expect(seen(await within("a wait from before", waiting))).toBe("SUCCESS 8");
    await done(transport, inbox.deliveries.slice(1));
    expect(told.errors).toEqual([]);
  });

  it("notices a demotion also where it only waits for a result", async () => {
    const server = await RedisServer.start();
    const { results, told } = await openBoth(server.url, QUICK);
    const admin = adminOf(server);
    const one = record(results, "8");
    const waiting = results.wait(one.id);
    const down = told.next("down");
    await admin.replicaof("127.0.0.1", await closedPort());
    expect(await within("noticing", down)).toMatch(/replica/);
    await admin.replicaof("NO", "ONE");
    await results.put([one]);
    expect(seen(await within("the result", waiting))).toBe("SUCCESS 8");
  });

  it("looks for work by itself when it may not wait for it", async () => {
    const server = await RedisServer.start();
    const { transport } = await openBoth(server.url);
    const direct = await openBoth(server.url, QUICK);
    const admin = adminOf(server);
    const { inbox } = await consumeAndSettle(transport, "q", 10);
    const blocked = async (): Promise<string | undefined> =>
      /id=(\d+) .*cmd=blpop/.exec(String(await admin.client("LIST")))?.[1];
    const id = await eventually(blocked, { what: "a wait" });
    expect(await admin.client("UNBLOCK", id, "ERROR")).toBe(1);
    await send(direct.transport, ...messages("q", 2));
    expect(textsOf(await inbox.arrived(2))).toEqual(["m0", "m1"]);
  });
});

describe("redis, at the start and at the end", () => {
  expectNothingLeftRunning();

  it("does not take a connection that was lost for a server that tells nothing", async () => {
    const server = await RedisServer.start("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru");
    const proxy = await TcpProxy.start(server);
    const transport = await openTransport(`redis://127.0.0.1:${proxy.port}`);
    const dropped = proxy.dropReplies(1, 1);
    const started = expect(transport.start(quiet)).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await within("the loss", dropped);
    await within("the start", started);
    await transport.close(deadline());
  });

  it("asks again when the first questions are swallowed", async () => {
    const server = await RedisServer.start();
    const proxy = await TcpProxy.start(server);
    const transport = await openTransport(`redis://127.0.0.1:${proxy.port}`, QUICK);
    const held = proxy.hold("requests", /config/);
    const started = transport.start(quiet);
    await within("the questions", held.some);
    await within("the start", started);
    await transport.close(deadline());
  });

  it("leaves no socket behind when it is closed while it connects", async () => {
    const server = await RedisServer.start();
    const proxy = await TcpProxy.start(server);
    const transport = await openTransport(`redis://127.0.0.1:${proxy.port}`);
    proxy.blackhole();
    const started = expect(transport.start(quiet)).rejects.toMatchObject({ code: "TRANSPORT_CLOSED" });
    await eventually(() => proxy.connections === 1, { what: "a connection" });
    await transport.close(deadline());
    await started;
    proxy.heal();
    await eventually(() => proxy.connections === 0, { what: "the end of it" });
    expect(proxy.accepted).toBe(1);
  });

  it("gives back the sockets of one of two that share a connection", async () => {
    const server = await RedisServer.start();
    const proxy = await TcpProxy.start(server);
    const url = `redis://127.0.0.1:${proxy.port}`;
    const stays = await openBoth(url);
    const before = proxy.connections;
    const goes = await openBoth(url);
    await goes.transport.listen("topic", () => {});
    await consume(goes.transport, "q", 1);
    await eventually(() => proxy.connections === before + 3, { what: "bell, subscription, heartbeat" });
    await close(goes);
    await eventually(() => proxy.connections === before, { what: "the end of these" });
    await send(stays.transport, message("q", "one"));
    expect(stays.told.states).toEqual(["up"]);
  });
});
