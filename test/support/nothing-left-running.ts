import { beforeEach, onTestFinished } from "vitest";
import { eventually } from "./eventually.js";
import { runningTimers, watchTimers } from "./timer-watch.js";

/** What counts as left behind; the kinds that Node and vitest keep for themselves are not in it. */
const HANDLES = new Set(["tcp", "udp", "pipe", "process", "fs_event", "fs_poll", "poll", "tty"]);

interface Report {
  readonly libuv: readonly { readonly type: string }[];
  readonly workers: readonly unknown[];
}

/** How many there are of each kind. */
type Census = ReadonlyMap<string, number>;

/** How many sockets, pipes, watchers, children and threads there are, whether they keep the process alive or not. */
function census(): Census {
  // n.b. without it a report lists network interfaces, which is slow; the type definitions do not know it yet
  Object.assign(process.report, { excludeNetwork: true });
  const { libuv, workers } = process.report.getReport() as unknown as Report;
  const counts = new Map<string, number>([["thread", workers.length]]);
  for (const { type } of libuv) if (HANDLES.has(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
}

function surplus(found: Census, baseline: Census): string[] {
  const handles = [...found].flatMap(([kind, count]) => {
    const more = count - (baseline.get(kind) ?? 0);
    return more > 0 ? [`${more} x ${kind}`] : [];
  });
  return [...handles, ...runningTimers()];
}

/** After each test of the file or suite, once all else is cleaned up, fails when the test left something running. */
export function expectNothingLeftRunning(): void {
  // n.b. a census costs milliseconds, and between two tests of one suite no hook begins anything that lasts
  let last: { readonly suite: unknown; readonly census: Census } | undefined;
  beforeEach(({ task: { suite } }) => {
    const baseline = last !== undefined && last.suite === suite ? last.census : census();
    last = undefined;
    watchTimers();
    // n.b. callbacks run in reverse order: the first one registered is the last one to run
    onTestFinished(async () => {
      let left: string[] = [];
      let found: Census = baseline;
      const isQuiet = (): boolean => (left = surplus((found = census()), baseline)).length === 0;
      await eventually(isQuiet, { within: 30_000, every: 20 }).catch(() => {
        throw new Error(`left running after the test: ${left.join(", ")}`);
      });
      last = { suite, census: found };
    });
  });
}
