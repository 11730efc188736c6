import type { BatchRun } from "./batches/execute-batch.js";
import { execute, type Executable, type ExecutableJob } from "./execute.js";
import type { Verdict } from "./verdict.js";

/** Runs a job: one call, or the calls of a batch. Whatever happens is a verdict, so it never throws or rejects. */
export const runJob = (executable: Executable, task: BatchRun, job: ExecutableJob): Verdict | Promise<Verdict> =>
  executable.executeBatch === undefined
    ? execute(executable, task, job)
    : executable.executeBatch(executable, task, job.args);
