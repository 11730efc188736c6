import { DefaultReporter, type TestModule } from "vitest/node";

type RunEnd = Parameters<DefaultReporter["onTestRunEnd"]>;

/** Vitest's own report, then one last line for whoever reads the output by program: `N passed, N failed`. */
export class LastLineReporter extends DefaultReporter {
  override onTestRunEnd(...[modules, unhandled, reason]: RunEnd): void {
    super.onTestRunEnd(modules, unhandled, reason);
    const passed = modules.reduce((sum, module) => sum + countTests(module, "passed"), 0);
    const failures = modules.reduce((sum, module) => sum + countFailures(module), unhandled.length);
    const failed = reason === "passed" ? failures : Math.max(1, failures);
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
  }
}

const countTests = (module: TestModule, state: "passed" | "failed"): number =>
  [...module.children.allTests(state)].length;

/** Failed tests, and what could not be run at all: a file that does not load, a suite whose hook fails. */
function countFailures(module: TestModule): number {
  const suites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
  return countTests(module, "failed") + suites.length + (module.errors().length > 0 ? 1 : 0);
}
