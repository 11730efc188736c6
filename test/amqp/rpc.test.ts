import { createId, type ResultBackend } from "@taskgen/core/internal";
import { describe, expect, test } from "vitest";
import { bytes, deadline, message, send } from "../conformance/messages.js";
import { consume } from "../conformance/inbox.js";
import { record, seen } from "../conformance/results/records.js";
import { brokerUrl } from "../support/brokers.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { TcpProxy } from "../support/tcp-proxy.js";
import { within } from "../support/within.js";
import { FrameProxy } from "./frame-proxy.js";
import { type Opened, open, openRaw } from "./opening.js";

/** A caller and a worker of one service. */
async function pair(
  callerUrl: string = brokerUrl("amqp"),
): Promise<{ readonly caller: Opened; readonly worker: Opened }> {
  const prefix = namespace("p");
  return { caller: await open(callerUrl, { prefix }), worker: await open(brokerUrl("amqp"), { prefix }) };
}

const unroutable = (results: ResultBackend): number =>
  (results as ResultBackend & { readonly unroutable: number }).unroutable;

describe("rpc results", () => {
  expectNothingLeftRunning();

  test("go to the caller alone, before and after it waits", async () => {
    const { caller, worker } = await pair();
    const [early, late] = [record(caller.results, "early"), record(caller.results, "late", { state: "FAILURE" })];
    expect(await worker.results.put([early])).toEqual(["stored"]);
    const waiting = caller.results.wait(late.id, deadline());
    expect(await worker.results.put([late])).toEqual(["stored"]);
    expect(seen(await within("the later result", waiting))).toBe("FAILURE late");
    expect(seen(await within("the earlier result", caller.results.wait(early.id, deadline())))).toBe("SUCCESS early");
    expect((await caller.results.get([early.id, late.id])).map(seen)).toEqual(["SUCCESS early", "FAILURE late"]);
    expect(await worker.results.get([early.id])).toEqual([undefined]);
  });

  test("travel with the address that came with the task", async () => {
    const { caller, worker } = await pair();
    const { inbox } = await consume(worker.transport, "q", 1);
    const call = message("q", "call", { replyTo: caller.results.address!() });
    const waiting = caller.results.wait(call.id, deadline());
    await send(caller.transport, call);
    const [{ envelope }] = (await inbox.arrived(1)) as [(typeof inbox.deliveries)[number]];
    await worker.results.put([
      { id: envelope.id, state: "SUCCESS", body: bytes("8"), replyTo: envelope.replyTo, ttlMs: 60_000 },
    ]);
    expect(seen(await within("the result", waiting))).toBe("SUCCESS 8");
  });

  test("the first one of an id wins at the caller", async () => {
    const { caller, worker } = await pair();
    const first = record(caller.results, "first");
    await worker.results.put([first, { ...first, body: bytes("second") }]);
    expect(seen(await within("the result", caller.results.wait(first.id, deadline())))).toBe("SUCCESS first");
    await worker.results.put([{ ...first, body: bytes("third") }, record(caller.results, "marker", { id: "marker" })]);
    await within("the marker", caller.results.wait("marker", deadline()));
    expect((await caller.results.get([first.id])).map(seen)).toEqual(["SUCCESS first"]);
  });

  test("of callers that are gone are dropped and counted, and none goes where no replies belong", async () => {
    const { caller, worker } = await pair();
    const one = record(caller.results, "one");
    const target = await consume(worker.transport, "q", 5);
    const queue = { replyTo: `${worker.prefix}.q` };
    const raw = await openRaw(brokerUrl("amqp"));
    await raw.deleteQueue(caller.results.address!());
    const strays = [
      record(worker.results, "stray", { replyTo: `${worker.prefix}:reply.nobody` }),
      record(worker.results, "stray", queue),
    ];
    expect(await worker.results.put([...strays, { ...one, replyTo: undefined }])).toEqual([
      "stored",
      "stored",
      "stored",
    ]);
    expect(unroutable(worker.results)).toBe(3);
    await send(worker.transport, message("q", "marker"));
    expect((await target.inbox.arrived(1))[0]!.envelope.id).not.toBe(strays[1]!.id);
  });

  test("survive a reconnect: what was sent meanwhile is there afterwards", async () => {
    const { hostname: host, port } = new URL(brokerUrl("amqp"));
    const proxy = await TcpProxy.start({ host, port: Number(port) });
    const { caller, worker } = await pair(`amqp://127.0.0.1:${proxy.port}`);
    const records = Array.from({ length: 200 }, (_, index) => record(caller.results, `${index}`));
    const waits = Promise.all(records.map(({ id }) => caller.results.wait(id, deadline())));
    for (let start = 0; start < 200; start += 50) {
      proxy.reset();
      await worker.results.put(records.slice(start, start + 50));
    }
    expect((await within("all results", waits)).map(seen)).toEqual(records.map(seen));
  });

  test("that were lost with their queue are told: pending waits reject, later ones too, new ones do not", async () => {
    const { caller, worker } = await pair();
    const [pending, unread] = [createId(), createId()];
    const waiting = expect(caller.results.wait(pending)).rejects.toMatchObject({ code: "RESULT_LOST" });
    await eventually(() => Date.now() > Number.parseInt(unread.replace("-", "").slice(0, 12), 16), {
      what: "the next millisecond",
    });
    const raw = await openRaw(brokerUrl("amqp"));
    await raw.deleteQueue(caller.results.address!());
    await within("the end of the wait", waiting);
    await expect(caller.results.wait(unread)).rejects.toMatchObject({ code: "RESULT_LOST" });
    const next = record(caller.results, "next");
    const later = caller.results.wait(next.id, deadline());
    await worker.results.put([next]);
    expect(seen(await within("the next result", later))).toBe("SUCCESS next");
  });

  test("that were lost with their queue are told although the connection is lost before there is another", async () => {
    const proxy = await FrameProxy.start(brokerUrl("amqp"));
    const { caller, worker } = await pair(proxy.url);
    const waiting = expect(caller.results.wait(createId())).rejects.toMatchObject({ code: "RESULT_LOST" });
    const raw = await openRaw(brokerUrl("amqp"));
    const cut = proxy.cutAt({ method: "consume", naming: caller.results.address!() });
    await raw.deleteQueue(caller.results.address!());
    await within("the cut", cut);
    await within("the end of the wait", waiting);
    const next = record(caller.results, "next");
    const later = caller.results.wait(next.id, deadline());
    await worker.results.put([next]);
    expect(seen(await within("the next result", later))).toBe("SUCCESS next");
  });

  test("go on when their queue is deleted before the caller knows that it listens", async () => {
    const proxy = await FrameProxy.start(brokerUrl("amqp"));
    const { caller, worker } = await pair(proxy.url);
    const address = caller.results.address!();
    const raw = await openRaw(brokerUrl("amqp"));
    proxy.hold("consume-ok");
    proxy.cut();
    await within("listening again", proxy.held("consume-ok"));
    await raw.deleteQueue(address);
    await within("the broker's cancel", proxy.held("cancel"));
    proxy.release();
    const arrived = await eventually(async () => {
      const result = record(caller.results, "at last");
      await worker.results.put([result]);
      return (await caller.results.get([result.id]))[0];
    });
    expect(seen(arrived)).toBe("SUCCESS at last");
  });

  test("that nobody waits for are kept up to a bound, and a wait for one that went rejects", async () => {
    const { caller } = await pair();
    const large = (): ReturnType<typeof record> => record(caller.results, "x".repeat(1024 * 1024));
    const records = Array.from({ length: 70 }, large);
    await caller.results.put(records);
    await expect(caller.results.wait(records[0]!.id)).rejects.toMatchObject({ code: "RESULT_LOST" });
    expect((await caller.results.wait(records[69]!.id)).body.length).toBe(1024 * 1024);
  });

  test("what others write into a reply queue is dropped", async () => {
    const { caller, worker } = await pair();
    const raw = await openRaw(brokerUrl("amqp"));
    const address = caller.results.address!();
    for (const properties of [
      {},
      { messageId: "a", type: "SUCCESS" },
      { messageId: "a", type: "DONE 5" },
      { type: "SUCCESS 5" },
    ]) {
      raw.sendToQueue(address, Buffer.from("?"), properties);
    }
    const good = record(caller.results, "good");
    const waiting = caller.results.wait(good.id, deadline());
    await worker.results.put([good]);
    expect(seen(await within("the result", waiting))).toBe("SUCCESS good");
    expect(await caller.results.get(["a"])).toEqual([undefined]);
  });

  test("leave no queue behind when they close", async () => {
    const { caller } = await pair();
    const address = caller.results.address!();
    await caller.results.close(deadline());
    const raw = await openRaw(brokerUrl("amqp"));
    await expect(raw.checkQueue(address)).rejects.toThrow("NOT_FOUND");
  });
});
