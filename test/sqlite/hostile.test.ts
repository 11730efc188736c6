import { createId } from "@taskgen/core/internal";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { consume } from "../conformance/inbox.js";
import { deadline, done, message, send } from "../conformance/messages.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { tempDir } from "../support/temp-dir.js";
import { openBoth } from "./opening.js";

const QUEUE = "work";

const url = async (): Promise<string> => `sqlite:${join(await tempDir(), "tasks.db")}`;

describe("what should not be sent to SQLite", () => {
  expectNothingLeftRunning();

  it("keeps a time beyond all dates, and goes on", async () => {
    const { transport, results, told } = await openBoth(await url());
    const { inbox } = await consume(transport, QUEUE, 10);
    const far = [1e17, 1e300, Infinity, Number.MAX_SAFE_INTEGER].map((eta) => message(QUEUE, "far", { eta }));
    await send(transport, ...far, message(QUEUE, "now", { expires: 1e18 }));
    const [arrived] = await inbox.arrived(1);
    const [delivery, id] = [arrived!, createId()];
    const next = { ...delivery.envelope, eta: 1e19 };
    expect(await transport.settle([{ delivery, to: "retry", next }])).toEqual(["ok"]);
    await results.put([{ id, state: "SUCCESS", body: new Uint8Array(), ttlMs: 1e18 }]);
    expect(await results.put([{ id, state: "FAILURE", body: new Uint8Array(), ttlMs: 1e18 }])).toEqual(["exists"]);
    expect(await transport.depths()).toMatchObject([{ waiting: 0, delayed: 5, owned: 0 }]);
    await send(transport, message(QUEUE, "after"));
    await done(transport, [(await inbox.arrived(2))[1]!]);
    expect(told.states).toEqual(["up"]);
  });

  it("does not spoil what is sent with it", async () => {
    const { transport, results, told } = await openBoth(await url());
    const bad = { ...message(QUEUE, "bad"), priority: null as unknown as number };
    const [first, second] = [message(QUEUE, "first"), message(QUEUE, "second")];
    const body = new TextEncoder().encode("value");
    const outcomes = await Promise.allSettled([
      transport.send([first], deadline()),
      transport.send([bad], deadline()),
      results.put([{ id: "one", state: "SUCCESS", body, ttlMs: 60_000 }]),
      results.append([{ id: "one", state: "PROGRESS", body, ttlMs: 60_000 }]),
      transport.send([second], deadline()),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
      "fulfilled",
    ]);
    const { inbox } = await consume(transport, QUEUE, 10);
    const arrived = await inbox.arrived(2);
    expect(arrived.map(({ envelope }) => envelope)).toMatchObject([first, second]);
    expect(await results.get(["one"])).toMatchObject([{ state: "SUCCESS", body }]);
    await done(transport, arrived);
    expect(told.errors).toEqual([]);
  });
});
