import { TransportError } from "@taskgen/core";
import { openTransport, type SendOutcome } from "@taskgen/core/internal";
import { describe, expect, test } from "vitest";
import { consume, consumeAndSettle } from "../conformance/inbox.js";
import { bytes, deadline, message, messages, send, settle, textOf, textsOf } from "../conformance/messages.js";
import { close } from "../conformance/scene.js";
import { brokerUrl } from "../support/brokers.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { TcpProxy } from "../support/tcp-proxy.js";
import { within } from "../support/within.js";
import { drain, Load } from "./load.js";
import { open, openRaw } from "./opening.js";

const FAST = { leaseMs: 3_000, heartbeatMs: 500 };

async function proxied(): Promise<{ readonly proxy: TcpProxy; readonly url: string }> {
  const { hostname: host, port, username, password } = new URL(brokerUrl("amqp"));
  const proxy = await TcpProxy.start({ host, port: Number(port) });
  const credentials = username === "" ? "" : `${username}:${password}@`;
  return { proxy, url: `amqp://${credentials}127.0.0.1:${proxy.port}` };
}

/** Blocks the event loop. */
const standStill = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** How many outcomes there are of each kind. */
function codesOf(outcomes: readonly SendOutcome[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const code = typeof outcome === "string" ? outcome : outcome.code;
    counts[code] = (counts[code] ?? 0) + 1;
  }
  return counts;
}

/** Waits until every id of the load has arrived, by whichever copy. */
async function arrivedAll(settled: ReadonlySet<string>, ids: readonly string[]): Promise<void> {
  await eventually(() => ids.every((id) => settled.has(id)), { what: "all messages" });
}

describe("a network that fails", () => {
  expectNothingLeftRunning();

  test("loses nothing when connections are reset under load", async () => {
    const { proxy, url } = await proxied();
    const { transport, events } = await open(url);
    await transport.declare([{ name: "q" }]);
    const { inbox, settled } = await drain(transport);
    const load = new Load(transport);
    load.start();
    for (let round = 1; round <= 4; round++) {
      await inbox.arrived(inbox.deliveries.length + 200);
      proxy.reset();
      await events.when("coming up again", ({ states }) => states.filter((state) => state === "up").length > round);
    }
    await arrivedAll(settled, await load.stop());
    expect(events.states.filter((state) => state === "down").length).toBeGreaterThanOrEqual(4);
    expect(events.errors).toEqual([]);
  });

  test("tells what is lost with a connection, and that late settlements change nothing", async () => {
    const { proxy, url } = await proxied();
    const { transport } = await open(url);
    await send(transport, ...messages("q", 2));
    const { inbox } = await consume(transport, "q", 2);
    const [first, second] = await inbox.arrived(2);
    const lost = new Promise((resolve) => first!.lost.addEventListener("abort", resolve));
    proxy.reset();
    await within("the loss", lost);
    expect(second!.lost.aborted).toBe(true);
    expect(await settle(transport, { delivery: first!, to: "done" }, { delivery: second!, to: "release" })).toEqual([
      "lost",
      "lost",
    ]);
    const again = (await inbox.arrived(4)).slice(2);
    expect(textsOf(again)).toEqual(["m0", "m1"]);
    expect(again.map(({ redeliveries }) => redeliveries)).toEqual([1, 1]);
  });

  test("says of what was on its way that it may have arrived, of what was not that it did not", async () => {
    const { proxy, url } = await proxied();
    const { transport } = await open(url);
    await send(transport, message("q", "first"));
    proxy.blackhole();
    const sent = transport.send([message("q", "on its way")], AbortSignal.timeout(500));
    expect(await sent).toMatchObject([{ code: "BROKER_UNAVAILABLE", certain: false }]);
    const unsure = transport.send([message("q", "on its way too")], deadline());
    proxy.heal();
    expect(await unsure).toMatchObject([{ code: "BROKER_UNAVAILABLE", certain: false, retriable: true }]);
    await proxy.close();
    const down = transport.send([message("q", "never left")], AbortSignal.timeout(300));
    expect(await down).toMatchObject([{ code: "BROKER_UNAVAILABLE", certain: true }]);
  });

  test("is noticed when it swallows everything, within three heartbeats", async () => {
    const { proxy, url } = await proxied();
    const { transport, events } = await open(url, FAST);
    await send(transport, message("q", "owned"));
    const { inbox } = await consume(transport, "q", 1);
    const [owned] = await inbox.arrived(1);
    proxy.blackhole();
    await events.when("noticing", ({ states }) => states.includes("down"), 30_000);
    await eventually(() => owned!.lost.aborted, { what: "the loss" });
    proxy.heal();
    const [, again] = await inbox.arrived(2);
    expect(again!.redeliveries).toBe(1);
  });

  test("does not keep it from closing", async () => {
    const { proxy, url } = await proxied();
    const opened = await open(url);
    await send(opened.transport, ...messages("q", 3));
    const { inbox } = await consume(opened.transport, "q", 3);
    await inbox.arrived(3);
    proxy.blackhole();
    const sent = opened.transport.send([message("q", "stuck")], deadline());
    await close(opened, 500);
    expect((await sent)[0]).toBeInstanceOf(TransportError);
  });

  test("bounds what waits for a connection", async () => {
    const { proxy, url } = await proxied();
    const { transport, events } = await open(url);
    await send(transport, message("q", "first"));
    await proxy.close();
    await events.when("being down", ({ states }) => states.at(-1) === "down");
    const waiting = transport.send(messages("q", 9_900), AbortSignal.timeout(1_500));
    const partly = transport.send(messages("new", 200), AbortSignal.timeout(1_500));
    const refused = transport.send(messages("q", 2), AbortSignal.timeout(1_500));
    expect(codesOf(await refused)).toEqual({ BROKER_FULL: 2 });
    expect(codesOf(await partly)).toEqual({ BROKER_UNAVAILABLE: 100, BROKER_FULL: 100 });
    expect(codesOf(await waiting)).toEqual({ BROKER_UNAVAILABLE: 9_900 });
    const again = transport.send(messages("q", 10_000), AbortSignal.timeout(200));
    expect(codesOf(await again)).toEqual({ BROKER_UNAVAILABLE: 10_000 });
  });

  test("bounds what waits for a connection that does not answer", async () => {
    const { proxy, url } = await proxied();
    const { transport } = await open(url);
    await send(transport, message("q", "first"));
    proxy.blackhole();
    // 500 of them are on their way
    const waiting = transport.send(messages("q", 10_000), AbortSignal.timeout(1_500));
    const partly = transport.send(messages("q", 600), AbortSignal.timeout(1_500));
    const refused = transport.send(messages("q", 2), AbortSignal.timeout(1_500));
    expect(codesOf(await refused)).toEqual({ BROKER_FULL: 2 });
    expect(codesOf(await partly)).toEqual({ BROKER_UNAVAILABLE: 500, BROKER_FULL: 100 });
    expect(codesOf(await waiting)).toEqual({ BROKER_UNAVAILABLE: 10_000 });
  });
});

describe("a broker that closes and refuses", () => {
  expectNothingLeftRunning();

  test("a publishing channel closed under load loses nothing", async () => {
    const { transport, prefix, events } = await open(brokerUrl("amqp"));
    await transport.declare([{ name: "q" }]);
    await send(transport, message("q", "makes the exchanges", { eta: Date.now() + 100 }));
    const { inbox, settled } = await drain(transport);
    const load = new Load(transport);
    load.start();
    const raw = await openRaw(brokerUrl("amqp"));
    for (let round = 1; round <= 3; round++) {
      await inbox.arrived(inbox.deliveries.length + 200);
      await raw.deleteExchange(`${prefix}:delay.0`);
      const [outcome] = await transport.send([message("q", "late", { eta: Date.now() + 90 })], deadline());
      expect(outcome).toMatchObject({ code: "BROKER_UNAVAILABLE", certain: false, retriable: true });
      const later = message("q", "later", { eta: Date.now() + 90 });
      await send(transport, later);
      await arrivedAll(settled, [later.id]);
    }
    await arrivedAll(settled, await load.stop());
    expect(events.errors).toEqual([]);
    expect(events.states).toEqual(["up"]);
  });

  test("a queue deleted while it is consumed is made again, and its deliveries are lost", async () => {
    const { transport, prefix, events } = await open(brokerUrl("amqp"));
    const other = await consumeAndSettle(transport, "other", 5);
    await send(transport, ...messages("q", 3));
    const { inbox } = await consume(transport, "q", 2);
    const owned = await inbox.arrived(2);
    const raw = await openRaw(brokerUrl("amqp"));
    await raw.deleteQueue(`${prefix}.q`);
    await eventually(() => owned.every(({ lost }) => lost.aborted), { what: "the loss" });
    expect(await settle(transport, { delivery: owned[0]!, to: "done" })).toEqual(["lost"]);
    await eventually(async () => {
      const [outcome] = await transport.send([message("q", "new")], deadline());
      return outcome === "stored";
    });
    expect(textsOf((await inbox.arrived(3)).slice(2))).toContain("new");
    expect(events.errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/the broker cancelled the consumer of p-\w+\.q: the queue was deleted/),
    ]);
    await send(transport, message("other", "untouched"));
    expect(textsOf(await other.inbox.arrived(1))).toEqual(["untouched"]);
  });

  test("a message that no queue takes is told, and the queue made again by the next attempt", async () => {
    const { transport, prefix } = await open(brokerUrl("amqp"));
    await send(transport, message("q", "first"), message("kept", "first"));
    const raw = await openRaw(brokerUrl("amqp"));
    await raw.deleteQueue(`${prefix}.q`);
    const id = "same-id";
    const batch = [message("kept", "a", { id }), message("q", "b", { id }), message("kept", "c")];
    const [kept, gone, also] = await transport.send(batch, deadline());
    expect([kept, also]).toEqual(["stored", "stored"]);
    expect(gone).toMatchObject({ code: "BROKER_ERROR", certain: true, retriable: true });
    await send(transport, batch[1]!);
    const { inbox } = await consume(transport, "q", 5);
    expect(textsOf(await inbox.arrived(1))).toEqual(["b"]);
  });

  test("a queue that is full refuses, and what is owned stays owned when its retry is refused", async () => {
    const prefix = namespace("p");
    const raw = await openRaw(brokerUrl("amqp"));
    const full = { "x-queue-type": "classic", "x-max-length": 1, "x-overflow": "reject-publish" };
    await raw.assertQueue(`${prefix}.full`, { durable: true, arguments: full });
    const { transport } = await open(`${brokerUrl("amqp")}?onMismatch=use`, { prefix });
    await send(transport, message("full", "fits"), message("q", "owned"));
    const [refused, stored] = await transport.send([message("full", "too much"), message("q", "fits")], deadline());
    expect(refused).toMatchObject({ code: "BROKER_FULL", certain: true, retriable: true });
    expect(stored).toBe("stored");
    const { inbox } = await consume(transport, "q", 1);
    const [owned] = await inbox.arrived(1);
    const [outcome] = await settle(transport, {
      delivery: owned!,
      to: "retry",
      next: { ...owned!.envelope, queue: "full" },
    });
    expect(outcome).toMatchObject({ code: "BROKER_FULL" });
    expect(owned!.lost.aborted).toBe(false);
    expect(await settle(transport, { delivery: owned!, to: "done" })).toEqual(["ok"]);
  });

  test("credentials that are wrong end the start at once, and are never shown", async () => {
    const url = new URL(brokerUrl("amqp"));
    url.username = "nobody";
    url.password = "s3cret%2Fword";
    const failure: unknown = await open(url.href).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "BROKER_UNAVAILABLE", certain: true });
    expect(JSON.stringify([String(failure), (failure as Error).stack, String((failure as Error).cause)])).not.toMatch(
      /s3cret/,
    );
    const missing = new URL(brokerUrl("amqp"));
    missing.pathname = "/no-such-host";
    await expect(open(missing.href)).rejects.toThrow("no-such-host");
  });

  test("credentials that are not encoded are refused without being shown", async () => {
    const failure: unknown = await openTransport("amqp://user:50%s3cret@127.0.0.1").catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "BROKER_URL_INVALID" });
    expect(JSON.stringify([String(failure), String((failure as Error).cause)])).not.toContain("s3cret");
  });

  test("an exchange of topics that is not ours refuses a listener, and none once it is gone", async () => {
    const { transport, prefix } = await open(brokerUrl("amqp"));
    const raw = await openRaw(brokerUrl("amqp"));
    await raw.assertExchange(`${prefix}:topics`, "fanout", { durable: true });
    await expect(transport.listen("a", () => {})).rejects.toMatchObject({ code: "BROKER_ERROR" });
    await raw.deleteExchange(`${prefix}:topics`);
    const heard = new Promise((resolve) => void transport.listen("a", resolve));
    const telling = eventually(async () => {
      await transport.broadcast("a", bytes("hello"));
      return within("", heard, 50).catch(() => false);
    });
    expect(textOf((await telling) as Uint8Array)).toBe("hello");
  });

  test("a worker that stood still for longer than its broker waits settles nothing", async () => {
    const { transport } = await open(brokerUrl("amqp"), FAST);
    await send(transport, ...messages("q", 2));
    const { inbox } = await consume(transport, "q", 2);
    const [first, second] = await inbox.arrived(2);
    standStill(4_500);
    const late = settle(transport, { delivery: first!, to: "done" });
    const later = settle(transport, { delivery: second!, to: "release" });
    expect(await Promise.all([late, later])).toEqual([["lost"], ["lost"]]);
    const again = (await inbox.arrived(4)).slice(2);
    expect(textsOf(again)).toEqual(["m0", "m1"]);
    expect(await settle(transport, ...again.map((delivery) => ({ delivery, to: "done" as const })))).toEqual([
      "ok",
      "ok",
    ]);
  });

  test("a worker that stood still for less settles as ever", async () => {
    const { transport } = await open(brokerUrl("amqp"), FAST);
    await send(transport, message("q", "kept"));
    const { inbox } = await consume(transport, "q", 1);
    const [kept] = await inbox.arrived(1);
    standStill(1_300);
    expect(await settle(transport, { delivery: kept!, to: "done" })).toEqual(["ok"]);
  });

  test("names itself without credentials and options", async () => {
    const url = new URL(brokerUrl("amqp"));
    [url.username, url.password] = ["guest", "guest"];
    const { transport, results } = await open(`${url.href}?onMismatch=use`);
    expect([transport.location, results.location]).toEqual(Array(2).fill(`amqp://${url.host}`));
  });
});
