import { createId } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { consume, consumeAndSettle } from "../conformance/inbox.js";
import { done, idsOf, message, messages, send, textsOf } from "../conformance/messages.js";
import { close } from "../conformance/scene.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RedisServer } from "../support/redis-server.js";
import { TcpProxy } from "../support/tcp-proxy.js";
import { within } from "../support/within.js";
import { openBoth } from "./opening.js";

const QUICK = { heartbeatMs: 200, leaseMs: 20_000 };

describe("redis, when the server or the network fails", () => {
  expectNothingLeftRunning();

  it("goes on consuming by itself after the server was killed and started again", async () => {
    const server = await RedisServer.start("--appendfsync", "everysec");
    const { transport, results, told } = await openBoth(server.url, QUICK);
    const queue = namespace("q");
    await send(transport, ...messages(queue, 4));
    const { inbox } = await consume(transport, queue, 2);
    const owned = await inbox.arrived(2);
    const waiting = results.wait(owned[0]!.envelope.id);
    const down = told.next("down");
    await server.kill();
    await within("the end of the connection", down);
    const late = transport.send([message(queue, "m4")], AbortSignal.timeout(20_000));
    await server.restart();
    expect(await within("a send that waited", late)).toEqual(["stored"]);
    await done(transport, owned);
    expect(textsOf(await inbox.arrived(4))).toEqual(["m0", "m1", "m2", "m3"]);
    await done(transport, inbox.deliveries.slice(2));
    expect(textsOf(await inbox.arrived(5)).at(-1)).toBe("m4");
    const record = { id: owned[0]!.envelope.id, state: "SUCCESS", body: new Uint8Array(), ttlMs: 60_000 } as const;
    await results.put([record]);
    expect((await within("a wait from before", waiting)).state).toBe("SUCCESS");
    expect(told.errors).toEqual([]);
  });

  it("rejects a send at its deadline while the server is stopped, and goes on when it continues", async () => {
    const server = await RedisServer.start();
    const { transport } = await openBoth(server.url, QUICK);
    const queue = namespace("q");
    const { inbox } = await consumeAndSettle(transport, queue, 10);
    await send(transport, message(queue, "before"));
    await inbox.arrived(1);
    server.stop();
    const one = message(queue, "unsure");
    const [outcome] = await within("the deadline", transport.send([one], AbortSignal.timeout(300)));
    expect(outcome).toMatchObject({ code: "BROKER_UNAVAILABLE", certain: false, retriable: true });
    server.resume();
    const [again] = await transport.send([one], AbortSignal.timeout(10_000));
    expect(["stored", "duplicate"]).toContain(again);
    expect(idsOf(await inbox.arrived(2)).slice(1)).toEqual([one.id]);
  });

  it("says for certain that nothing was sent when there was no connection at all", async () => {
    const server = await RedisServer.start();
    const { transport, told } = await openBoth(server.url, QUICK);
    const down = told.next("down");
    await server.kill();
    await within("the end of the connection", down);
    const [outcome] = await transport.send([message("q", "never")], AbortSignal.timeout(200));
    expect(outcome).toMatchObject({ code: "BROKER_UNAVAILABLE", certain: true });
  });

  it("closes while the server is stopped", async () => {
    const server = await RedisServer.start();
    const participant = await openBoth(server.url, QUICK);
    const { transport, results } = participant;
    const { inbox } = await consume(transport, "q", 1);
    await send(transport, message("q", "owned"));
    const [delivery] = await inbox.arrived(1);
    server.stop();
    const waiting = expect(results.wait(createId())).rejects.toMatchObject({ code: "RESULT_CLOSED" });
    await close(participant, 300);
    await waiting;
    expect(delivery!.lost.aborted).toBe(true);
    server.resume();
  });

  it("notices that a network swallows everything, and fetches what came meanwhile", async () => {
    const server = await RedisServer.start();
    const proxy = await TcpProxy.start(server);
    const { transport, told } = await openBoth(`redis://127.0.0.1:${proxy.port}`, QUICK);
    const direct = await openBoth(server.url, QUICK);
    const queue = namespace("q");
    const { inbox } = await consumeAndSettle(transport, queue, 10);
    await send(direct.transport, message(queue, "before"));
    await inbox.arrived(1);
    const down = told.next("down");
    proxy.blackhole();
    await send(direct.transport, message(queue, "meanwhile"));
    expect(await within("noticing", down)).toContain("no answer");
    proxy.heal();
    await inbox.arrived(2);
    await send(direct.transport, message(queue, "after"));
    expect(textsOf(await inbox.arrived(3))).toEqual(["before", "meanwhile", "after"]);
  });

  it("loses nothing and gives nothing twice while connections are reset", async () => {
    const server = await RedisServer.start();
    const proxy = await TcpProxy.start(server);
    const { transport } = await openBoth(`redis://127.0.0.1:${proxy.port}`, QUICK);
    const direct = await openBoth(server.url, QUICK);
    const queue = namespace("q");
    await transport.declare([{ name: queue }]);
    const { inbox } = await consumeAndSettle(transport, queue, 20);
    const sent: string[] = [];
    for (let round = 0; round < 10; round++) {
      const batch = messages(queue, 50);
      const sending = transport.send(batch, AbortSignal.timeout(15_000));
      if (round % 2 === 0) proxy.reset();
      for (const outcome of await sending) expect(["stored", "duplicate"]).toContain(outcome);
      sent.push(...idsOf(batch));
    }
    expect(idsOf(await inbox.arrived(sent.length)).toSorted()).toEqual(sent.toSorted());
    const isEmpty = async () => (await direct.transport.depths()).every(({ waiting, owned }) => waiting + owned === 0);
    await eventually(isEmpty, { what: "the end of all messages" });
    expect(inbox.deliveries.length).toBe(sent.length);
  });
});
