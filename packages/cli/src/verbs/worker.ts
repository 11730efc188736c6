import { Option, type Command } from "commander";
import type { Duration } from "@taskgen/core";
import type { LogLevel, WorkerQueue } from "@taskgen/worker";
import { duration, port, queues } from "../arguments.js";
import { addConnectionOptions, type ConnectionOptions } from "../connection-options.js";
import { LOG_LEVELS } from "../log-line.js";
import { addPoolOptions, POOL_FLAGS, poolValues, type PoolVerbOptions } from "../pool-options.js";
import type { ProjectOptions } from "../project.js";
import type { Terminal } from "../terminal.js";

export interface WorkerVerbOptions extends ConnectionOptions, PoolVerbOptions, Omit<ProjectOptions, "inline"> {
  readonly queues?: readonly WorkerQueue[];
  readonly loglevel: LogLevel;
  readonly json?: true;
  readonly grace: Duration;
  readonly healthPort?: number;
  readonly healthHost: string;
}

const HELP = `
Runs until it is told to stop. The first SIGTERM or SIGINT (Ctrl-C) lets running tasks finish within the grace
period; a second one ends the process at once, and what ran then runs again elsewhere.
In units of a service manager start node_modules/.bin/taskgen worker: npx and npm do not pass signals on.

A broker that is away is waited for, at the start as later. With --health-port, GET /health (or /readyz) answers 200
while the worker consumes and 503 with the reason while it starts, is disconnected or drains; GET /livez answers 200
as long as the process turns.

Examples:
  $ npx taskgen worker                          all queues, one thread for each core
  $ npx taskgen worker -Q mail,default -c 50    two queues, 50 tasks at once
  $ npx taskgen worker --pool processes --autoscale 8,1   from one process to eight, as tasks wait
  $ npx taskgen worker --health-port 8080       answers probes on http://127.0.0.1:8080/health
  $ npx taskgen worker -Q mail=3,default        when both are full, three of four tasks are mail
  $ npx taskgen worker --registry dist/_generated/registry.js   what tsc compiled, without tsx

Exit codes: 0 stopped and everything finished, also while it waited for its broker; 1 an error, or not everything was
finished: tasks still ran when the grace period was over, or what they came to could not be stored because the broker
was away (they run again); 130, 143 a second SIGINT, SIGTERM.`;

/** Defines `taskgen worker`. */
export function describeWorker(command: Command): Command {
  return addWorkerOptions(command.description("run tasks"))
    .option("--registry <path>", "the registry to run, such as a compiled one (default: the generated one)")
    .addHelpText("after", HELP);
}

/** The options of a worker that runs what is generated. */
export function addWorkerOptions(command: Command): Command {
  const described = addConnectionOptions(command).option(
    "-Q, --queues <names>",
    "take tasks from these queues, separated by commas (default: all that tasks and routes name); mail=3 has three times the weight",
    queues,
  );
  return addPoolOptions(described)
    .addOption(new Option("-l, --loglevel <level>", "what to log").choices(LOG_LEVELS).default("info"))
    .option("--json", "log one JSON object per line")
    .option("--grace <duration>", "how long running tasks may take to finish when the worker stops", duration, "30s")
    .option(
      "--health-port <port>",
      "answer probes over HTTP: GET /health, /livez (default: none; 0 is any free port)",
      port,
    )
    .option("--health-host <address>", "the address that probes are answered on, such as 0.0.0.0", "127.0.0.1")
    .option("--config <path>", "the configuration (default: taskgen.config.{ts,mts,js,mjs})");
}

/** The same options as a command line. */
export function workerArguments(options: WorkerVerbOptions): string[] {
  const { json, queues: given, ...rest } = options;
  const values = { ...rest, ...poolValues(options), queues: given?.map(queueArgument).join(",") };
  const named = (Object.keys(FLAGS) as (keyof typeof FLAGS)[]).flatMap((key) =>
    values[key] === undefined ? [] : [`${FLAGS[key]}=${values[key]}`],
  );
  return json === true ? [...named, "--json"] : named;
}

const queueArgument = ({ name, weight }: WorkerQueue): string => (weight === undefined ? name : `${name}=${weight}`);

const FLAGS = {
  broker: "--broker",
  resultBackend: "--result-backend",
  queues: "--queues",
  ...POOL_FLAGS,
  loglevel: "--loglevel",
  grace: "--grace",
  healthPort: "--health-port",
  healthHost: "--health-host",
  registry: "--registry",
  config: "--config",
} as const satisfies Record<Exclude<keyof WorkerVerbOptions, "json">, string>;

/** Runs a worker until it is stopped; resolves to the exit code. */
export async function runWorker(options: WorkerVerbOptions, terminal: Terminal): Promise<number> {
  const { serve } = await import("../serve.js");
  return serve(options, terminal);
}
