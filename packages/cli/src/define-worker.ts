import type { Command } from "commander";
import { addVerb, type Verbs } from "./add-verb.js";
import { describeWorker, runWorker, type WorkerVerbOptions } from "./verbs/worker.js";

/** Defines `taskgen worker`. */
export function defineWorker(program: Command, { terminal, done }: Verbs): void {
  describeWorker(addVerb(program, "worker")).action((options: WorkerVerbOptions) => done(runWorker(options, terminal)));
}
