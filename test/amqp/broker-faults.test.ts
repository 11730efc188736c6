import { setTimeout as delay } from "node:timers/promises";
import { decodeFailure, type Envelope, openResults, openTransport } from "@taskgen/core/internal";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { consume } from "../conformance/inbox.js";
import { deadline, message, messages, send, textsOf } from "../conformance/messages.js";
import { record, seen } from "../conformance/results/records.js";
import { close } from "../conformance/scene.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RabbitServer, WRITTEN_DOWN_MS } from "../support/rabbitmq-server.js";
import { within } from "../support/within.js";
import { FrameProxy } from "./frame-proxy.js";
import { drain, Load } from "./load.js";
import { open } from "./opening.js";

const FAST = { leaseMs: 3_000, heartbeatMs: 500 };

const MAX_BYTES = 50_000;

describe("a RabbitMQ that fails", () => {
  let server: RabbitServer;

  beforeAll(async () => {
    server = await RabbitServer.start([`max_message_size = ${MAX_BYTES}`]);
  });
  afterAll(() => server.stop());

  expectNothingLeftRunning();

  test("takes nothing while it is short of memory, and all that waited afterwards", async () => {
    const { transport, events } = await open(server.url);
    await send(transport, ...messages("q", 2));
    const { inbox } = await consume(transport, "q", 1);
    const [owned] = await inbox.arrived(1);
    await server.ctl("set_vm_memory_high_watermark", "absolute", "1");
    const stuck = transport.send([message("q", "stuck")], AbortSignal.timeout(2_000));
    await events.when("being blocked", ({ states }) => states.at(-1) === "blocked");
    expect(events.reasons.at(-1)).toMatch(/memory/);
    // what was written before the broker said so may arrive
    expect(await stuck).toMatchObject([{ code: "BROKER_UNAVAILABLE", certain: false }]);
    const refused = await transport.send([message("q", "too early")], AbortSignal.timeout(200));
    expect(refused).toMatchObject([{ code: "BROKER_UNAVAILABLE", certain: true }]);
    expect(await transport.settle([{ delivery: owned!, to: "done" }])).toEqual(["ok"]);
    expect(textsOf(await inbox.arrived(2))).toEqual(["m0", "m1"]);
    const waiting = transport.send([message("q", "waited")], deadline());
    await server.ctl("set_vm_memory_high_watermark", "0.4");
    expect(await waiting).toEqual(["stored"]);
    await events.when("being free again", ({ states }) => states.at(-1) === "up");
  });

  test("closes although it is blocked", async () => {
    const opened = await open(server.url);
    await send(opened.transport, ...messages("q", 1));
    await server.ctl("set_vm_memory_high_watermark", "absolute", "1");
    const stuck = opened.transport.send([message("q", "stuck")], deadline());
    await opened.events.when("being blocked", ({ states }) => states.at(-1) === "blocked");
    await close(opened, 1_000);
    expect(await stuck).toMatchObject([{ code: "TRANSPORT_CLOSED", certain: false }]);
    await server.ctl("set_vm_memory_high_watermark", "0.4");
  });

  test("goes on within 10 s after it was killed and started again under load, and nothing is lost", async () => {
    const { transport, results, events } = await open(server.url);
    await transport.declare([{ name: "q" }]);
    const { inbox, settled } = await drain(transport);
    const delayed = message("q", "delayed", { eta: Date.now() + 2 * WRITTEN_DOWN_MS });
    await send(transport, delayed);
    await delay(WRITTEN_DOWN_MS);
    const load = new Load(transport);
    load.start();
    await inbox.arrived(500);
    const reply = record(results, "8");
    const waiting = results.wait(reply.id, AbortSignal.timeout(100_000));
    await server.kill();
    await events.when("being down", ({ states }) => states.at(-1) === "down");
    await server.restart();
    const before = inbox.deliveries.length;
    await events.when("coming up", ({ states }) => states.at(-1) === "up");
    await within("deliveries after the restart", inbox.arrived(before + 200));
    const ids = await load.stop();
    await eventually(() => ids.every((id) => settled.has(id)), { what: "all messages" });
    await results.put([reply]);
    expect(seen(await within("the result", waiting))).toBe("SUCCESS 8");
    expect(events.errors).toEqual([]);
  }, 120_000);

  test("that hangs does not hang its clients: sends end at their deadlines, closing ends", async () => {
    const opened = await open(server.url, FAST);
    const { transport, results, events } = opened;
    await send(transport, message("q", "first"));
    const { inbox } = await consume(transport, "q", 1);
    const [owned] = await inbox.arrived(1);
    await server.suspend();
    try {
      expect(await transport.send([message("q", "written")], AbortSignal.timeout(300))).toMatchObject([
        { code: "BROKER_UNAVAILABLE", certain: false },
      ]);
      expect(await transport.send([message("new", "undeclared")], AbortSignal.timeout(300))).toMatchObject([
        { code: "BROKER_UNAVAILABLE", certain: true },
      ]);
      const waiting = results.wait("never").catch((error: { readonly code?: string }) => error.code);
      await events.when("noticing", ({ states }) => states.at(-1) === "down", 30_000);
      await eventually(() => owned!.lost.aborted, { what: "the loss" });
      await close(opened, 500);
      expect(await waiting).toBe("RESULT_CLOSED");
    } finally {
      server.resume();
    }
  });

  test("that hangs from the start can be closed, which ends the start", async () => {
    await server.suspend();
    try {
      const transport = await openTransport(server.url, { prefix: namespace("p") });
      const results = await openResults(server.url, { prefix: namespace("p") });
      const starts = [transport, results].map((one) => one.start({ state: () => {}, error: () => {} }));
      const ended = Promise.allSettled(starts);
      await close({ transport, results }, 500);
      expect(await within("the end of both starts", ended)).toMatchObject(
        starts.map(() => ({ status: "rejected", reason: { code: "TRANSPORT_CLOSED" } })),
      );
    } finally {
      server.resume();
    }
  });

  test("that takes no large messages refuses them alone, however it was set, and knows it from then on", async () => {
    const { transport, events } = await open(server.url);
    await transport.declare([{ name: "q" }]);
    const large = (): Envelope => ({ ...message("q", ""), body: new Uint8Array(MAX_BYTES + 1) });
    const batch = [message("q", "a"), large(), message("q", "b")];
    const [first, refused, last] = await transport.send(batch, deadline());
    expect(refused).toMatchObject({ code: "PAYLOAD_TOO_LARGE", certain: true, retriable: false });
    for (const outcome of [first, last]) {
      if (outcome !== "stored") expect(outcome).toMatchObject({ code: "BROKER_UNAVAILABLE", certain: false });
    }
    expect(transport.caps.maxBytes).toBe(MAX_BYTES);
    const again = [message("q", "c"), large(), message("q", "d")];
    expect(await transport.send(again, deadline())).toMatchObject(["stored", { code: "PAYLOAD_TOO_LARGE" }, "stored"]);
    expect(events.states).toEqual(["up"]);
  });

  test("that takes no large results fails those tasks, and delivers the others", async () => {
    const prefix = namespace("p");
    const [caller, worker] = [await open(server.url, { prefix }), await open(server.url, { prefix })];
    const large = { ...record(caller.results, ""), body: new Uint8Array(MAX_BYTES + 1) };
    const small = record(caller.results, "small");
    const waits = Promise.all([large, small].map(({ id }) => caller.results.wait(id, deadline())));
    await eventually(() =>
      worker.results.put([large, small]).then(
        () => true,
        (error: { retriable?: boolean }) => {
          expect(error.retriable).toBe(true);
          return false;
        },
      ),
    );
    const [failed, good] = await within("both results", waits);
    expect(failed).toMatchObject({ state: "FAILURE" });
    expect(decodeFailure(failed!.body)).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
    expect(seen(good)).toBe("SUCCESS small");
  });

  test("that closes a connection as soon as it is open is connected to again", async () => {
    const proxy = await FrameProxy.start(server.url);
    proxy.hold("open-ok");
    const opening = open(proxy.url);
    await within("the first connection", proxy.held("open-ok"));
    await server.ctl("close_all_connections", "test");
    await within("its end", proxy.held("connection.close"));
    proxy.release();
    const { transport } = await within("another connection", opening);
    await send(transport, message("q", "at last"));
  });

  test("is waited for when it comes later than its clients", async () => {
    await server.kill();
    const opening = open(server.url);
    const late = server.restart();
    const { transport } = await opening;
    await late;
    await send(transport, message("q", "at last"));
  });
});
