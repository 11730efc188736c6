import { Presets, SingleBar } from "cli-progress";

/** Shows how much of the work is done. */
export interface Progress {
  step(): void;
  stop(): void;
}

/** A bar on a terminal, otherwise a line for every tenth of the work. */
export function createProgress(total: number): Progress {
  return process.stdout.isTTY ? bar(total) : lines(total);
}

function bar(total: number): Progress {
  const single = new SingleBar(
    { format: "  {bar} {percentage}% | {value}/{total} files", hideCursor: true },
    Presets.shades_classic,
  );
  single.start(total, 0);
  return { step: () => single.increment(), stop: () => single.stop() };
}

function lines(total: number): Progress {
  let done = 0;
  return {
    step: () => {
      done += 1;
      const percent = Math.floor((done / total) * 10) * 10;
      if (percent > Math.floor(((done - 1) / total) * 10) * 10)
        console.log(`  ${percent} % (${done} of ${total} files)`);
    },
    stop: () => {},
  };
}
