import type { Delivery, ResultRecord, Settlement } from "@taskgen/core/internal";
import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { consume } from "../conformance/inbox.js";
import {
  bytes,
  deadline,
  done,
  idsOf,
  message,
  messages,
  send,
  settle,
  textOf,
  textsOf,
} from "../conformance/messages.js";
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
  readonly server: RedisServer;
  /** Does something whose first answer is lost on the way. */
  unanswered<T>(act: () => Promise<T>): Promise<T>;
  /** Loses the next answer, and finds no way to the server until `act` is over. */
  offline(act: () => Promise<void>): Promise<void>;
}

async function scene(): Promise<Scene> {
  const server = await RedisServer.start();
  const proxy = await TcpProxy.start(server);
  const opened = await openBoth(`redis://127.0.0.1:${proxy.port}`);
  const queue = namespace("q");
  await opened.transport.declare([{ name: queue }]);
  const unanswered = async <T>(act: () => Promise<T>): Promise<T> => {
    const dropped = proxy.dropReplies();
    const acting = act();
    await within("the loss of an answer", dropped);
    return within("the repetition", acting);
  };
  const offline = async (act: () => Promise<void>): Promise<void> => {
    await within("the loss of an answer", proxy.dropReplies());
    proxy.blackhole();
    await act();
    proxy.heal();
  };
  return { ...opened, queue, server, proxy, unanswered, offline };
}

/** One more client of the same server, which the faults do not touch. */
const elsewhere = ({ server }: Scene): Promise<Opened> => openBoth(server.url);

/** Waits for the result of another's call; resolves when the server knows of it. */
async function waitBy({ results }: Opened, id: string, { server }: Scene): Promise<{ told: Promise<ResultRecord> }> {
  const admin = new Redis(server.port);
  onTestFinished(() => admin.disconnect());
  const told = results.wait(id);
  const knows = async (): Promise<boolean> => {
    const markers = await admin.mget(await admin.keys(`*:r:${id}`));
    return markers.some((marker) => marker?.includes(results.address!()));
  };
  await eventually(knows, { what: "a waiter in the store" });
  return { told };
}

/** Takes `count` messages, then takes no more. */
async function own({ transport, queue }: Scene, count: number): Promise<readonly Delivery[]> {
  const { inbox, subscription } = await consume(transport, queue, count);
  const owned = await inbox.arrived(count);
  await subscription.stop();
  return owned;
}

const depthOf = async ({ transport, queue }: Scene) =>
  (await transport.depths()).find((depth) => depth.queue === queue);

describe("redis, when an answer is lost", () => {
  expectNothingLeftRunning();

  it("sends once", async () => {
    const here = await scene();
    const batch = messages(here.queue, 50);
    expect(await here.unanswered(() => here.transport.send(batch, deadline()))).toEqual(batch.map(() => "stored"));
    expect(textsOf(await own(here, 50))).toEqual(batch.map(({ body }) => textOf(body)));
    expect(await depthOf(here)).toMatchObject({ waiting: 0, owned: 50 });
  });

  it("sends a delayed message once", async () => {
    const here = await scene();
    const eta = Date.now() + 3_600_000;
    const batch = [message(here.queue, "later", { eta })];
    expect(await here.unanswered(() => here.transport.send(batch, deadline()))).toEqual(["stored"]);
    expect(await depthOf(here)).toMatchObject({ waiting: 0, delayed: 1 });
  });

  it("fetches the same batch again", async () => {
    const here = await scene();
    await send(here.transport, ...messages(here.queue, 5));
    const { inbox, subscription } = await consume(here.transport, here.queue, 0);
    await here.unanswered(async () => subscription.credit(3));
    expect(textsOf(await inbox.arrived(3))).toEqual(["m0", "m1", "m2"]);
    expect(inbox.deliveries.map(({ redeliveries }) => redeliveries)).toEqual([0, 0, 0]);
    await settle(here.transport, ...inbox.deliveries.map((delivery) => ({ delivery, to: "done" as const })));
    expect(textsOf((await inbox.arrived(5)).slice(3))).toEqual(["m3", "m4"]);
  });

  it("finishes once, and says so", async () => {
    const here = await scene();
    await send(here.transport, ...messages(here.queue, 3));
    const owned = await own(here, 3);
    const finishes = owned.map((delivery) => ({
      settlement: { delivery, to: "done" as const },
      record: record(here.results, "8", { id: delivery.envelope.id }),
    }));
    expect(await here.unanswered(() => here.fused.finish(finishes))).toEqual(["ok", "ok", "ok"]);
    expect((await here.results.get(idsOf(owned))).map(seen)).toEqual(["SUCCESS 8", "SUCCESS 8", "SUCCESS 8"]);
    expect(await depthOf(here)).toMatchObject({ waiting: 0, owned: 0 });
  });

  it("retries, releases and buries once", async () => {
    const here = await scene();
    await send(here.transport, ...messages(here.queue, 4));
    const [a, b, c, d] = await own(here, 4);
    const settlements: Settlement[] = [
      { delivery: a!, to: "retry", next: { ...a!.envelope, body: bytes("again") } },
      { delivery: b!, to: "release" },
      { delivery: c!, to: "dead", reason: "bad" },
      { delivery: d!, to: "retry", next: { ...d!.envelope, eta: Date.now() + 3_600_000 } },
    ];
    expect(await here.unanswered(() => here.transport.settle(settlements))).toEqual(["ok", "ok", "ok", "ok"]);
    expect(await depthOf(here)).toEqual({ queue: here.queue, waiting: 2, delayed: 1, owned: 0, dead: 1, consumers: 0 });
  });

  it("does not send again what was done meanwhile, however often its id came again", async () => {
    const here = await scene();
    const worker = await elsewhere(here);
    const batch = messages(here.queue, 2);
    const twice = [...batch, batch[1]!];
    const sending = here.transport.send(twice, deadline());
    await here.offline(async () => {
      const { inbox } = await consume(worker.transport, here.queue, 10);
      for (let run = 1; run <= 3; run++) {
        await done(worker.transport, (await inbox.arrived(2 * run)).slice(-2));
        if (run < 3) await send(worker.transport, ...batch);
      }
    });
    expect(await within("the repetition", sending)).toEqual(["stored", "stored", "duplicate"]);
    expect(await depthOf(here)).toMatchObject({ waiting: 0, owned: 0 });
    await send(here.transport, ...batch);
  });

  it("takes the next run of a message that is done, when the first sending never arrived", async () => {
    const here = await scene();
    const one = message(here.queue, "one");
    await send(here.transport, one);
    await done(here.transport, await own(here, 1));
    expect(await here.unanswered(() => here.transport.send([one], deadline()))).toEqual(["stored"]);
    expect(await depthOf(here)).toMatchObject({ waiting: 1, owned: 0 });
  });

  it("tells who waited before its message was done, and who came after", async () => {
    const here = await scene();
    const [early, late] = [await elsewhere(here), await elsewhere(here)];
    const one = message(here.queue, "one");
    await send(here.transport, one);
    const waits = [await waitBy(early, one.id, here)];
    await done(here.transport, await own(here, 1));
    waits.push(await waitBy(late, one.id, here));
    await send(here.transport, one);
    await done(here.transport, await own(here, 1));
    await here.results.put([record(here.results, "8", { id: one.id })]);
    for (const { told } of waits) expect(seen(await within("the result", told))).toBe("SUCCESS 8");
  });

  it("puts once and appends once", async () => {
    const here = await scene();
    const one = record(here.results, "8");
    expect(await here.unanswered(() => here.results.put([one]))).toEqual(["stored"]);
    const event = { id: one.id, state: "PROGRESS", body: bytes("half"), ttlMs: 60_000 };
    await here.unanswered(() => here.results.append([event, event]));
    expect((await here.results.latest([one.id]))[0]?.seq).toBe(2);
  });

  it("finds a result that was told while nobody listened", async () => {
    const here = await scene();
    const other = await openBoth(`redis://127.0.0.1:${here.proxy.port}`);
    const one = record(here.results, "8");
    const waiting = here.results.wait(one.id);
    await here.unanswered(() => other.results.put([one]));
    expect(seen(await within("the result", waiting))).toBe("SUCCESS 8");
  });
});
