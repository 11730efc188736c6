import { currentTask, IgnoreTask, RejectTask, task } from "@taskgen/core";
import { drawMs, drawOptions, type Feature } from "./feature.js";
import { die, failUntil, here, recorded, RETRYING, sleep } from "./running.js";

/** Tasks that run, fail, are tried again and die, each in its way. */
const tasks: Feature["tasks"] = {
  echo: task((ms: number) => recorded(() => sleep(ms))),
  stubborn: task((ms: number) => recorded(() => sleep(ms, false))),
  tracked: task({ trackStarted: true }, (ms: number) => recorded(() => sleep(ms))),
  flaky: task(RETRYING, (times: number, ms: number) => recorded(() => failUntil(times, ms))),
  again: task({ maxRetries: 3 }, (times: number, countdownMs: number) =>
    recorded(async () => {
      await sleep(5);
      if (currentTask().retries < times) throw currentTask().retry({ countdown: `${countdownMs}ms` });
    }),
  ),
  failing: task((ms: number) =>
    recorded(async () => {
      await sleep(ms);
      throw new TypeError("broken");
    }),
  ),
  early: task({ ack: "early" }, (ms: number) => recorded(() => sleep(ms))),
  earlyFlaky: task({ ...RETRYING, ack: "early" }, (times: number, ms: number) => recorded(() => failUntil(times, ms))),
  timeLimited: task({ timeLimit: "500ms" }, (ms: number) => recorded(() => sleep(ms, false))),
  softLimited: task({ softTimeLimit: "300ms" }, (ms: number) => recorded(() => sleep(ms))),
  rejecting: task(() =>
    recorded(async () => {
      throw new RejectTask("no");
    }),
  ),
  ignoring: task(() =>
    recorded(async () => {
      throw new IgnoreTask();
    }),
  ),
  /** Takes its process down. */
  poison: task((times: number) =>
    recorded(async () => {
      await sleep(20);
      if (currentTask().redeliveries < times) await die();
      await sleep(20);
    }),
  ),
  /** Calls others and waits for them. */
  parent: task((count: number, ms: number) =>
    recorded(async (run) => {
      const process = here();
      const children = Array.from({ length: count }, (_, i) => `${currentTask().id}.${run}.${i}`);
      await Promise.all(children.map((child) => process.calls.inTask(child, ms)));
    }),
  ),
};

export const basics: Feature = {
  tasks,
  draw: (random) => {
    const ms = drawMs(random);
    const times = random.int(0, 4);
    const [name, args] = random.pick<readonly [string, readonly unknown[]]>([
      ["echo", [ms]],
      ["echo", [ms]],
      ["stubborn", [ms]],
      ["tracked", [ms]],
      ["flaky", [times, ms]],
      ["again", [times, random.int(0, 2_000)]],
      ["failing", [ms]],
      ["early", [ms]],
      ["early", [ms]],
      ["earlyFlaky", [times, ms]],
      ["timeLimited", [ms]],
      ["softLimited", [ms]],
      [random.pick(["rejecting", "ignoring"]), []],
      ["poison", [random.pick([1, 2, 99])]],
      ["parent", [random.int(1, 2), ms]],
      [random.pick(["echo", "unknown"]), [ms]],
    ]);
    return { task: name, args, options: drawOptions(random) };
  },
};
