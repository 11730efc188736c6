import type { Command } from "commander";
import { addVerb, type Verbs } from "./add-verb.js";
import { defineWorker } from "./define-worker.js";
import { describeCall, runCall, type CallVerbOptions } from "./verbs/call.js";
import { describeDev, runDev } from "./verbs/dev.js";
import { describeAccept, runAccept, type AcceptVerbOptions } from "./verbs/accept.js";
import { describeCheck, runCheck, type CheckVerbOptions } from "./verbs/check.js";
import { describeContractBuild, runContractBuild, type ContractBuildOptions } from "./verbs/contract.js";
import { describeDiff, runDiff, type DiffVerbOptions } from "./verbs/diff.js";
import { describeDoctor, runDoctor, type DoctorVerbOptions } from "./verbs/doctor.js";
import { describeExplain, runExplain } from "./verbs/explain.js";
import {
  describeGenerate,
  refuseArguments,
  runGenerate,
  watchGenerate,
  type GenerateVerbOptions,
} from "./verbs/generate.js";
import { describeDlqList, runDlqList, type DlqListOptions } from "./verbs/dlq/list.js";
import { describeDlqPurge, runDlqPurge, type DlqPurgeOptions } from "./verbs/dlq/purge.js";
import { describeDlqReplay, runDlqReplay, type DlqReplayOptions } from "./verbs/dlq/replay.js";
import { describeDlqShow, runDlqShow, type DlqShowOptions } from "./verbs/dlq/show.js";
import { describeList, runList, type ListVerbOptions } from "./verbs/list.js";
import { describeInit, runInit } from "./verbs/init.js";
import { describePurge, runPurge, type PurgeVerbOptions } from "./verbs/purge.js";
import { describeQueues, runQueues, type QueuesVerbOptions } from "./verbs/queues.js";
import { describeResult, runResult, type ResultVerbOptions } from "./verbs/result.js";
import { describeRevoke, runRevoke, type RevokeVerbOptions } from "./verbs/revoke.js";
import type { WorkerVerbOptions } from "./verbs/worker.js";

/** Defines them all; n.b. to load them costs a worker some megabytes. */
export function defineVerbs(program: Command, verbs: Verbs): void {
  defineProject(program, verbs);
  defineBroker(program, verbs);
  defineDeadLetters(program.command("dlq").description("tasks that were given up"), verbs);
}

/** The verbs that work on a project. */
function defineProject(program: Command, { terminal, done }: Verbs): void {
  describeInit(addVerb(program, "init")).action(() => done(runInit(terminal)));
  describeDev(addVerb(program, "dev")).action((options: WorkerVerbOptions) => done(runDev(options, terminal)));
  describeGenerate(addVerb(program, "generate", true)).action((options: GenerateVerbOptions, command: Command) => {
    refuseArguments(
      command.args,
      program.commands.map((known) => known.name()),
    );
    return done(options.watch === true ? watchGenerate(options, terminal) : runGenerate(options, terminal));
  });
  defineContract(program, { terminal, done });
  describeList(addVerb(program, "list")).action((options: ListVerbOptions) => done(runList(options, terminal)));
  describeExplain(addVerb(program, "explain")).action((code: string | undefined) => done(runExplain(code, terminal)));
  defineWorker(program, { terminal, done });
}

/** The verbs that know what callers and workers agree on. */
function defineContract(program: Command, { terminal, done }: Verbs): void {
  describeCheck(addVerb(program, "check")).action((options: CheckVerbOptions) => done(runCheck(options, terminal)));
  describeAccept(addVerb(program, "accept")).action((options: AcceptVerbOptions) => done(runAccept(options, terminal)));
  describeDiff(addVerb(program, "diff")).action((before: string, after: string, options: DiffVerbOptions) =>
    done(runDiff([before, after], options, terminal)),
  );
  const contract = program.command("contract").description("packages of the tasks' types for others");
  describeContractBuild(addVerb(contract, "build")).action((options: ContractBuildOptions) =>
    done(runContractBuild(options, terminal)),
  );
}

/** The verbs that work on a broker. */
function defineBroker(program: Command, { terminal, done }: Verbs): void {
  describeCall(addVerb(program, "call")).action((name: string, args: readonly string[], options: CallVerbOptions) =>
    done(runCall(name, args, options, terminal)),
  );
  describeResult(addVerb(program, "result")).action((id: string, options: ResultVerbOptions) =>
    done(runResult(id, options, terminal)),
  );
  describeRevoke(addVerb(program, "revoke")).action((ids: readonly string[], options: RevokeVerbOptions) =>
    done(runRevoke(ids, options, terminal)),
  );
  describeQueues(addVerb(program, "queues")).action((queues: readonly string[], options: QueuesVerbOptions) =>
    done(runQueues(queues, options, terminal)),
  );
  describeDoctor(addVerb(program, "doctor")).action((options: DoctorVerbOptions) => done(runDoctor(options, terminal)));
  describePurge(addVerb(program, "purge")).action((queues: readonly string[], options: PurgeVerbOptions) =>
    done(runPurge(queues, options, terminal)),
  );
}

function defineDeadLetters(dlq: Command, { terminal, done }: Verbs): void {
  describeDlqList(addVerb(dlq, "list")).action((queues: readonly string[], options: DlqListOptions) =>
    done(runDlqList(queues, options, terminal)),
  );
  describeDlqShow(addVerb(dlq, "show")).action((id: string, options: DlqShowOptions) =>
    done(runDlqShow(id, options, terminal)),
  );
  describeDlqReplay(addVerb(dlq, "replay")).action((ids: readonly string[], options: DlqReplayOptions) =>
    done(runDlqReplay(ids, options, terminal)),
  );
  describeDlqPurge(addVerb(dlq, "purge")).action((ids: readonly string[], options: DlqPurgeOptions) =>
    done(runDlqPurge(ids, options, terminal)),
  );
}
