import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { job, PoolRun } from "../support/pool-run.js";
import { tempDir } from "../support/temp-dir.js";

expectNothingLeftRunning();

const gate = async (): Promise<string> => join(await tempDir(), "gate");
const open = (path: string): void => writeFileSync(path, "");
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe.each(["thread", "process"] as const)("replacing a %s", (kind) => {
  it("after so many tasks: none runs more, and none is lost", async () => {
    const run = await PoolRun.start({ kind, maxTasks: 3 });
    const jobs = times(10, () => job("where"));
    run.run(...jobs);
    await run.allEnded(jobs);
    const counts = new Map<unknown, number>();
    for (const one of jobs) {
      const where = await run.value(one);
      counts.set(where, (counts.get(where) ?? 0) + 1);
    }
    expect(Math.max(...counts.values())).toBe(3);
    expect([...run.endings.values()].every((count) => count === 1)).toBe(true);
    expect([run.warnings, run.fatal]).toEqual([[], []]);
  });

  it("lets it finish what it runs, while another one takes the rest", async () => {
    const run = await PoolRun.start({ kind, maxTasks: 2 });
    const file = await gate();
    const [long, last, after] = [job("waitFor", [file]), job("where"), job("where")];
    run.run(long, last, after);
    expect(await run.value(after)).not.toBe(await run.value(last));
    expect(run.peek(long)).toBeUndefined();
    open(file);
    expect(await run.value(long)).toBe(1);
  });

  it("that uses too much memory", async () => {
    const run = await PoolRun.start({ kind, maxMemory: 192 * 2 ** 20 });
    const small = await run.call("keep", [1]);
    expect(await run.call("where")).toBe(small);
    expect(await run.call("keep", [256])).toBe(small);
    expect(await run.call("where")).not.toBe(small);
    expect(run.warnings).toHaveLength(1);
    expect(run.warnings[0]!.message).toMatch(new RegExp(`a pool ${kind} uses \\d+ MB, more than maxMemoryPerChild`));
  });

  it("that runs jobs alone", async () => {
    const run = await PoolRun.start({ kind, maxTasks: 1 });
    const jobs = times(3, () => job("where", [], { isolate: true }));
    run.run(...jobs);
    await run.allEnded(jobs);
    expect(new Set(await Promise.all(jobs.map((one) => run.value(one)))).size).toBe(3);
  });
});

describe.each(["thread", "process"] as const)("as many as waiting tasks need: %s", (kind) => {
  const start = (options: { readonly min: number; readonly max: number }): Promise<PoolRun> =>
    PoolRun.start({ kind, concurrencyPerChild: 1, autoscale: { ...options, keepAliveMs: 100 } });

  it("grows while jobs wait, and shrinks when it is idle", async () => {
    const run = await start({ max: 3, min: 1 });
    expect([run.pool.children, run.pool.concurrency]).toEqual([1, 2]);
    const file = await gate();
    const waiting = times(3, () => job("waitFor", [file], { trackStarted: true }));
    run.run(...waiting);
    await run.told("all to begin", () => run.started.length === 3);
    expect([run.pool.children, run.pool.concurrency]).toEqual([3, 3]);
    open(file);
    await run.allEnded(waiting);
    await run.told("the pool to shrink", () => run.sizes.at(-1) === 1);
    expect(await Promise.all(waiting.map((one) => run.value(one)))).toEqual([1, 2, 3].map(() => expect.any(Number)));
    expect([run.warnings, run.fatal]).toEqual([[], []]);
    expect(await run.call("add", [1, 1])).toBe(2);
  });

  it("goes down to none, and comes back", async () => {
    const run = await start({ max: 1, min: 0 });
    await run.told("the pool to shrink", () => run.sizes.at(-1) === 0);
    expect(await run.call("add", [1, 1])).toBe(2);
    expect(run.sizes).toContain(1);
  });

  it("ends no child that runs something", async () => {
    const run = await start({ max: 2, min: 0 });
    const [file, other] = [await gate(), await gate()];
    const [long, short] = [file, other].map((path) => job("waitFor", [path], { trackStarted: true })) as [
      ReturnType<typeof job>,
      ReturnType<typeof job>,
    ];
    run.run(long, short);
    await run.told("both to begin", () => run.started.length === 2);
    open(other);
    await run.told("the pool to shrink", () => run.sizes.at(-1) === 1);
    expect(run.peek(long)).toBeUndefined();
    open(file);
    expect(await run.value(long)).toBe(1);
  });
});

describe("replacing children whose jobs take long", () => {
  it("does not leave more and more of them behind", async () => {
    const run = await PoolRun.start({ maxTasks: 1 });
    const file = await gate();
    const jobs = times(6, () => job("waitFor", [file], { trackStarted: true }));
    run.run(...jobs);
    await run.told("two to begin", () => run.started.length === 2);
    const aside = job("where", [], { isolate: true });
    run.run(aside);
    await run.ended(aside);
    expect(run.started).toHaveLength(2);
    open(file);
    await run.allEnded(jobs);
  });
});
