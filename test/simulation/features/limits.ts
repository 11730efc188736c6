import { task } from "@taskgen/core";
import { drawMs, drawOptions, type Feature } from "./feature.js";
import { failUntil, recorded, RETRYING, sleep } from "./running.js";

const alone = { limit: { key: "0", concurrency: 1 } } as const;

/** Longer than a slot stands that nobody renews. */
const LONG_MS = 75_000;

const KEYS = ["a", "a", "a", "b"];

/** Tasks that only some calls may run at once, or start within a time. The first argument is the key of their limit. */
export const limits: Feature = {
  tasks: {
    alone: task(alone, (_key: string, ms: number) => recorded(() => sleep(ms))),
    aloneEarly: task({ ...alone, ack: "early" }, (_key: string, ms: number) => recorded(() => sleep(ms))),
    aloneFlaky: task({ ...RETRYING, ...alone }, (_key: string, ms: number) => recorded(() => failUntil(2, ms))),
    inTwos: task({ limit: { key: "0", concurrency: 2, rate: "2/s" } }, (_key: string, ms: number) =>
      recorded(() => sleep(ms)),
    ),
    paced: task({ rateLimit: "2/s" }, (_key: string, ms: number) => recorded(() => sleep(ms))),
    pacedByKey: task({ rateLimit: "10/s", limit: { key: "0", rate: "1/s" } }, (_key: string, ms: number) =>
      recorded(() => sleep(ms)),
    ),
  },
  draw: (random) => {
    const name = random.pick(["alone", "alone", "aloneEarly", "aloneFlaky", "inTwos", "paced", "pacedByKey"]);
    const ms = name === "alone" && random.chance(0.2) ? LONG_MS : Math.min(2_000, drawMs(random));
    return { task: name, args: [random.pick(KEYS), ms], options: drawOptions(random) };
  },
};
