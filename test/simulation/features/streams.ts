import { currentTask, task } from "@taskgen/core";
import { drawOptions, type Feature } from "./feature.js";
import { die, Flaky, here, RETRYING, sleep } from "./running.js";

/** More than may be stored without being read. */
const MANY = 1_300;

/** Nobody waits longer for a reader. */
const streamTimeout = "8s";

/** Yields its items; `at` is told before each. */
async function* items(
  count: number,
  ms: number,
  at: (number: number) => Promise<void> | void = () => {},
): AsyncGenerator<string, string> {
  const { id, retries, redeliveries } = currentTask();
  const process = here();
  const run = process.world.begins({ id, by: process.name, retries, redeliveries });
  let end: { readonly value?: string; readonly threw?: string } = { threw: "Returned" };
  try {
    for (let number = currentTask().resumeFrom() + 1; number <= count; number++) {
      if (ms > 0) await sleep(ms);
      await at(number);
      yield `${id}/${number}`;
    }
    const value = `${id}#${run}`;
    end = { value };
    return value;
  } catch (error) {
    end = { threw: (error as Error).name };
    throw error;
  } finally {
    process.ends({ id, run, ...end });
  }
}

/** Tasks that yield. The first argument is how many items. */
export const streams: Feature = {
  tasks: {
    items: task({ streamTimeout }, async function* (count: number, ms: number): AsyncGenerator<string, string> {
      return yield* items(count, ms);
    }),
    flakyItems: task(
      { ...RETRYING, streamTimeout },
      async function* (count: number, ms: number, times: number): AsyncGenerator<string, string> {
        return yield* items(count, ms, (number) => {
          if (number > count / 2 && currentTask().retries < times) throw new Flaky(`item ${number}`);
        });
      },
    ),
    dyingItems: task({ streamTimeout }, async function* (count: number, ms: number, times: number): AsyncGenerator<
      string,
      string
    > {
      return yield* items(count, ms, async (number) => {
        if (number > count / 2 && currentTask().redeliveries < times) await die();
      });
    }),
  },
  draw: (random) => {
    const name = random.pick(["items", "items", "flakyItems", "dyingItems"]);
    const [count, ms] = random.chance(0.04) ? [MANY, 0] : [random.int(0, 20), random.skewed(1, 400)];
    const times = name === "items" ? [] : [random.int(1, 5)];
    const { ignoreResult: _, ...options } = drawOptions(random);
    const leaves = random.chance(0.1) && { leavesAfter: random.int(1, 5) };
    return { task: name, args: [count, ms, ...times], options, items: count, ...leaves };
  },
};
