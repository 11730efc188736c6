import { afterAll, beforeAll, beforeEach, onTestFinished } from "vitest";
import { eventually } from "./eventually.js";
import { census, forgetTimers, leftRunning, watchResources, type Census } from "./resource-watch.js";

/** After each test of the file or suite, once all else is cleaned up, fails when the test left something running. */
export function expectNothingLeftRunning(): void {
  // n.b. what a suite starts for all its tests may be replaced by one of them
  watchResources();
  beforeEach(() => {
    const baseline = begin();
    // n.b. callbacks run in reverse order: the first one registered is the last one to run
    onTestFinished(() => nothingLeftRunning(baseline));
  });
}

/** The same once after all tests of a suite: where they share what runs, whose timers come and go. Comes before its other hooks. */
export function expectNothingLeftRunningAtEnd(): void {
  let baseline: Census;
  beforeAll(() => void (baseline = begin()));
  // n.b. these run in reverse order too
  afterAll(() => nothingLeftRunning(baseline));
}

function begin(): Census {
  watchResources();
  forgetTimers();
  return census();
}

async function nothingLeftRunning(baseline: Census): Promise<void> {
  let left: string[] = [];
  const isQuiet = (): boolean => (left = leftRunning(baseline)).length === 0;
  await eventually(isQuiet, { within: 30_000, every: 20 }).catch(() => {
    throw new Error(`left running at the end: ${left.join(", ")}`);
  });
}
