import { fileURLToPath } from "node:url";
import type { AppOptions, CallOptions } from "@taskgen/core";
import type { WorkerOptions as EngineOptions } from "@taskgen/worker";
import { type Child, type ChildExit, spawnChild } from "../support/child.js";
import { within } from "../support/within.js";

/** What is wrong with a process from its start. */
export interface Circumstances {
  /** Where it fails, and how: `settle.between=kill@3` (see `fixtures/failing.ts`). @default nowhere */
  readonly fail?: string;
  /** By how many milliseconds its clock is ahead of the others'. @default 0 */
  readonly aheadMs?: number;
  /** How long the task `paced` takes in it, in milliseconds. */
  readonly paceMs?: number;
  /** Beside the environment of the test. */
  readonly env?: Readonly<Record<string, string>>;
}

/** How to start a worker process; what is left out is as in production, but for a lease of some seconds. */
export interface WorkerOptions extends Circumstances {
  readonly app: AppOptions;
  /** `registry`: the URL of another module of tasks than `fixtures/registry.js`. */
  readonly worker?: Partial<Omit<EngineOptions, "app">>;
}

/** A call of one of the tasks in `fixtures/tasks.js`. */
export interface CallSpec {
  readonly task: string;
  readonly args: readonly unknown[];
  readonly options?: CallOptions;
  /** Not before so many milliseconds from the call on. */
  readonly delayMs?: number;
  /** Not from so many milliseconds after the call on. */
  readonly expiresMs?: number;
  /** One more argument: a text of so many characters. */
  readonly bytes?: number;
  /** How long its caller waits for its outcome. @default as long as it takes */
  readonly waitMs?: number;
  /** As the task says, for the checks. @default false */
  readonly early?: boolean;
  /** As the task says, for the checks. @default 3 */
  readonly maxRetries?: number;
}

/** What a producer is told to do. */
export type Order = { readonly number: number } & (
  | { readonly do: "call"; readonly spec: CallSpec; readonly count: number }
  | { readonly do: "load"; readonly spec: CallSpec; readonly count: number; readonly everyMs: number }
  | { readonly do: "pause" }
  | { readonly do: "finish"; readonly withinMs: number }
);

/** A process of a fleet, with a history of its own. */
export interface Part {
  readonly name: string;
  readonly child: Child;
  readonly history: string;
}

const CLOCK = fileURLToPath(new URL("fixtures/clock.cjs", import.meta.url));
const READY_MS = 60_000;
const STOP_MS = 40_000;

/** Starts one of the fixtures; it may not be ready yet. */
export function spawnPart(
  fixture: string,
  { name, history }: Pick<Part, "name" | "history">,
  options: object,
  circumstances: Circumstances = {},
): Part {
  const env = { NAME: name, HISTORY: history, OPTIONS: JSON.stringify(options), ...environmentOf(circumstances) };
  return { name, history, child: spawnChild(new URL(`fixtures/${fixture}.ts`, import.meta.url), { env }) };
}

/** n.b. what NODE_OPTIONS requires is loaded by all threads of the process. */
const environmentOf = ({ fail, aheadMs = 0, paceMs, env }: Circumstances): Record<string, string> => ({
  ...env,
  ...(paceMs !== undefined && { PACE_MS: `${paceMs}` }),
  ...(fail !== undefined && { TASKGEN_FAIL: fail }),
  ...(aheadMs !== 0 && { CLOCK_AHEAD_MS: `${aheadMs}`, NODE_OPTIONS: `--require="${CLOCK}"` }),
});

export const isReady = ({ name, child }: Part): Promise<unknown> =>
  child.line(`the start of ${name}`, (line) => (line as { ready?: number }).ready, READY_MS);

/** SIGTERM, and how it ended. */
export async function stop({ name, child }: Part): Promise<ChildExit> {
  child.signal("SIGTERM");
  return within(`the stop of ${name}`, child.exited, STOP_MS);
}

/** A process that calls tasks. */
export class Producer {
  readonly part: Part;
  #orders = 0;

  constructor(part: Part) {
    this.part = part;
  }

  /** Calls a task so often at once; resolves when each was sent or refused. */
  async call(spec: CallSpec, count = 1, withinMs = 60_000): Promise<void> {
    await this.#order({ do: "call", spec, count }, withinMs);
  }

  /** Calls a task `count` times every `everyMs` milliseconds, until `pause` or the end; waits for the sends of each wave. */
  async load(spec: CallSpec, count: number, everyMs: number): Promise<void> {
    await this.#order({ do: "load", spec, count, everyMs }, 10_000);
  }

  /** Ends the load; resolves when all its calls were sent or refused. */
  async pause(withinMs = 60_000): Promise<void> {
    await this.#order({ do: "pause" }, withinMs);
  }

  /** Waits until it knows what every call came to, so long at most, and ends it. */
  async finish(withinMs: number): Promise<void> {
    await this.#order({ do: "finish", withinMs }, withinMs + 90_000);
    this.part.child.end();
    await within(`the end of ${this.part.name}`, this.part.child.exited);
  }

  async #order(order: WithoutNumber<Order>, withinMs: number): Promise<void> {
    const number = ++this.#orders;
    const { child, name } = this.part;
    child.write({ number, ...order });
    const isDone = (line: unknown): true | undefined => (line as { done?: number }).done === number || undefined;
    await child.line(`${name}: ${order.do}`, isDone, withinMs);
  }
}

type WithoutNumber<T> = T extends unknown ? Omit<T, "number"> : never;
