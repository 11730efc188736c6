import { Presets, SingleBar } from "cli-progress";

/** Shows how much of the work is done. */
export interface ProgressBar {
  update(done: number): void;
  stop(): void;
}

/** A bar on a terminal, otherwise a line for every tenth of the work. */
export function createProgressBar(total: number): ProgressBar {
  return process.stdout.isTTY ? bar(total) : lines(total);
}

function bar(total: number): ProgressBar {
  const single = new SingleBar(
    { format: "  {bar} {percentage}% | {value}/{total} files", hideCursor: true },
    Presets.shades_classic,
  );
  single.start(total, 0);
  return { update: (done) => single.update(done), stop: () => single.stop() };
}

function lines(total: number): ProgressBar {
  let shown = 0;
  return {
    update: (done) => {
      const percent = Math.floor((done / total) * 10) * 10;
      if (percent > shown) console.log(`  ${percent} % (${done} of ${total} files)`);
      shown = percent;
    },
    stop: () => {},
  };
}
