import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import { ChildPool, type ChildPoolOptions, type Job } from "@taskgen/worker/internal";
import { describe, expect, it } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { spawnChild } from "../support/child.js";
import { fixture, job, PoolRun } from "../support/pool-run.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";

expectNothingLeftRunning();

const SILENT = {
  ended: () => {},
  started: () => {},
  reported: () => {},
  joining: () => {},
  resized: () => {},
  log: () => {},
  warning: () => {},
  fatal: () => {},
};

/** A file that does not exist yet: tasks wait for it. */
const gate = async (): Promise<string> => join(await tempDir(), "gate");
const open = (path: string): void => writeFileSync(path, "");

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/** What differs between the kinds of children. */
const KINDS = [
  {
    kind: "thread",
    plural: "threads",
    deaths: 12,
    // n.b. a thread claims in memory that is shared with it, so that it can be given far more than it runs at once
    postsPerJob: 0.05,
    smallHeap: { resourceLimits: { maxOldGenerationSizeMb: 32 } },
    isEndedInNativeCode: false,
  },
  {
    kind: "process",
    plural: "processes",
    deaths: 3,
    postsPerJob: 0.25,
    smallHeap: { execArgv: ["--max-old-space-size=32"] },
    isEndedInNativeCode: true,
  },
] as const;

describe.each(KINDS)("a pool of $plural", ({ kind, plural, deaths, postsPerJob, smallHeap, isEndedInNativeCode }) => {
  const start = (options: Partial<ChildPoolOptions> = {}): Promise<PoolRun> => PoolRun.start({ kind, ...options });

  describe("running jobs", () => {
    it("runs tasks in other children and tells their values", async () => {
      const run = await start();
      expect(await run.call("add", [4, 4])).toBe(8);
      expect(await run.call("where")).not.toBe(`${process.pid}/${threadId}`);
    });

    it("tells failures, retries, unknown tasks and bad arguments as verdicts", async () => {
      const run = await start();
      const jobs = [
        job("fail"),
        job("retry"),
        job("unheard-of"),
        job("add", [], { args: new Uint8Array([0xff]) }),
      ] as const;
      run.run(...jobs);
      expect(await run.error(jobs[0])).toMatchObject({ name: "RangeError", message: "out of range" });
      expect((await run.ended(jobs[1])).verdict).toMatchObject({ kind: "retry", delayMs: 3_000 });
      expect(await run.error(jobs[2])).toMatchObject({ message: expect.stringContaining("unheard-of") });
      expect(await run.error(jobs[3], "reject")).toMatchObject({ code: "NOT_DECODABLE" });
    });

    it("gives a task its context", async () => {
      const run = await start();
      const given = { retries: 2, redeliveries: 1, rootId: "root", parentId: "parent", headers: { tenant: "t" } };
      const value = await run.call("context", [], { id: "id-1", ...given });
      expect(value).toEqual({ id: "id-1", name: "context", idempotencyKey: "id-1", ...given });
    });

    it("tells the calls of a task from which tasks they descend: root, parent, and the last 20 between", async () => {
      const run = await start();
      const line = Array.from({ length: 20 }, (_, i) => `a${i}`);
      const descent = (options: Parameters<typeof job>[2]): Promise<unknown> => run.call("descent", [], options);
      expect(await descent({ id: "me", rootId: "me" })).toEqual({ rootId: "me", parentId: "me" });
      const child = { id: "me", rootId: "root", parentId: "root" };
      expect(await descent(child)).toEqual({ rootId: "root", parentId: "me" });
      const deep = { ...child, parentId: "up", ancestors: line };
      expect(await descent(deep)).toEqual({ rootId: "root", parentId: "me", ancestors: [...line.slice(1), "up"] });
    });

    it("tells log lines, and the start of tracked jobs", async () => {
      const run = await start();
      const [tracked, untracked] = [job("log", ["hello"], { id: "logs", trackStarted: true }), job("add", [1, 1])];
      run.run(tracked, untracked);
      await run.allEnded([tracked, untracked]);
      expect(run.started).toEqual([tracked]);
      expect(run.logs).toEqual(["logs info hello", "logs error hello!"]);
    });

    it("tells the start of a tracked job that blocks its child", async () => {
      const run = await start();
      const [file, tracked] = [await gate(), { trackStarted: true }];
      const blocking = job("blockUntil", [file], tracked);
      run.run(job("add", [1, 1]), blocking);
      await run.told("the start", () => run.started.includes(blocking));
      open(file);
      expect(await run.value(blocking)).toBe(1);
    });

    it("runs as many at once as a child may", async () => {
      const run = await start({ concurrencyPerChild: 3 });
      expect(run.pool.concurrency).toBe(3);
      const jobs = times(20, () => job("most"));
      run.run(...jobs);
      await run.allEnded(jobs);
      expect(await run.value(jobs.at(-1)!)).toBe(3);
    });

    it("frees the slot of a job that joins", async () => {
      const run = await start({ concurrencyPerChild: 1 });
      const file = await gate();
      const [joining, writing] = [job("joinUntil", [file], { id: "joins" }), job("write", [file])];
      run.run(joining, writing);
      await run.allEnded([writing, joining]);
      expect(run.joins).toEqual(["joins true", "joins false"]);
    });

    it("sends batches, not single messages", async () => {
      const run = await start();
      const batches = times(10, () => times(100, (i) => job("add", [i, 1])));
      const warm = times(100, () => job("add", [1, 1]));
      run.run(...warm);
      await run.allEnded(warm);
      const before = run.pool.counters.posts;
      for (const batch of batches) {
        run.run(...batch);
        await run.allEnded(batch);
      }
      expect((run.pool.counters.posts - before) / 1_000).toBeLessThanOrEqual(postsPerJob);
      expect(await Promise.all(batches[9]!.map((one) => run.value(one)))).toEqual(times(100, (i) => i + 1));
      expect([...run.endings.values()].every((count) => count === 1)).toBe(true);
    });
  });

  describe("sharing the work", () => {
    it("runs jobs that block their children side by side", async () => {
      const run = await start({ children: 2 });
      const file = await gate();
      const blocking = times(2, () => job("blockUntil", [file], { trackStarted: true }));
      run.run(...blocking);
      await run.told("both to begin", () => run.started.length === 2);
      open(file);
      await run.allEnded(blocking);
    });

    it("gives the jobs of a blocked child to another", async () => {
      const run = await start({ children: 2 });
      const file = await gate();
      const blocking = job("blockUntil", [file], { trackStarted: true });
      const others = times(50, () => job("where"));
      run.run(blocking, ...others);
      await run.allEnded(others);
      expect(run.peek(blocking)).toBeUndefined();
      const more = times(50, () => job("where"));
      run.run(...more);
      await run.allEnded(more);
      expect(run.peek(blocking)).toBeUndefined();
      open(file);
      expect(await run.value(blocking)).toBe(1);
      expect(new Set(await Promise.all([...others, ...more].map((one) => run.value(one)))).size).toBe(1);
    });

    it("gives the jobs of a full child to one with room", async () => {
      const run = await start({ children: 2, concurrencyPerChild: 2 });
      const file = await gate();
      const waiting = times(3, () => job("waitFor", [file], { trackStarted: true }));
      run.run(...waiting, ...times(9, () => job("add", [1, 1])));
      await run.told("all to begin", () => run.started.length === 3);
      const quick = times(20, () => job("add", [1, 1]));
      run.run(...quick);
      await run.allEnded(quick);
      expect(waiting.map((one) => run.peek(one))).toEqual([undefined, undefined, undefined]);
      open(file);
      await run.allEnded(waiting);
    });

    it("gives back what has not begun, in its order", async () => {
      const run = await start({ children: 2, concurrencyPerChild: 1 });
      const file = await gate();
      const running = times(2, () => job("waitFor", [file], { trackStarted: true }));
      run.run(...running);
      await run.told("both to begin", () => run.started.length === 2);
      const unbegun = times(7, (i) => job("add", [i, i], i % 3 === 0 ? { isolate: true } : {}));
      run.run(...unbegun.slice(1));
      expect(run.pool.takeBack()).toEqual(unbegun.slice(1));
      open(file);
      await run.allEnded(running);
      await run.pool.stop();
      expect(unbegun.map((one) => run.peek(one))).toEqual(unbegun.map(() => undefined));
    });
  });

  describe("aborting", () => {
    it("aborts the signal of a running job", async () => {
      const run = await start();
      const running = job("untilAborted", [], { trackStarted: true });
      run.run(running);
      await run.told("the start", () => run.started.length === 1);
      run.pool.abort(running, "DELIVERY_LOST", "gone");
      expect(await run.error(running)).toMatchObject({ name: "TaskAborted", code: "DELIVERY_LOST", message: "gone" });
    });

    it("tells listeners of the signal which task they belong to", async () => {
      const run = await start();
      const [told, limited] = [
        job("asksWhenAborted", [], { trackStarted: true }),
        job("asksWhenAborted", [], { softTimeLimitMs: 20 }),
      ];
      run.run(told, limited);
      await run.told("the start", () => run.started.length === 1);
      run.pool.abort(told, "TASK_REVOKED", "revoked");
      expect(await run.value(told)).toBe("TASK_REVOKED");
      expect(await run.value(limited)).toBe("SOFT_TIME_LIMIT_EXCEEDED");
    });

    it("reaches a loop that never yields through its checkpoints", async () => {
      const run = await start();
      const running = job("checkpoints", [], { trackStarted: true });
      run.run(running);
      await run.told("the start", () => run.started.length === 1);
      run.pool.abort(running, "WORKER_SHUTDOWN", "the worker stops");
      expect(await run.error(running)).toMatchObject({ name: "TaskAborted", code: "WORKER_SHUTDOWN" });
    });

    it("drops a job that has not begun", async () => {
      const run = await start({ concurrencyPerChild: 1 });
      const file = await gate();
      const [running, dropped, last] = [
        job("waitFor", [file], { trackStarted: true }),
        job("add", [1, 1]),
        job("add", [2, 2]),
      ];
      run.run(running, dropped, last);
      await run.told("the start", () => run.started.length === 1);
      run.pool.abort(dropped, "DELIVERY_LOST", "gone");
      open(file);
      expect(await run.value(last)).toBe(4);
      expect(run.peek(dropped)).toBeUndefined();
    });

    it("aborts at the soft time limit", async () => {
      const run = await start();
      const jobs = [
        job("untilAborted", [], { softTimeLimitMs: 30 }),
        job("checkpoints", [], { softTimeLimitMs: 60 }),
      ] as const;
      run.run(...jobs);
      for (const one of jobs)
        expect(await run.error(one)).toMatchObject({ name: "SoftTimeLimitExceeded", code: "SOFT_TIME_LIMIT_EXCEEDED" });
    });
  });

  describe("the time limit", () => {
    const exceeded = { name: "TimeLimitExceeded", code: "TIME_LIMIT_EXCEEDED" };

    it("ends a job; those beside it in its child finish", async () => {
      const run = await start();
      const file = await gate();
      const [late, beside, after] = [job("never", [], { timeLimitMs: 50 }), job("waitFor", [file]), job("add", [1, 1])];
      run.run(late, beside);
      expect(await run.error(late)).toMatchObject(exceeded);
      expect(run.peek(beside)).toBeUndefined();
      run.run(after);
      expect(await run.value(after)).toBe(2);
      open(file);
      expect(await run.value(beside)).toBe(1);
    });

    it("ends a child at once that stands still, and runs those beside again", async () => {
      const run = await start({ killGraceMs: 600_000 });
      const file = await gate();
      const [beside, early] = [job("waitFor", [file], { trackStarted: true }), job("never", [], { early: true })];
      const late = job("forever", [], { timeLimitMs: 200 });
      run.run(beside, early, late);
      expect(await run.error(late)).toMatchObject(exceeded);
      expect(await run.error(early, "worker-lost")).toMatchObject({ code: "WORKER_LOST" });
      open(file);
      expect(await run.value(beside)).toBe(2);
      expect(run.warnings).toEqual([]);
    });

    it("runs those again that do not finish within the grace period, uncharged", async () => {
      const run = await start({ killGraceMs: 200 });
      const file = await gate();
      const beside = job("waitFor", [file], { trackStarted: true, maxRedeliveries: 0 });
      const late = job("never", [], { timeLimitMs: 50 });
      run.run(beside, late);
      await run.told("the second start", () => run.started.length === 2);
      open(file);
      expect(await run.value(beside)).toBe(2);
    });

    it("ends an isolated job without touching others", async () => {
      const run = await start();
      const file = await gate();
      const [late, beside] = [job("forever", [], { isolate: true, timeLimitMs: 300 }), job("waitFor", [file])];
      run.run(late, beside);
      expect(await run.error(late)).toMatchObject(exceeded);
      open(file);
      expect(await run.value(beside)).toBe(1);
      expect(await run.call("where", [], { isolate: true })).not.toBe(await run.call("where"));
    });
  });

  describe("one that stands still in native code", () => {
    const cannotEnd = (run: PoolRun): boolean =>
      run.warnings.some(({ message }) => message.includes("could not be ended"));

    it(
      isEndedInNativeCode ? "is ended" : "cannot be ended: it is replaced, and a second one ends the pool",
      async () => {
        const run = await start({ killGraceMs: 0 });
        const file = await gate();
        const stuck = times(2, () => job("blockNatively", [file], { timeLimitMs: 50 }));
        if (isEndedInNativeCode) {
          run.run(...stuck);
          await run.allEnded(stuck);
          expect(await run.call("add", [1, 1])).toBe(2);
          expect([run.warnings, run.fatal]).toEqual([[], []]);
          return open(file);
        }
        run.run(stuck[0]!);
        await run.told("the warning", () => cannotEnd(run));
        expect(await run.call("add", [1, 1])).toBe(2);
        expect(run.fatal).toEqual([]);
        run.run(stuck[1]!);
        await run.told("the end", () => run.fatal.length === 1);
        open(file);
      },
    );
  });

  describe("one that dies", () => {
    it("takes no other job's result with it; the culprit ends after its redeliveries", async () => {
      const run = await start({ children: 2 });
      const file = await gate();
      const culprit = job("exit", [], { maxRedeliveries: 2 });
      const beside = [...times(5, () => job("waitFor", [file])), ...times(200, (i) => job("add", [i, 1]))];
      run.run(...beside.slice(0, 100), culprit, ...beside.slice(100));
      await run.told("the first death", () => run.warnings.length > 0);
      open(file);
      const error = await run.error(culprit, "worker-lost");
      expect(error).toMatchObject({
        name: "WorkerLost",
        code: "WORKER_LOST",
        message: expect.stringContaining("code 7"),
      });
      await run.allEnded(beside);
      expect(beside.every((one) => run.peek(one)?.kind === "success")).toBe(true);
      expect([...run.endings.values()].every((count) => count === 1)).toBe(true);
      expect(run.fatal).toEqual([]);
    });

    it("counts the redeliveries of before", async () => {
      const run = await start();
      const culprit = job("exit", [], { redeliveries: 3 });
      run.run(culprit);
      expect(await run.error(culprit, "worker-lost")).toMatchObject({
        message: expect.stringContaining(`4 ${plural} or workers died`),
      });
      expect(run.warnings).toHaveLength(1);
    });

    it("stays counted when the job is taken back, and runs again here", async () => {
      const run = await start();
      const [culprit, beside] = [job("exit", [], { maxRedeliveries: 2 }), job("untilAborted")];
      run.run(culprit, beside);
      for (const deaths of [1, 2]) {
        await run.told("a death", () => run.warnings.length === deaths);
        run.run(...run.pool.takeBack());
      }
      expect(await run.error(culprit, "worker-lost")).toMatchObject({
        message: expect.stringContaining(`3 ${plural} or workers died`),
      });
      expect(run.warnings).toHaveLength(3);
      run.pool.abort(beside, "WORKER_SHUTDOWN", "it is over");
    });

    it("loses an early job", async () => {
      const run = await start();
      const [culprit, beside] = [job("exit", [], { early: true }), job("never", [], { early: true })];
      run.run(beside, culprit);
      for (const one of [culprit, beside])
        expect(await run.error(one, "worker-lost")).toMatchObject({ code: "WORKER_LOST" });
    });

    it.each(["leakRejection", "leakThrow"])("survives the late %s of a job that has ended", async (task) => {
      const run = await start();
      const file = await gate();
      const [culprit, beside] = [job(task, [20]), job("waitFor", [file])];
      run.run(culprit, beside);
      expect(await run.value(culprit)).toBe("returned");
      await run.told("the death", () => run.warnings.length === 1);
      open(file);
      expect(await run.value(beside)).toBe(2);
    });

    it("tells what was finished when it died", async () => {
      const run = await start();
      const file = await gate();
      const culprit = job("returnThenExit", [file]);
      run.run(culprit);
      expect(await run.value(culprit)).toBe(1);
      await run.told("the death", () => run.warnings.length === 1);
      expect(await run.call("add", [1, 1])).toBe(2);
    });

    it("survives a job that uses up the heap", async () => {
      const run = await start(smallHeap);
      const file = await gate();
      const [beside, culprit] = [job("waitFor", [file]), job("hoard", [], { maxRedeliveries: 1 })];
      run.run(beside, culprit);
      await run.told("the first death", () => run.warnings.length === 1);
      open(file);
      expect(await run.error(culprit, "worker-lost")).toMatchObject({ message: expect.stringContaining("memory") });
      expect(await run.value(beside)).toBe(2);
    });
  });

  describe("starting and stopping", () => {
    it("tells the options of TypeScript tasks", async () => {
      const run = await start({ registryUrl: fixture("typed-registry.ts"), children: 2 });
      expect(run.tasks).toEqual({ twice: { queue: "typed" } });
      const jobs = times(20, (i) => job("twice", [i]));
      run.run(...jobs);
      expect(await Promise.all(jobs.map((one) => run.value(one)))).toEqual(times(20, (i) => 2 * i));
    });

    it("rejects with the name of a module that does not load", async () => {
      const starting = start({ registryUrl: fixture("broken-registry.js") });
      await expect(starting).rejects.toThrow(/broken.*src\/broken\.task\.ts.*this module does not load/);
    });

    it("rejects when there is no registry", async () => {
      await expect(start({ registryUrl: fixture("absent.js") })).rejects.toThrow("absent.js");
      await expect(start({ registryUrl: fixture("broken-module.js") })).rejects.toThrow("this module does not load");
    });

    it("gives up when its children die of their start", async () => {
      const marker = join(await tempDir(), "first");
      const run = await start({
        registryUrl: `${fixture("exiting-registry.js")}?${new URLSearchParams({ marker }).toString()}`,
        children: 2,
      });
      await run.told("the end", () => run.fatal.length === 1);
      expect(run.fatal[0]!.message).toContain(`5 pool ${plural} in a row`);
      expect(run.warnings).toHaveLength(5);
    });

    it("stops whatever runs", async () => {
      const run = await start({ children: 2 });
      const running = [job("forever"), job("never"), job("forever", [], { isolate: true })];
      for (const one of running) run.run({ ...one, trackStarted: true });
      await run.told("all to begin", () => run.started.length === 3);
      run.run(job("add", [1, 1]));
      await run.pool.stop();
      expect(running.map((one) => run.peek(one))).toEqual([undefined, undefined, undefined]);
      await run.pool.stop();
    });

    it("lets the process end, passes on what tasks print, and says nothing of its own", async () => {
      const child = spawnChild(new URL("./fixtures/pool-process.ts", import.meta.url), {
        args: [kind, String(deaths)],
      });
      expect(await within("the end of the process", child.exited)).toEqual({ code: 0, signal: null });
      expect(child.lines).toContainEqual({ printed: "by a task" });
      expect(child.lines).toContainEqual({ lost: deaths });
      expect(child.stderr).toBe("");
    });

    it("stops before and during its start", async () => {
      const never = new ChildPool<Job>({ kind, registryUrl: fixture("registry.js"), children: 1 });
      await never.stop();
      const starting = new ChildPool<Job>({ kind, registryUrl: fixture("registry.js"), children: 1 });
      const started = expect(starting.start(SILENT)).rejects.toThrow("stopped");
      await starting.stop();
      await started;
    });
  });
});
