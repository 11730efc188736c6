import { currentTask, task } from "@taskgen/core";
import { drawOptions, type Feature } from "./feature.js";
import { die, Flaky, here, RETRYING, sleep } from "./running.js";

/** One call of a batch. */
interface Item {
  readonly ms: number;
  readonly fate: "value" | "error" | "flaky" | "dying";
  /** How often it fails or takes its process down. */
  readonly times: number;
}

interface Member extends Item {
  readonly id: string;
  readonly run: number;
  readonly retries: number;
  readonly redeliveries: number;
}

function begin(items: readonly Item[]): Member[] {
  const { name: by, world } = here();
  const ids = currentTask().batch!;
  return items.map((item, i) => {
    const id = ids[i]!;
    const tries = world.broker.given.triesOf(id, by);
    const run = world.begins({ id, by, ...tries, together: ids.length });
    return { ...item, id, run, ...tries };
  });
}

function resultOf({ id, run, fate, times, retries }: Member): string | Error {
  if (fate === "error") return new TypeError("broken");
  return fate === "flaky" && retries < times ? new Flaky(`retry ${retries}`) : `${id}#${run}`;
}

const end = (members: readonly Member[], ends: (member: Member) => string | Error): (string | Error)[] => {
  const process = here();
  return members.map((member) => {
    const { id, run } = member;
    const result = ends(member);
    process.ends({ id, run, ...(result instanceof Error ? { threw: result.name } : { value: result }) });
    return result;
  });
};

/** Runs calls together; each comes to its own end. */
async function together(items: readonly Item[]): Promise<(string | Error)[]> {
  const members = begin(items);
  try {
    await sleep(Math.max(...members.map(({ ms }) => ms)));
    if (members.some(({ fate, redeliveries, times }) => fate === "dying" && redeliveries < times)) await die();
    return end(members, resultOf);
  } catch (error) {
    end(members, () => error as Error);
    throw error;
  }
}

/** Calls that are collected and run together. */
export const batches: Feature = {
  tasks: {
    batched: task.batch({ ...RETRYING, maxSize: 3, maxWait: "300ms" }, together),
    batchedEarly: task.batch({ ...RETRYING, ack: "early", maxSize: 3, maxWait: "200ms" }, together),
  },
  draw: (random) => {
    const fate = random.pick(["value", "value", "value", "error", "flaky", "dying"] as const);
    const item: Item = { ms: random.skewed(0, random.pick([20, 400, 4_000])), fate, times: random.int(1, 4) };
    return { task: random.pick(["batched", "batched", "batchedEarly"]), args: [item], options: drawOptions(random) };
  },
};
