import { createApp, currentTask, IgnoreTask, RejectTask, task, type Task, type TaskOptions } from "@taskgen/core";
import { TASK_DEFAULTS } from "@taskgen/core/internal";
import { createTestWorker, type TestWorker } from "@taskgen/worker/testing";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";

class HttpError extends Error {
  override readonly name: string = "HttpError";
}
class NotFound extends HttpError {
  override readonly name = "NotFound";
}

interface Run {
  readonly worker: TestWorker;
  /** The waits before each retry, in milliseconds. */
  readonly delays: readonly number[];
  /** How the task ended. */
  readonly end: Awaited<ReturnType<TestWorker["completed"]>>;
}

/** Runs one task to its end, whatever it waits for. */
async function run(one: Task, random: () => number = () => 0.5): Promise<Run> {
  const app = createApp({ broker: `memory:${namespace()}` });
  onTestFinished(() => app.close());
  const worker = await createTestWorker({ app, tasks: { one }, mode: "eager", random });
  onTestFinished(() => worker.stop());
  const delays: number[] = [];
  worker.on("task-retried", ({ delayMs }) => void delays.push(delayMs));
  const { id } = await app.sendUnchecked("one", []);
  return { worker, delays, end: await worker.completed(id) };
}

const failing = (options: TaskOptions, error: () => Error = () => new HttpError("503")): Task =>
  task(options, () => {
    throw error();
  });

const asking = (
  options: TaskOptions,
  again: () => Parameters<ReturnType<typeof currentTask>["retry"]>[0] = () => ({}),
) =>
  task(options, () => {
    throw currentTask().retry(again());
  });

const autoretryFor = [HttpError];
const SECOND = 1_000;

describe("the defaults of retries", () => {
  expectNothingLeftRunning();

  it("are Celery's", () => {
    expect(TASK_DEFAULTS).toMatchObject({
      maxRetries: 3,
      defaultRetryDelay: "3m",
      autoretryFor: [],
      dontAutoretryFor: [],
      retryBackoff: false,
      retryBackoffMax: "10m",
      retryJitter: true,
    });
  });

  it("hold for a task that asks: three times, three minutes", async () => {
    const { delays, end } = await run(asking({}));
    expect(delays).toEqual([180 * SECOND, 180 * SECOND, 180 * SECOND]);
    expect(end).toMatchObject({ ok: false, state: "FAILURE", error: { code: "MAX_RETRIES_EXCEEDED" } });
  });

  it("hold for a task that is retried automatically", async () => {
    const { delays, end } = await run(failing({ autoretryFor }));
    expect(delays).toEqual([180 * SECOND, 180 * SECOND, 180 * SECOND]);
    expect(end).toMatchObject({ ok: false, error: { cause: { name: "HttpError", message: "503" } } });
  });

  it("do not retry what is not named", async () => {
    const { delays, end } = await run(failing({}));
    expect(delays).toEqual([]);
    expect(end).toMatchObject({ ok: false, error: { cause: { name: "HttpError" } } });
  });
});

describe("back-off", () => {
  expectNothingLeftRunning();

  const tables: readonly (readonly [what: string, options: TaskOptions, seconds: readonly number[]])[] = [
    ["true begins at one second", { retryBackoff: true, maxRetries: 5 }, [1, 2, 4, 8, 16]],
    [
      "is at most ten minutes",
      { retryBackoff: true, maxRetries: 12 },
      [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600],
    ],
    ["has a factor", { retryBackoff: "5s", maxRetries: 4 }, [5, 10, 20, 40]],
    ["has a limit of one's own", { retryBackoff: "5s", retryBackoffMax: "12s", maxRetries: 4 }, [5, 10, 12, 12]],
    ["yields to a fixed delay", { retryBackoff: false, defaultRetryDelay: "5s", maxRetries: 7 }, [5, 5, 5, 5, 5, 5, 5]],
  ];
  for (const [what, options, seconds] of tables) {
    it(what, async () => {
      const { delays } = await run(failing({ autoretryFor, retryJitter: false, ...options }));
      expect(delays).toEqual(seconds.map((s) => s * SECOND));
    });
  }

  it("without jitter is min(max, factor * 2 ** retries), with jitter uniform in [0, that]", async () => {
    const settings = fc.record({
      factor: fc.integer({ min: 1, max: 100_000 }),
      max: fc.integer({ min: 1, max: 1_000_000 }),
      maxRetries: fc.integer({ min: 0, max: 12 }),
      retryJitter: fc.boolean(),
      draws: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 12, maxLength: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(settings, async ({ factor, max, maxRetries, retryJitter, draws }) => {
        const drawn = [...draws];
        const backoff = { retryBackoff: `${factor}ms`, retryBackoffMax: `${max}ms`, retryJitter } as const;
        const { delays } = await run(failing({ autoretryFor, maxRetries, ...backoff }), () => drawn.shift()!);
        const ceilings = Array.from({ length: maxRetries }, (_, retries) => Math.min(max, factor * 2 ** retries));
        expect(delays).toEqual(ceilings.map((c, i) => (retryJitter ? Math.round(c * draws[i]!) : c)));
        for (const [i, delay] of delays.entries()) expect(delay).toBeLessThanOrEqual(ceilings[i]!);
      }),
      { numRuns: 40 },
    );
  });
});

describe("which errors are retried", () => {
  expectNothingLeftRunning();

  const isBusy = (error: unknown): boolean => error instanceof Error && error.message === "busy";
  const once = { maxRetries: 1, defaultRetryDelay: "1s" } as const;
  const table: readonly (readonly [what: string, options: TaskOptions, error: () => Error, retried: boolean])[] = [
    ["a class", { autoretryFor }, () => new HttpError("503"), true],
    ["a subclass", { autoretryFor }, () => new NotFound("404"), true],
    ["another class", { autoretryFor }, () => new RangeError("no"), false],
    ["what a predicate says", { autoretryFor: [isBusy] }, () => new Error("busy"), true],
    ["not what it denies", { autoretryFor: [isBusy] }, () => new Error("broken"), false],
    ["not an exception to the rule", { autoretryFor, dontAutoretryFor: [NotFound] }, () => new NotFound("404"), false],
    [
      "an exception by a predicate",
      { autoretryFor: [Error], dontAutoretryFor: [isBusy] },
      () => new Error("busy"),
      false,
    ],
    ["not a task that rejects itself", { autoretryFor: [Error] }, () => new RejectTask("no"), false],
    ["not a task that wants to be ignored", { autoretryFor: [Error] }, () => new IgnoreTask(), false],
  ];
  for (const [what, options, error, retried] of table) {
    it(what, async () => {
      const { delays } = await run(failing({ ...once, ...options }, error));
      expect(delays).toEqual(retried ? [SECOND] : []);
    });
  }

  it("fails with what a predicate throws", async () => {
    const broken = (): boolean => {
      throw new TypeError("the predicate is broken");
    };
    const { delays, end } = await run(failing({ autoretryFor: [broken] }));
    expect(delays).toEqual([]);
    expect(end).toMatchObject({ ok: false, error: { cause: { message: "the predicate is broken" } } });
  });
});

describe("a task that asks for its retry", () => {
  expectNothingLeftRunning();

  it("names a countdown that depends on how often it ran", async () => {
    const { delays } = await run(asking({}, () => ({ countdown: `${3 ** currentTask().retries}s` })));
    expect(delays).toEqual([1 * SECOND, 3 * SECOND, 9 * SECOND]);
  });

  it("names a time", async () => {
    const eta = new Date("2031-01-01T00:00:00Z");
    const { worker, delays } = await run(asking({ maxRetries: 1 }, () => ({ eta })));
    expect(delays).toHaveLength(1);
    expect(worker.clock.now).toEqual(eta);
  });

  it("decides how often", async () => {
    expect((await run(asking({}, () => ({ maxRetries: 5, countdown: "1s" })))).delays).toHaveLength(5);
    expect((await run(asking({ maxRetries: 5 }, () => ({ maxRetries: 0 })))).delays).toEqual([]);
  });

  it("goes on for ever where the limit is null", async () => {
    const stubborn = task({ maxRetries: null }, () => {
      const { retries } = currentTask();
      if (retries < 40) throw currentTask().retry({ countdown: "1s" });
      return retries;
    });
    expect(await run(stubborn)).toMatchObject({ end: { ok: true, value: 40 } });
  });

  it("uses its back-off when it names no time", async () => {
    const { delays } = await run(asking({ retryBackoff: true, retryJitter: false }));
    expect(delays).toEqual([1 * SECOND, 2 * SECOND, 4 * SECOND]);
  });

  it("fails with its cause when no retry is left", async () => {
    const { end } = await run(asking({ maxRetries: 1 }, () => ({ countdown: "1s", cause: new HttpError("503") })));
    expect(end).toMatchObject({ ok: false, state: "FAILURE", error: { cause: { name: "HttpError", message: "503" } } });
  });

  it("has the state RETRY, with the reason, while it waits", async () => {
    const app = createApp({ broker: `memory:${namespace()}` });
    onTestFinished(() => app.close());
    await using worker = await createTestWorker({ app, tasks: { one: failing({ autoretryFor }) } });
    const result = await app.sendUnchecked("one", []);
    await worker.idle();
    expect(await result.status()).toBe("RETRY");
    expect(await result.info()).toMatchObject({ name: "HttpError", message: "503" });
    expect(await result.ready()).toBe(false);
  });
});

describe("shared options", () => {
  expectNothingLeftRunning();

  it("hold for every task of the base, and yield to its own", async () => {
    const httpTask = task.with({ autoretryFor, retryBackoff: true, retryJitter: false, maxRetries: 2 });
    const fail = (): never => {
      throw new HttpError("503");
    };
    expect((await run(httpTask(fail))).delays).toEqual([1 * SECOND, 2 * SECOND]);
    expect((await run(httpTask({ maxRetries: 3 }, fail))).delays).toEqual([1 * SECOND, 2 * SECOND, 4 * SECOND]);
    const patient = httpTask.with({ retryBackoff: "1m", maxRetries: 1 });
    expect((await run(patient(fail))).delays).toEqual([60 * SECOND]);
  });
});
