import { Command } from "commander";
import { defineWorker } from "./define-worker.js";
import type { Terminal } from "./terminal.js";
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
  if (argv[0] === "worker") defineWorker(program, { terminal, done });
  else (await import("./all-verbs.js")).defineVerbs(program, { terminal, done });
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
