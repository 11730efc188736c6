import { openResults, openTransport, type Delivery, type TransportEvents } from "@taskgen/core/internal";
import { describe, expect, onTestFinished, test } from "vitest";
import { spawnChild } from "../support/child.js";
import { deferred } from "../support/deferred.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
import type { Participant } from "./implementation.js";
import { consume, consumeAndSettle } from "./inbox.js";
import { deadline, message, messages, send, settle, textsOf } from "./messages.js";
import { record } from "./results/records.js";
import { close } from "./scene.js";

const quiet: TransportEvents = { state: () => {}, error: () => {} };

async function open(url: string, { on = quiet, now = Date.now } = {}): Promise<Participant> {
  const options = { ambient: { now } };
  const participant = { transport: await openTransport(url, options), results: await openResults(url, options) };
  await participant.transport.start(on);
  await participant.results.start(on);
  onTestFinished(() => close(participant));
  return participant;
}

describe("memory, besides what the suites ask of every implementation", () => {
  expectNothingLeftRunning();

  test("separates brokers by their names", async () => {
    const [name, queue] = [namespace(), "q"];
    const [a, b] = [await open(`memory:${name}`), await open(`memory:${name}-2`)];
    await send(a.transport, message(queue, "a"));
    await send(b.transport, message(queue, "b"));
    const { inbox } = await consume(b.transport, queue, 5);
    expect(textsOf(await inbox.arrived(1))).toEqual(["b"]);
    expect(a.transport.location).toBe(`memory:${name}`);
  });

  test("drops a broker with its last user, transport or results", async () => {
    const url = `memory:${namespace()}`;
    const first = await open(url);
    const left = record(first.results, "left");
    await send(first.transport, message("q", "left"));
    await first.results.put([left]);
    await first.transport.close(deadline());
    const second = await open(url);
    expect((await second.results.get([left.id])).length).toBe(1);
    await Promise.all([close(first), close(second)]);
    const third = await open(url);
    await send(third.transport, message("q", "new"));
    const { inbox } = await consume(third.transport, "q", 5);
    expect(textsOf(await inbox.arrived(1))).toEqual(["new"]);
    expect(await third.results.get([left.id])).toEqual([undefined]);
  });

  test("does not settle what another transport owns", async () => {
    const url = `memory:${namespace()}`;
    const [owner, stranger] = [await open(url), await open(url)];
    await send(owner.transport, message("q", "mine"));
    const { inbox } = await consume(owner.transport, "q", 1);
    const [delivery] = await inbox.arrived(1);
    expect(await settle(stranger.transport, { delivery: delivery!, to: "done" })).toEqual(["lost"]);
    expect(await settle(owner.transport, { delivery: delivery!, to: "done" })).toEqual(["ok"]);
  });

  test("lives by the clock it is given", async () => {
    let time = 1_000_000;
    const { transport, results } = await open(`memory:${namespace()}`, { now: () => time });
    const { inbox } = await consume(transport, "q", 5);
    await send(transport, message("q", "in an hour", { eta: time + 3_600_000 }), message("q", "now"));
    const brief = record(results, "brief", { ttlMs: 3_600_000 });
    await results.put([brief]);
    expect(textsOf(await inbox.arrived(1))).toEqual(["now"]);
    time += 3_600_000;
    expect(await results.get([brief.id])).toEqual([undefined]);
    await send(transport, message("q", "next"));
    expect(textsOf(await inbox.arrived(3))).toEqual(["now", "next", "in an hour"]);
  });

  test("waits for what is due in 30 days without a timer that overflows", async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error): void => void warnings.push(name);
    process.on("warning", onWarning);
    onTestFinished(() => void process.off("warning", onWarning));
    const { transport } = await open(`memory:${namespace()}`);
    const { inbox } = await consume(transport, "q", 5);
    await send(transport, message("q", "far", { eta: Date.now() + 30 * 86_400_000 }), message("q", "now"));
    expect(textsOf(await inbox.arrived(1))).toEqual(["now"]);
    expect(warnings).toEqual([]);
  });

  test("reports what a consumer throws, and goes on", async () => {
    const thrown = deferred<Error>();
    const { transport } = await open(`memory:${namespace()}`, { on: { ...quiet, error: thrown.resolve } });
    const second = deferred<Delivery>();
    await transport.consume("q", 2, ([delivery]) => {
      if (delivery!.envelope.body.length === 0) throw new Error("no body");
      second.resolve(delivery!);
    });
    await send(transport, message("q", ""));
    expect((await within("the error", thrown.promise)).message).toBe("no body");
    await send(transport, message("q", "good"));
    await within("the next delivery", second.promise);
  });

  test("shares what waits evenly between consumers, as far as their credit goes", async () => {
    const { transport } = await open(`memory:${namespace()}`);
    const [a, b, small] = [
      await consume(transport, "q", 100),
      await consume(transport, "q", 100),
      await consume(transport, "q", 1),
    ];
    await send(transport, ...messages("q", 91));
    await small.inbox.arrived(1);
    const [ofA, ofB] = await Promise.all([a.inbox.arrived(45), b.inbox.arrived(45)]);
    expect([ofA.length, ofB.length]).toEqual([45, 45]);
    expect(small.inbox.deliveries.length).toBe(1);
  });

  test("delivers on a later turn, so that a busy queue cannot starve timers", async () => {
    const { transport } = await open(`memory:${namespace()}`);
    let isEndless = true;
    await transport.consume("q", 1, ([delivery]) => {
      if (isEndless) void settle(transport, { delivery: delivery!, to: "release" });
    });
    await send(transport, message("q", "again and again"));
    await within("a timer", new Promise((resolve) => setTimeout(resolve, 20)));
    isEndless = false;
  });

  test("moves 50,000 messages through a long queue", async () => {
    const { transport } = await open(`memory:${namespace()}`);
    for (let start = 0; start < 50_000; start += 1_000) await send(transport, ...messages("q", 1_000));
    const { inbox } = await consumeAndSettle(transport, "q", 500);
    await inbox.arrived(50_000);
  });

  test("lets a process end that is idle, and not one that waits", async () => {
    const child = spawnChild(new URL("./fixtures/idle-memory.ts", import.meta.url));
    expect(await within("the end of an idle process", child.exited)).toEqual({ code: 0, signal: null });
    expect(child.lines).toEqual(["SUCCESS"]);
  });
});
