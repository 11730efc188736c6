import { MessageChannel } from "node:worker_threads";
import { createApp } from "@taskgen/core";
import {
  createId,
  internalsOf,
  LinkClient,
  LinkHost,
  openResults,
  openTransport,
  urlsOf,
  type LinkHostOptions,
  type ResultBackend,
  type Transport,
} from "@taskgen/core/internal";
import { createWorker } from "@taskgen/worker";
import { describe, expect, it, onTestFinished } from "vitest";
import { LocalPeer } from "../conformance/peers.js";
import type { Space } from "../conformance/implementation.js";
import { limiting } from "../conformance/results/limiting.js";
import { record } from "../conformance/results/records.js";
import { resultsSuite } from "../conformance/results-suite.js";
import { close } from "../conformance/scene.js";
import { deferred } from "../support/deferred.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { fixture, job, PoolRun } from "../support/pool-run.js";
import { within } from "../support/within.js";

const ON = { state: () => {}, error: () => {} };

interface Link {
  readonly client: LinkClient;
  /** What happens when the client's thread ends. */
  readonly cut: () => void;
}

/** Both ends of a link, in this thread. */
function createLink(options: Partial<LinkHostOptions> = {}): Link {
  const { port1, port2 } = new MessageChannel();
  const host = new LinkHost({ onError: () => {}, ...options });
  host.serve(port1);
  onTestFinished(async () => {
    port2.close();
    await host.close();
  });
  return { client: new LinkClient(port2), cut: () => port2.close() };
}

const opened = async <T extends Transport | ResultBackend>(opening: Promise<T>): Promise<T> => {
  const connection = await opening;
  await connection.start(ON);
  onTestFinished(() => connection.close(AbortSignal.timeout(1_000)));
  return connection;
};

async function linkedSpace(): Promise<Space> {
  const url = `memory:${namespace()}`;
  const { client } = createLink();
  const open: Space["open"] = async (prefix) => {
    const [transport, results] = [await openTransport(url, { prefix }), await client.results({ url, prefix })];
    await Promise.all([transport.start(ON), results.start(ON)]);
    return { transport, results };
  };
  const peer: Space["peer"] = async (prefix) => {
    const participant = await open(prefix);
    onTestFinished(() => close(participant));
    return new LocalPeer(participant);
  };
  return { open, peer };
}

const ofMain = "the main thread keeps the limits of tasks: threads that run them never ask for them";

resultsSuite({
  name: "link to memory",
  space: linkedSpace,
  skip: Object.fromEntries(Object.keys(limiting).map((what) => [what, ofMain])),
});

describe("the transport of a link", () => {
  expectNothingLeftRunning();

  it("sends, and tells outcomes by their classes", async () => {
    const place = { url: `memory:${namespace()}`, prefix: namespace("p") };
    const { client } = createLink();
    const [linked, direct] = [await opened(client.transport(place)), await opened(openTransport(place.url, place))];
    expect([linked.caps, linked.location]).toEqual([direct.caps, direct.location]);
    const arrived = deferred<readonly string[]>();
    const subscription = await direct.consume("q", 10, (batch) =>
      arrived.resolve(batch.map(({ envelope }) => Buffer.from(envelope.body).toString())),
    );
    const envelope = (body: Uint8Array, id = createId()) => ({ id, queue: "q", priority: 4, body });
    const [one, two] = [envelope(Buffer.from("one"), "1"), envelope(Buffer.from("two").subarray(0, 2))];
    const large = envelope(new Uint8Array(direct.caps.maxBytes + 1));
    const outcomes = await linked.send([one, two, large, one], AbortSignal.timeout(5_000));
    expect(outcomes).toMatchObject([
      "stored",
      "stored",
      { name: "TransportError", code: "PAYLOAD_TOO_LARGE", certain: true, retriable: false },
      "duplicate",
    ]);
    expect(await within("the messages", arrived.promise)).toEqual(["one", "tw"]);
    await subscription.stop();
  });

  it("broadcasts", async () => {
    const place = { url: `memory:${namespace()}`, prefix: namespace("p") };
    const { client } = createLink();
    const [linked, direct] = [await opened(client.transport(place)), await opened(openTransport(place.url, place))];
    const heard = deferred<string>();
    const unlisten = await direct.listen("topic", (message) => heard.resolve(Buffer.from(message).toString()));
    await linked.broadcast("topic", Buffer.from("hello"));
    expect(await within("the message", heard.promise)).toBe("hello");
    await unlisten();
  });

  it("refuses what belongs to the main thread, and anything once closed", async () => {
    const { client } = createLink();
    const linked: Transport = await opened(client.transport({ url: `memory:${namespace()}`, prefix: "p" }));
    const refused = { name: "TransportError", code: "BROKER_ERROR", certain: true };
    await expect(linked.consume("q", 1, () => {})).rejects.toMatchObject(refused);
    await expect(linked.declare([])).rejects.toMatchObject(refused);
    await expect(linked.settle([])).rejects.toMatchObject(refused);
    await expect(linked.listen("t", () => {})).rejects.toMatchObject(refused);
    await linked.close(AbortSignal.timeout(1_000));
    await expect(linked.send([], AbortSignal.timeout(1_000))).rejects.toMatchObject({ code: "TRANSPORT_CLOSED" });
  });

  it("rejects with the class and the code of what failed in the main thread", async () => {
    const { client } = createLink();
    await expect(client.transport({ url: "nowhere:", prefix: "p" })).rejects.toMatchObject({
      name: "ConfigError",
      code: "BROKER_URL_INVALID",
      message: expect.stringMatching(/^\[BROKER_URL_INVALID\] no transport for nowhere:/),
    });
  });
});

describe("the main thread's end of a link", () => {
  expectNothingLeftRunning();

  it("uses the worker's own connection where url and prefix are the same", async () => {
    await using app = createApp({ broker: `memory:${namespace()}`, prefix: "own" });
    const { broker } = urlsOf(internalsOf(app).urls);
    const { client } = createLink({ own: internalsOf(app) });
    const own = (await internalsOf(app).connection()).results;
    const [same, other] = [
      await client.results({ url: broker, prefix: "own" }),
      await client.results({ url: broker, prefix: "other" }),
    ];
    await own.put([record(own, "kept", { id: "1" })]);
    expect(await same.get(["1"])).toMatchObject([{ id: "1" }]);
    expect(await other.get(["1"])).toEqual([undefined]);
    // the connection of the worker is closed by none of its threads
    await app.close();
    await expect(same.get(["1"])).rejects.toMatchObject({ name: "ResultError", code: "RESULT_CLOSED" });
  });

  it("aborts what a thread waits for when the thread is gone", async () => {
    await using app = createApp({ broker: `memory:${namespace()}` });
    const { results } = await internalsOf(app).connection();
    const aborted = deferred();
    const original = results.wait.bind(results);
    Object.assign(results, {
      wait: (id: string, signal: AbortSignal) => {
        signal.addEventListener("abort", () => aborted.resolve(), { once: true });
        return original(id, signal);
      },
    });
    const { client, cut } = createLink({ own: internalsOf(app) });
    const linked = await client.results({ url: urlsOf(internalsOf(app).urls).broker, prefix: "taskgen" });
    void linked.wait("never", new AbortController().signal);
    await linked.get([]);
    cut();
    await within("the abort", aborted.promise);
  });
});

describe("calls of tasks in pool threads", () => {
  expectNothingLeftRunning();

  it.each(["threads", "processes"] as const)("travel through the main thread, also in memory: %s", async (pool) => {
    await using app = createApp({ broker: `memory:${namespace()}` });
    const { broker } = urlsOf(internalsOf(app).urls);
    const worker = createWorker({ registry: fixture("registry.js"), app, pool, concurrency: 2 });
    await worker.start();
    try {
      const call = app.sendUnchecked("callAdd", [broker, 3, 4]);
      expect(await call.get({ timeout: "60s" })).toBe(7);
    } finally {
      await worker.stop();
    }
  });

  it.each(["thread", "process"] as const)("reach brokers that are not the worker's own from a %s", async (kind) => {
    const run = await PoolRun.start({ kind });
    const url = `memory:${namespace()}`;
    const [transport, results] = [await opened(openTransport(url)), await opened(openResults(url))];
    const caller = job("callAdd", [url, 1, 2]);
    const subscription = await transport.consume("default", 1, (batch) => {
      const [delivery] = batch;
      void results.put([record(results, "12", { id: delivery!.envelope.id })]);
      void transport.settle([{ delivery: delivery!, to: "done" }]);
    });
    run.run(caller);
    expect(await run.value(caller)).toBe(12);
    await subscription.stop();
  });

  it.each(["thread", "process"] as const)("fail in the task when the broker cannot be opened: %s", async (kind) => {
    const run = await PoolRun.start({ kind });
    const caller = job("callAdd", ["nowhere:", 1, 2]);
    run.run(caller);
    expect(await run.error(caller)).toMatchObject({ name: "PublishError", code: "NOT_ENQUEUED" });
  });
});
