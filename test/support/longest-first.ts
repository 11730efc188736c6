import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files and folders of half a minute and more, the longest first. Begun late, one of them would run on alone when all others are done;
 * a new checkout knows no times of earlier runs.
 */
const LONGEST: readonly string[] = [
  "limits/processes.test.ts",
  "cancel/revoke.test.ts",
  "e2e/broker-killed.test.ts",
  "engine/engine.test.ts",
  "batches/batches.test.ts",
  "engine/streams.test.ts",
  "e2e/delayed.test.ts",
  "conformance/redis-cluster.test.ts",
  "codegen/types/written.test.ts",
  "twice/killed.test.ts",
  "e2e/worker-killed.test.ts",
  "limits/limits.test.ts",
  "conformance/redis.test.ts",
  "e2e/streams.test.ts",
  "faults/",
  "redis/heartbeat.test.ts",
  "conformance/sqlite.test.ts",
  "e2e/delays-survive.test.ts",
  "codegen/types/cache.test.ts",
  "codegen/types/sliced.test.ts",
  "cli/contract.test.ts",
  "redis/cluster.test.ts",
  "redis/sentinel.test.ts",
  "worker/children.test.ts",
  "examples/",
  "types/compile.test.ts",
  "simulation/",
  "security/sealing.test.ts",
  "amqp/broker-faults.test.ts",
  "portable/consumer.test.ts",
];

/** The order of the test files; those that share their processes come last, since a process goes on only with what is next. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      const path = relative(project.config.root, moduleId);
      const place = LONGEST.findIndex((start) => path.startsWith(start));
      return (place < 0 ? LONGEST.length : place) + (project.config.isolate ? 0 : LONGEST.length + 1);
    };
    // oxlint-disable-next-line unicorn/no-array-sort -- the method of a sequencer, not of an array
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
