import { it } from "vitest";
import { preload } from "./preload.js";
import { simulate } from "./simulate.js";

it("x", async () => {
  await preload();
  const [from, to] = (process.env['SEEDS'] ?? "1-20").split("-").map(Number) as [number, number];
  const t0 = performance.now();
  let steps = 0;
  const counts: Record<string, number> = {};
  for (let seed = from; seed <= to; seed++) {
    const one = await simulate(seed);
    steps += one.steps;
    for (const v of one.violations) { counts[v.rule] = (counts[v.rule] ?? 0) + 1; console.log(seed, v.rule, v.message); }
    if (process.env['SHOW']) console.log(one.history.lines(1_700_000_000_000).join("\n"), one.scenario);
  }
  console.log(performance.now() - t0, "ms", steps, "steps", counts);
}, 600_000);
