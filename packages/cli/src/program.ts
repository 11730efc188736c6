import { Command } from "commander";
import type { Terminal } from "./terminal.js";
import { describeCall, runCall, type CallVerbOptions } from "./verbs/call.js";
import { describeGenerate, refuseArguments, runGenerate, type GenerateVerbOptions } from "./verbs/generate.js";
import { describeResult, runResult, type ResultVerbOptions } from "./verbs/result.js";
import { describeWorker, runWorker, type WorkerVerbOptions } from "./verbs/worker.js";
import { version } from "./version.js";

const HELP = `
Start here:
  $ npx taskgen                         write src/_generated from the tasks in src/**/*.task.ts
  $ npx taskgen worker                  run them
  $ npx taskgen call add 4 4 --wait     call one from the shell

\`taskgen <verb> --help\` has examples and exit codes. DEBUG=taskgen shows the stack of an error.`;

/** Runs the command line; resolves to the exit code. Rejects with what went wrong. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode = 0;
  const program = createProgram(terminal);
  const add = (verb: string, isDefault = false): Command =>
    program.command(verb, { isDefault }).option("--cwd <folder>", "the project's folder (default: this one)");
  describeGenerate(add("generate", true)).action(async (options: GenerateVerbOptions, command: Command) => {
    refuseArguments(
      command.args,
      program.commands.map((known) => known.name()),
    );
    exitCode = await runGenerate(options, terminal);
  });
  describeWorker(add("worker")).action(async (options: WorkerVerbOptions) => {
    exitCode = await runWorker(options, terminal);
  });
  describeCall(add("call")).action(async (name: string, args: readonly string[], options: CallVerbOptions) => {
    exitCode = await runCall(name, args, options, terminal);
  });
  describeResult(add("result")).action(async (id: string, options: ResultVerbOptions) => {
    exitCode = await runResult(id, options, terminal);
  });
  await program.parseAsync(argv, { from: "user" });
  return exitCode;
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
