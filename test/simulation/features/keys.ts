import { currentTask, once, task } from "@taskgen/core";
import { drawMs, drawOptions, type Feature } from "./feature.js";
import { failUntil, here, recorded, RETRYING, sleep } from "./running.js";

export const PART_LEASE_MS = 3_000;

const KEYS = ["a", "a", "b"];

const plain = async (_key: string, ms: number): Promise<string> => recorded(() => sleep(ms));

/** Takes down who runs the part of a task that is to run once, and what came of it. */
async function runOnce(run: number, ms: number): Promise<void> {
  const { id } = currentTask();
  const { name: by, world } = here();
  const effect = async (): Promise<number> => {
    world.history.add({ kind: "effect", id, by, run });
    await sleep(ms);
    return run;
  };
  const value = await once("part", effect, { lease: `${PART_LEASE_MS}ms` });
  world.history.add({ kind: "kept", id, by, run, value });
}

/** Calls that are the same run once, and so do parts of tasks. The first argument of a call is its key. */
export const keys: Feature = {
  tasks: {
    deduped: task({ dedupe: { key: "0", ttl: "5s" } }, plain),
    dropped: task({ dedupe: { key: "0", ttl: "5s", mode: "drop" } }, plain),
    throttled: task({ throttle: { key: "0", every: "4s" } }, plain),
    debounced: task({ debounce: { key: "0", wait: "500ms", maxWait: "2s" } }, plain),
    idempotent: task(plain),
    partly: task(RETRYING, (_key: string, ms: number, times: number) =>
      recorded(async (run) => {
        await runOnce(run, ms);
        await failUntil(times, 5);
      }),
    ),
  },
  draw: (random) => {
    const name = random.pick([
      "deduped",
      "deduped",
      "dropped",
      "throttled",
      "debounced",
      "idempotent",
      "partly",
      "partly",
    ]);
    const key = random.pick(KEYS);
    // n.b. what says that its result is not wanted says so for all that are the same
    const { ignoreResult: _, expires, ...options } = drawOptions(random);
    const own = {
      ...(name === "idempotent" && { idempotencyKey: key, idempotencyTtl: "10s" as const }),
      // n.b. one that waits for the others counts from when it is sent
      ...(name !== "debounced" && expires && { expires }),
    };
    const times = name === "partly" ? [random.int(0, 2)] : [];
    return { task: name, args: [key, Math.min(3_000, drawMs(random)), ...times], options: { ...options, ...own } };
  },
};
