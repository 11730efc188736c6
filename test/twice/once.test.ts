import { createApp, currentTask, once, task, type OnceOptions, type StubOf } from "@taskgen/core";
import { stub } from "@taskgen/core/internal";
import { createTestWorker } from "@taskgen/worker/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { deferred } from "../support/deferred.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";

interface Scene {
  /** Calls a task with this body; it is retried without a wait. */
  readonly run: <R>(body: () => Promise<R>) => Promise<R>;
  readonly ran: string[];
  readonly note: (what: string) => string;
}

async function open(): Promise<Scene> {
  const app = createApp({ broker: `memory:${namespace()}` });
  onTestFinished(() => app.close());
  const ran: string[] = [];
  let body: () => Promise<unknown> = async () => {};
  const tasks = { one: task({ autoretryFor: [Error], defaultRetryDelay: "1s" }, async () => body()) };
  const worker = await createTestWorker({ app, tasks, mode: "eager" });
  onTestFinished(() => worker.stop());
  const run = async <R>(given: () => Promise<R>): Promise<R> => {
    body = given;
    return (await stub<StubOf<typeof tasks.one>>(app, "one").delay().get()) as R;
  };
  const note = (what: string): string => {
    ran.push(what);
    return `${what} ${ran.length}`;
  };
  return { run, ran, note };
}

describe("once", () => {
  expectNothingLeftRunning();

  it("runs a part of a task once over its retries, and gives its value each time", async () => {
    const { run, ran, note } = await open();
    const seen: string[] = [];
    const result = await run(async () => {
      seen.push(await once("charge", async () => note("charge")), await once("mail", () => note("mail")));
      if (currentTask().retries < 2) throw new Error("again");
      return seen;
    });
    expect(ran).toEqual(["charge", "mail"]);
    expect(result).toEqual(["charge 1", "mail 2", "charge 1", "mail 2", "charge 1", "mail 2"]);
  });

  it("keeps any value that can travel", async () => {
    const { run } = await open();
    const when = new Date(0);
    const values = [undefined, null, "", new Map([["a", when]]), { n: 1n }];
    const result = await run(async () => {
      const kept = await Promise.all(values.map((value, i) => once(`${i}`, () => value)));
      if (currentTask().retries === 0) throw new Error("again");
      return kept;
    });
    expect(result).toEqual(values);
  });

  it("runs it again when it threw", async () => {
    const { run, ran, note } = await open();
    const result = await run(() =>
      once("charge", async () => {
        note("charge");
        if (currentTask().retries === 0) throw new Error("503");
        return "paid";
      }),
    );
    expect([result, ran]).toEqual(["paid", ["charge", "charge"]]);
  });

  it("runs it for each task anew", async () => {
    const { run, ran, note } = await open();
    for (let i = 0; i < 2; i++) await run(() => once("charge", () => note("charge")));
    expect(ran.length).toBe(2);
  });

  it("lets others wait for the one that runs", async () => {
    const { run, ran, note } = await open();
    const gate = deferred();
    const result = await run(async () => {
      const first = once("charge", async () => {
        await gate.promise;
        return note("charge");
      });
      const second = once("charge", () => note("second"));
      gate.resolve();
      return Promise.all([first, second]);
    });
    expect([result, ran]).toEqual([["charge 1", "charge 1"], ["charge"]]);
  });

  it("does not do again what it did, though its value cannot be kept", async () => {
    const { run, ran, note } = await open();
    const large = run(() => once("charge", () => note("large").repeat(100_000)));
    await expect(large).rejects.toMatchObject({ code: "NOT_SERIALIZABLE" });
    await expect(large).rejects.toThrow("return less, such as an id");
    const odd = run(() => once("charge", () => (note("odd"), { now: () => 1 })));
    await expect(odd).rejects.toThrow('the value of once("charge")');
    expect(ran).toEqual(["large", "odd"]);
  });

  it("tells what is wrong with a call of it", async () => {
    const { run } = await open();
    await expect(once("charge", () => 1)).rejects.toMatchObject({ code: "NO_CURRENT_TASK" });
    await expect(run(() => once("", () => 1))).rejects.toMatchObject({ code: "OPTION_INVALID" });
    const options = { ttl: "soon" } as unknown as OnceOptions;
    await expect(run(() => once("a", () => 1, options))).rejects.toMatchObject({ code: "DURATION_INVALID" });
  });
});
