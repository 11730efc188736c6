import { hostname } from "node:os";
import { toRemoteError } from "@taskgen/core/internal";
import { createWorker, type LogLevel, type Worker } from "@taskgen/worker";
import { bannerEntry, formatBanner, type BannerFacts } from "./banner.js";
import { applyConnectionOptions } from "./connection-options.js";
import type { HealthServer } from "./health-server.js";
import { LineWriter, type LogEntry } from "./log-line.js";
import { loggerOf } from "./log.js";
import { openProject, requireBroker, type Project } from "./project.js";
import { exitCodeOf, type ShutdownEvents } from "./shutdown.js";
import { poolOptions } from "./pool-options.js";
import type { Terminal } from "./terminal.js";
import type { WorkerVerbOptions } from "./verbs/worker.js";
import { version } from "./version.js";

/** Runs a worker until it is stopped; resolves to the exit code. */
export async function serve(options: WorkerVerbOptions, terminal: Terminal): Promise<number> {
  applyConnectionOptions(options, terminal);
  const project = await openProject(terminal.cwd, { ...options, inline: options.pool === "inline" });
  requireBroker(project.app, options.broker);
  const writer = new LineWriter({ level: options.loglevel, json: options.json, print: terminal.print });
  const worker = createWorkerOf(project, options, writer);
  // connections report here what no call can
  terminal.onWarning(({ name, message }) => writer.write(entry("process-warning", `${name}: ${message}`, "warn")));
  const probes = await answerProbes(worker, options, writer);
  const ended = exitCodeOf(worker, shutdownEvents(writer, options));
  if (await startUnlessStopped(worker)) greet(worker, project, { writer, options, terminal });
  const code = await ended;
  await project.app.close();
  writer.write(entry("worker-stopped", code === 0 ? "Stopped" : "Stopped before everything was finished"));
  writer.flush();
  probes?.close();
  return code;
}

/** Before the worker starts: whoever probes it must see that it waits for its broker. */
async function answerProbes(
  worker: Worker,
  { healthPort: port, healthHost: host }: WorkerVerbOptions,
  writer: LineWriter,
): Promise<HealthServer | undefined> {
  if (port === undefined) return undefined;
  const { serveHealth } = await import("./health-server.js");
  const server = await serveHealth({ port, host }, () => worker.health());
  // whatever the log level: nothing else tells a port that the system chose
  writer.announce({ ...entry("health-ready", `Health is answered on ${server.url}`), fields: { url: server.url } });
  return server;
}

/** False when it was told to stop before it had started. */
async function startUnlessStopped(worker: Worker): Promise<boolean> {
  try {
    await worker.start();
    return true;
  } catch (error) {
    if (["draining", "stopped"].includes(worker.health().status)) return false;
    throw error;
  }
}

function createWorkerOf({ app, registry }: Project, options: WorkerVerbOptions, writer: LineWriter): Worker {
  const { queues, grace } = options;
  const logger = loggerOf(writer);
  return createWorker({ app, registry, queues, logger, gracePeriod: grace, ...poolOptions(options) });
}

interface Greeting {
  readonly writer: LineWriter;
  readonly options: WorkerVerbOptions;
  readonly terminal: Terminal;
}

/** The banner whatever the log level: it is what a start looks like. */
function greet({ info }: Worker, { registryPath }: Project, { writer, options, terminal }: Greeting): void {
  if (info === undefined) return;
  const facts: BannerFacts = {
    version: version(),
    host: hostname(),
    pid: terminal.pid,
    registry: registryPath,
    ...info,
  };
  if (options.json === true) writer.announce(bannerEntry(facts));
  else terminal.print(formatBanner(facts));
  writer.write(entry("worker-ready", `Worker ready, connected to ${info.broker}`));
}

const entry = (event: string, message: string, level: LogLevel = "info"): LogEntry => ({
  event,
  level,
  message,
  fields: {},
});

function shutdownEvents(writer: LineWriter, { grace }: WorkerVerbOptions): ShutdownEvents {
  const now = (line: LogEntry): void => {
    writer.write(line);
    writer.flush();
  };
  return {
    stopping: (signal) =>
      now(entry("worker-stopping", `Warm shutdown (${signal}): running tasks may take ${grace} to finish`)),
    aborting: (signal) =>
      now(entry("worker-aborted", `Cold shutdown (${signal}): running tasks will run again`, "warn")),
    crashed: (error) => {
      const { name, message, stack } = toRemoteError(error);
      now({
        event: "crash",
        level: "error",
        message: `${name}: ${message}`,
        fields: {},
        ...(stack !== undefined && { stack }),
      });
    },
  };
}
