import type { WorkerInfo, WorkerQueue } from "@taskgen/worker";
import { cleanLine, maskCredentials } from "./clean-text.js";
import type { LogEntry } from "./log-line.js";

/** What a banner says besides what the worker knows of itself. */
export interface BannerFacts extends WorkerInfo {
  readonly version: string;
  readonly host: string;
  readonly pid: number;
  readonly registry: string;
}

/** What people see when a worker starts. */
export function formatBanner(facts: BannerFacts): string {
  const { version, host, pid, broker, durability, backend, lanes, tasks, registry } = facts;
  return [
    "",
    ` taskgen ${version} worker on ${host} (process ${pid})`,
    "",
    " [config]",
    `   broker:      ${broker}`,
    `   survives:    ${durability}`,
    `   results:     ${backend}`,
    `   pool:        ${describePool(facts)}`,
    `   registry:    ${registry}`,
    "",
    " [queues]",
    ...lanes.map((lane) => `   ${describeLane(lane)}`),
    "",
    " [tasks]",
    ...(tasks.length === 0 ? ["   (none)"] : tasks.map((task) => `   ${task}`)),
    "",
    "",
  ]
    .map((text) => cleanLine(maskCredentials(text)))
    .join("\n");
}

/** The same as an entry, for `--json`. */
export function bannerEntry({ version, host, pid, broker, backend, ...rest }: BannerFacts): LogEntry {
  const fields = { version, host, pid, ...rest, broker: maskCredentials(broker), backend: maskCredentials(backend) };
  return {
    event: "worker-started",
    level: "info",
    message: `taskgen ${version} worker on ${host} (process ${pid})`,
    fields,
  };
}

function describeLane({ name, weight = 1, concurrency }: WorkerQueue): string {
  const notes = [
    ...(weight === 1 ? [] : [`weight ${weight}`]),
    ...(concurrency === undefined ? [] : [`at most ${concurrency} at once`]),
  ];
  return notes.length === 0 ? name : `${name} (${notes.join(", ")})`;
}

function describePool({ pool, threads, processes, autoscale, concurrency }: WorkerInfo): string {
  const tasks = `${concurrency} ${concurrency === 1 ? "task" : "tasks"} at once`;
  if (pool === "inline") return `inline, ${tasks}`;
  const count = pool === "threads" ? threads : processes;
  const children = pool === "threads" ? ["thread", "threads"] : ["process", "processes"];
  const size = autoscale === undefined ? count : `${autoscale.min} to ${autoscale.max}`;
  return `${size} ${children[size === 1 ? 0 : 1]}, ${tasks}`;
}
