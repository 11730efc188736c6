import type { ResourceLimits } from "node:worker_threads";
import type { Sealing } from "@taskgen/core/internal";
import type { Child, ChildEvents, ChildKind, ChildOptions } from "./child.js";
import type { Job } from "./pool.js";
import { PoolProcess } from "./process.js";
import type { ChildLimits } from "./protocol.js";
import { PoolThread } from "./thread.js";

/** What all children of a pool are opened with. */
export interface ChildSettings extends Partial<ChildLimits> {
  /** @default "thread" */
  readonly kind?: ChildKind | undefined;
  /** The module that exports `registry`; every child imports it. */
  readonly registryUrl: string;
  /** What seals the messages of the worker. @default nothing */
  readonly sealing?: Sealing | undefined;
  /** Of a thread. @default Node's own */
  readonly resourceLimits?: ResourceLimits | undefined;
  /** Options of Node for a process, besides those of this one. @default none */
  readonly execArgv?: readonly string[] | undefined;
}

/** Starts a thread or process of a pool. */
export function openChild<J extends Job>(
  { kind = "thread", registryUrl, sealing, maxTasks, maxMemory, resourceLimits, execArgv = [] }: ChildSettings,
  own: Pick<ChildOptions, "capacity" | "loadAll" | "serveLink">,
  events: ChildEvents<J>,
): Child<J> {
  const options = { ...own, registryUrl, sealing, limits: { maxTasks, maxMemory } };
  if (kind === "process") return new PoolProcess({ ...options, execArgv }, events);
  return new PoolThread({ ...options, resourceLimits }, events);
}
