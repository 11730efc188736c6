import { Command } from "commander";
import type { Terminal } from "./terminal.js";
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
import { describeWorker, runWorker, type WorkerVerbOptions } from "./verbs/worker.js";
import { version } from "./version.js";

const HELP = `
Start here:
  $ npx taskgen init                    write a small project into this folder
  $ npx taskgen dev                     generate and run tasks, again after every change
  $ npx taskgen                         write src/_generated from the tasks in src/**/*.task.ts
  $ npx taskgen worker                  run them
  $ npx taskgen call add 4 4 --wait     call one from the shell

\`taskgen <verb> --help\` has examples and exit codes. DEBUG=taskgen shows the stack of an error.`;

/** Runs the command line; resolves to the exit code. Rejects with what went wrong. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0;
  const program = createProgram(terminal);
  const done = async (code: Promise<number>): Promise<void> => {
    exitCode = await code;
  };
  defineProject(program, { terminal, done });
  defineBroker(program, { terminal, done });
  defineDeadLetters(program.command("dlq").description("tasks that were given up"), { terminal, done });
  await program.parseAsync(argv, { from: "user" });
  return exitCode;
}

interface Verbs {
  readonly terminal: Terminal;
  /** Takes the exit code of the verb that runs. */
  readonly done: (code: Promise<number>) => Promise<void>;
}

const addVerb = (program: Command, verb: string, isDefault = false): Command =>
  program.command(verb, { isDefault }).option("--cwd <folder>", "the project's folder (default: this one)");

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
  describeWorker(addVerb(program, "worker")).action((options: WorkerVerbOptions) => done(runWorker(options, terminal)));
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

function createProgram(terminal: Terminal): Command {
  return new Command("taskgen")
    .description("Type-safe distributed tasks for TypeScript")
    .version(version(), "-V, --version", "show the version")
    .helpCommand("help [verb]", "show the help of a verb")
    .addHelpText("after", HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text),
      writeErr: (text) => terminal.complain(text),
      // n.b. exitOverride makes commander throw as well; the error is reported where all others are
      outputError: () => {},
    })
    .hook("preAction", (_program, verb) => {
      const { cwd } = verb.opts<{ readonly cwd?: string }>();
      if (cwd !== undefined) terminal.enter(cwd);
    });
}
