import { currentTask, progress, task } from "@taskgen/core";
import { drawOptions, type Feature } from "./feature.js";
import { failUntil, here, recorded, RETRYING, sleep } from "./running.js";

const steps = progress<number>();

function report(step: number): void {
  const { name: by, world } = here();
  steps.report(step);
  world.history.add({ kind: "report", id: currentTask().id, by, step });
}

/** Tasks that tell how far they have come. The first argument is how many steps they take. */
export const reports: Feature = {
  tasks: {
    steps: task({ ...RETRYING, progress: steps }, (count: number, ms: number, times: number) =>
      recorded(async () => {
        for (let step = 1; step <= count; step++) {
          await sleep(ms);
          report(step);
        }
        await failUntil(times, 0);
      }),
    ),
  },
  draw: (random) => ({
    task: "steps",
    args: [random.int(1, 8), random.skewed(0, 150), random.pick([0, 0, 1])],
    options: drawOptions(random),
  }),
};
