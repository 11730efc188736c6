import { describe, it } from "vitest";
import { expectWithin } from "../support/budget.js";
import { job, PoolRun } from "../support/pool-run.js";

const registryUrl = new URL("fixtures/registry.js", import.meta.url).href;

describe("a pool thread", () => {
  it("posts little for many tasks", async () => {
    const { run, allEnded, posts } = await open();
    await allEnded(run(10));
    const before = posts();
    await allEnded(run(2_000));
    expectWithin("posts.task", (posts() - before) / 2_000);
  });

  it("posts twice for one task", async () => {
    const { run, allEnded, posts } = await open();
    await allEnded(run(1));
    const before = posts();
    await allEnded(run(1));
    expectWithin("posts.call", posts() - before);
  });
});

async function open() {
  const poolRun = await PoolRun.start({ registryUrl });
  return {
    run: (n: number) => {
      const jobs = Array.from({ length: n }, (_, i) => job("add", [i, 1]));
      poolRun.run(...jobs);
      return jobs;
    },
    allEnded: (jobs: Parameters<PoolRun["allEnded"]>[0]) => poolRun.allEnded(jobs),
    posts: () => poolRun.pool.counters.posts,
  };
}
