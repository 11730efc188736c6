import { createId, type ResultEvent, type SequencedEvent } from "@taskgen/core/internal";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { bytes, deadline, textOf } from "../conformance/messages.js";
import { record, seen } from "../conformance/results/records.js";
import { deferred } from "../support/deferred.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { PostgresServer } from "../support/postgres-server.js";
import { TcpProxy } from "../support/tcp-proxy.js";
import { within } from "../support/within.js";
import { admin, open, type Opened } from "./opening.js";

const QUICK = { heartbeatMs: 200 };
const LONG_MS = 25_000;

let server: PostgresServer;

beforeAll(async () => void (server = await PostgresServer.start()));
afterAll(() => server.remove());

const event = (id: string, text: string): ResultEvent => ({
  id,
  state: "PROGRESS",
  body: bytes(text),
  ttlMs: 60_000,
});

/** Until the test resumes it, or ends. */
async function suspend(): Promise<void> {
  onTestFinished(() => server.resume());
  await server.suspend();
}

/** The same server behind a proxy, and the way around it. */
async function proxied(): Promise<Opened & { readonly proxy: TcpProxy; readonly direct: Opened }> {
  const proxy = await TcpProxy.start(server);
  const direct = await open(server.url, QUICK);
  const url = server.url.replace(`:${server.port}/`, `:${proxy.port}/`);
  return { ...(await open(url, { ...QUICK, prefix: direct.prefix })), proxy, direct };
}

describe("results in a Postgres, when the server or the network fails", () => {
  expectNothingLeftRunning();

  it("goes on by itself after the server was killed and started again", async () => {
    const { results, told } = await open(server.url, QUICK);
    const [before, after, stream] = [record(results, "before"), record(results, "after"), createId()];
    await results.put([before]);
    await results.push({ id: stream, first: 1, items: [bytes("one"), bytes("two")], ends: false, ttlMs: 60_000 });
    const controller = new AbortController();
    const events: SequencedEvent[] = [];
    const [first, second] = [deferred(), deferred()];
    const watching = (async () => {
      for await (const one of results.watch(after.id, 0, controller.signal)) {
        events.push(one);
        (events.length === 1 ? first : second).resolve();
      }
    })();
    await results.append([event(after.id, "one")]);
    await within("the first event", first.promise);
    const waiting = results.wait(after.id);
    const drained = results.drained(stream, 0, deadline());
    const down = told.next("down");
    await server.kill();
    await down;
    const put = results.put([after]);
    const append = results.append([event(after.id, "two")]);
    const page = results.pull({ id: stream, after: 1, maxItems: 5, maxBytes: 1_000 }, deadline());
    await server.restart();
    expect(await within("a put that waited", put, LONG_MS)).toEqual(["stored"]);
    expect(seen(await within("a wait from before", waiting))).toBe("SUCCESS after");
    await append;
    await within("the second event", second.promise);
    controller.abort();
    await watching;
    expect(events.map(({ seq, body }) => `${seq} ${textOf(body)}`)).toEqual(["1 one", "2 two"]);
    expect((await within("a page", page)).items.map(textOf)).toEqual(["two"]);
    expect(await within("the writer", drained)).toEqual({ written: 2, read: 1 });
    expect((await results.get([before.id])).map(seen)).toEqual(["SUCCESS before"]);
    expect(told.errors).toEqual([]);
  });

  it("notices a server that is stopped, and goes on when it continues", async () => {
    const { results, told } = await open(server.url, QUICK);
    const one = record(results, "one");
    const before = record(results, "before");
    await results.put([before]);
    await results.wait(before.id);
    const waiting = results.wait(one.id);
    const down = told.next("down");
    await suspend();
    const put = results.put([one]);
    expect(await down).toContain("no answer");
    await server.resume();
    expect(await within("the put", put, LONG_MS)).toEqual(["stored"]);
    expect(seen(await within("the wait", waiting))).toBe("SUCCESS one");
  });

  it("closes while the server is stopped", async () => {
    const { results } = await open(server.url, QUICK);
    await suspend();
    const ends = [results.wait(createId()), results.put([record(results, "late")]), results.get([createId()])].map(
      (end) => expect(end).rejects.toMatchObject({ code: "RESULT_CLOSED" }),
    );
    await within("closing", results.close(AbortSignal.timeout(200)), 30_000);
    await Promise.all(ends);
    await server.resume();
  });

  it("stores once what it was not told of, and says that it did", async () => {
    const { results, proxy, direct } = await proxied();
    const [mine, other] = [record(results, "mine"), record(results, "other's")];
    await direct.results.put([{ ...other, body: bytes("first") }]);
    const dropped = proxy.dropReplies();
    const put = results.put([mine, other]);
    await within("the loss of an answer", dropped);
    expect(await within("the repetition", put, LONG_MS)).toEqual(["stored", "exists"]);
    expect((await direct.results.get([mine.id, other.id])).map(seen)).toEqual(["SUCCESS mine", "SUCCESS first"]);
  });

  it("adds events once, whose answer was lost", async () => {
    const { results, proxy, direct } = await proxied();
    const id = createId();
    await results.append([event(id, "one")]);
    const dropped = proxy.dropReplies();
    const append = results.append([event(id, "two"), event(id, "three")]);
    await within("the loss of an answer", dropped);
    await within("the repetition", append, LONG_MS);
    await direct.results.append([event(id, "four")]);
    expect((await results.latest([id]))[0]).toMatchObject({ seq: 4 });
  });

  it("swaps once, whose answer was lost", async () => {
    const { results, proxy } = await proxied();
    await results.swap([{ key: "other", expected: undefined, next: "x", ttlMs: 60_000 }]);
    const dropped = proxy.dropReplies();
    const swap = results.swap([{ key: "k", expected: undefined, next: "mine", ttlMs: 60_000 }]);
    await within("the loss of an answer", dropped);
    expect(await within("the repetition", swap, LONG_MS)).toEqual(["mine"]);
  });

  it("loses nothing and stores nothing twice while connections are reset and cut", async () => {
    const { results, proxy, direct } = await proxied();
    const records = Array.from({ length: 10 }, (_, round) =>
      Array.from({ length: 50 }, (_, i) => record(results, `${round} ${i}`)),
    );
    const waits = records.flat().map(({ id }) => results.wait(id));
    for (const [round, batch] of records.entries()) {
      const put = results.put(batch);
      if (round % 3 === 0) proxy.reset();
      if (round % 3 === 1) proxy.cut();
      expect(new Set(await within("a put", put, LONG_MS))).toEqual(new Set(["stored"]));
    }
    expect((await within("all results", Promise.all(waits), LONG_MS)).map(seen)).toEqual(records.flat().map(seen));
    expect((await direct.results.get(records.flat().map(({ id }) => id))).map(seen)).toEqual(records.flat().map(seen));
  });

  it("notices that a network swallows everything", async () => {
    const { results, told, proxy, direct } = await proxied();
    const one = record(results, "one");
    const before = record(results, "before");
    await results.put([before]);
    await results.wait(before.id);
    const waiting = results.wait(one.id);
    const down = told.next("down");
    proxy.blackhole();
    await direct.results.put([one]);
    expect(await down).toContain("no answer");
    proxy.heal();
    expect(seen(await within("what came meanwhile", waiting, LONG_MS))).toBe("SUCCESS one");
  });

  it("goes on after an administrator ended its connections, and when its tables were dropped", async () => {
    const { results, told, prefix } = await open(server.url, QUICK);
    const client = await admin(server.url);
    const one = record(results, "one");
    const waiting = results.wait(one.id);
    await results.put([record(results, "before")]);
    const [down, up] = [told.next("down"), told.next("up")];
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'taskgen'");
    await down;
    await up;
    await client.query(`DROP SCHEMA "${prefix}" CASCADE`);
    expect(await results.put([one])).toEqual(["stored"]);
    expect(seen(await within("the wait", waiting))).toBe("SUCCESS one");
  });

  it("waits while the server is a standby, and goes on when it was promoted", async () => {
    const { results, told } = await open(server.url, QUICK);
    const one = record(results, "one");
    const waiting = results.wait(one.id);
    const down = told.next("down");
    const standby = within("a standby", told.reason(/standby/), LONG_MS);
    await server.restartAsStandby();
    await down;
    const put = results.put([one]);
    await standby;
    const client = await admin(server.url);
    await client.query("SELECT pg_promote()");
    expect(await within("the put", put, LONG_MS)).toEqual(["stored"]);
    expect(seen(await within("the wait", waiting))).toBe("SUCCESS one");
  });

  it("makes its tables once, whoever starts at the same time", async () => {
    const prefix = namespace("p");
    const all = await Promise.all(Array.from({ length: 8 }, () => open(server.url, { ...QUICK, prefix })));
    const one = record(all[0]!.results, "one");
    const outcomes = await Promise.all(all.map(({ results }) => results.put([one])));
    expect(outcomes.flat().toSorted()).toEqual([...Array<string>(7).fill("exists"), "stored"]);
    const client = await admin(server.url);
    const { rows } = await client.query(`SELECT version FROM "${prefix}".version`);
    expect(rows).toEqual([{ version: 1 }]);
  });
});
