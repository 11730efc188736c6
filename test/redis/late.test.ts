import { describe, expect, it } from "vitest";
import { consume } from "../conformance/inbox.js";
import { bytes, done, message, messages, send, settle, textOf, textsOf } from "../conformance/messages.js";
import { record, seen } from "../conformance/results/records.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { RedisServer } from "../support/redis-server.js";
import { TcpProxy } from "../support/tcp-proxy.js";
import { within } from "../support/within.js";
import { openBoth, type Opened } from "./opening.js";

interface Scene extends Opened {
  readonly queue: string;
  readonly proxy: TcpProxy;
  /** A client of the same server, which the faults do not touch. */
  readonly direct: Opened;
}

async function scene(): Promise<Scene> {
  const server = await RedisServer.start();
  const proxy = await TcpProxy.start(server);
  const opened = await openBoth(`redis://127.0.0.1:${proxy.port}`, { leaseMs: 4_000, heartbeatMs: 1_300 });
  const queue = namespace("q");
  await opened.transport.declare([{ name: queue }]);
  return { ...opened, queue, proxy, direct: await openBoth(server.url) };
}

const isEmpty = async ({ direct, queue }: Scene): Promise<boolean> =>
  (await direct.transport.depths()).every(
    (depth) => depth.queue !== queue || depth.waiting + depth.owned + depth.delayed === 0,
  );

describe("redis, when an order arrives after its repetition", () => {
  expectNothingLeftRunning();

  it("gives no messages to a fetch for which nobody waits any more", async () => {
    const here = await scene();
    await send(here.transport, ...messages(here.queue, 6));
    const { inbox, subscription } = await consume(here.transport, here.queue, 0);
    const held = here.proxy.hold("requests", /eval/);
    subscription.credit(3);
    await within("the fetch", held.some);
    held.reset();
    const first = await inbox.arrived(3);
    expect(textsOf(first)).toEqual(["m0", "m1", "m2"]);
    await within("the late fetch", held.handOn());
    await done(here.transport, first);
    await done(here.transport, (await inbox.arrived(6)).slice(3));
    await eventually(() => isEmpty(here), { what: "the end of all messages" });
  });

  it("gives no messages either when the repetition found none", async () => {
    const here = await scene();
    const { inbox, subscription } = await consume(here.transport, here.queue, 0);
    const held = here.proxy.hold("requests", /eval/);
    const down = here.told.next("up");
    subscription.credit(3);
    await within("the fetch", held.some);
    held.reset();
    await within("another connection", down);
    await here.transport.depths(); // after the repetition
    subscription.credit(0);
    await send(here.direct.transport, ...messages(here.queue, 3));
    await within("the late fetch", held.handOn());
    subscription.credit(3);
    expect(textsOf(await inbox.arrived(3))).toEqual(["m0", "m1", "m2"]);
  });

  it("finds the message that was taken for nobody", async () => {
    const here = await scene();
    const { inbox, subscription } = await consume(here.transport, here.queue, 10);
    await send(here.direct.transport, message(here.queue, "first"));
    await done(here.transport, await inbox.arrived(1));
    const held = here.proxy.hold("requests", /lmove/);
    await send(here.direct.transport, message(here.queue, "second"));
    await within("taking it", held.some);
    held.reset();
    await done(here.transport, (await inbox.arrived(2)).slice(1));
    subscription.credit(0);
    await send(here.direct.transport, message(here.queue, "stray"));
    await within("the late order", held.handOn());
    subscription.credit(10);
    await send(here.direct.transport, message(here.queue, "last"));
    const rest = (await inbox.arrived(4)).slice(2);
    expect(textsOf(rest).toSorted()).toEqual(["last", "stray"]);
    await done(here.transport, rest);
    expect(await isEmpty(here)).toBe(true);
  });

  it.each(["done", "release"] as const)("takes no other message out of the hand: %s", async (to) => {
    const here = await scene();
    const { inbox } = await consume(here.transport, here.queue, 4);
    await send(here.direct.transport, message(here.queue, "first"));
    await done(here.transport, await inbox.arrived(1));
    await send(here.direct.transport, message(here.queue, "one"));
    const [, one] = await inbox.arrived(2);
    const held = here.proxy.hold("requests", /eval[^]*:h:/);
    const settling = settle(here.transport, { delivery: one!, to });
    await within("the settlement", held.some);
    held.reset();
    expect(await within("its repetition", settling)).toEqual(["ok"]);
    const again = to === "release" ? 1 : 0;
    await done(here.transport, (await inbox.arrived(2 + again)).slice(2));
    await send(here.direct.transport, message(here.queue, "two"));
    const two = (await inbox.arrived(3 + again)).slice(-1);
    await within("the late settlement", held.handOn());
    await done(here.transport, two);
    expect(await isEmpty(here)).toBe(true);
  });
});

describe("redis, when answers come in another order than they were given", () => {
  expectNothingLeftRunning();

  it("misses no event that is announced before the answer to an earlier question", async () => {
    const here = await scene();
    const { signal } = new AbortController();
    const [quiet, told] = [record(here.results, "quiet"), record(here.results, "told")];
    const watch = (id: string) => here.results.watch(id, 0, signal)[Symbol.asyncIterator]();
    const event = { state: "PROGRESS", body: bytes("half"), ttlMs: 60_000 };
    const other = watch(quiet.id); // makes the connection for subscriptions
    const idle = other.next();
    const waiting = here.results.wait(told.id);
    await eventually(() => here.proxy.connections >= 2, { what: "a subscription" });
    await here.results.get([quiet.id]);
    const held = here.proxy.hold("replies", /\*0\r\n$/);
    const watching = watch(quiet.id);
    const next = watching.next();
    await within("an answer on its way", held.some);
    await here.direct.results.append([{ ...event, id: quiet.id }]);
    await here.direct.results.put([told]);
    expect(seen(await within("what came after the announcement", waiting))).toBe("SUCCESS told");
    await held.handOn();
    const { value } = await within("the event", next);
    expect(textOf(value!.body)).toBe("half");
    await watching.return?.();
    await idle;
    await other.return?.();
  });
});
