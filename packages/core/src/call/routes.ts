import { DEFAULT_PRIORITY } from "../define/task-options.js";
import { ConfigError } from "../errors.js";

/** Where calls of a task go, as far as it is said. */
export interface RouteTarget {
  readonly queue?: string | undefined;
  /** 0 to 9, 9 first. */
  readonly priority?: number | undefined;
}

/**
 * Decides by a task's name on the wire; a text is a queue, and `undefined` leaves it to the next route. It is asked once for each
 * name, so it must always give the same answer.
 */
export type RouteFunction = (name: string) => RouteTarget | string | undefined;

/** Where the tasks of some names go. */
export interface NamedRoute extends RouteTarget {
  /** The name on the wire; `*` stands for any characters, also dots: `billing.*`. */
  readonly task: string;
}

export type Route = NamedRoute | RouteFunction;

/** The first that fits decides. */
export type Routes = readonly Route[] | RouteFunction;

/** Settings of one queue. */
export interface QueueSettings {
  /** Its share of a worker that has more to do than it can: one of weight 3 gets three times as much as one of weight 1. @default 1 */
  readonly weight?: number | undefined;
  /** At most so many of its tasks at once in one worker. @default as many as the worker runs */
  readonly concurrency?: number | undefined;
  /** Of calls that neither they, their task nor a route give one: 0 to 9, 9 first. @default 4 */
  readonly priority?: number | undefined;
}

/** What an app says of routes and queues. */
export interface RoutingOptions {
  readonly routes?: Routes | undefined;
  readonly queues?: Readonly<Record<string, QueueSettings>> | undefined;
  /** Of tasks that nothing else sends anywhere. */
  readonly queue: string;
}

const NOWHERE: RouteTarget = {};

/** Decides to which queue and with which priority a call goes. */
export class Routing {
  readonly queues: Readonly<Record<string, QueueSettings>>;
  readonly #queue: string;
  readonly #routes: readonly RouteFunction[];
  readonly #known = new Map<string, RouteTarget>();

  /** @throws ConfigError `OPTION_INVALID` */
  constructor({ routes = [], queues = {}, queue }: RoutingOptions) {
    this.#queue = queue;
    this.#routes = typeof routes === "function" ? [routes] : routes.map(compile);
    this.queues = queues;
    for (const name in queues) checkQueue(name, queues[name]!);
  }

  /** What is said here of the tasks of this name. */
  of(name: string): RouteTarget {
    if (this.#routes.length === 0) return NOWHERE;
    let target = this.#known.get(name);
    if (target === undefined) this.#known.set(name, (target = this.#find(name)));
    return target;
  }

  /** Where a call goes; `own` is what it or its task says. */
  place(name: string, own: RouteTarget): { readonly queue: string; readonly priority: number } {
    const route = this.of(name);
    const queue = own.queue ?? route.queue ?? this.#queue;
    const priority = own.priority ?? route.priority ?? this.queues[queue]?.priority ?? DEFAULT_PRIORITY;
    return { queue, priority: checkPriority(priority) };
  }

  #find(name: string): RouteTarget {
    for (const route of this.#routes) {
      const found = route(name);
      if (found !== undefined) return checkTarget(typeof found === "string" ? { queue: found } : found, name);
    }
    return NOWHERE;
  }
}

function compile(route: Route): RouteFunction {
  if (typeof route === "function") return route;
  const { task } = checkTarget(route, route.task);
  const pattern = RegExp(`^${task.replace(/[^\w*]/g, "\\$&").replaceAll("*", "[^]*")}$`);
  return (name) => (pattern.test(name) ? route : undefined);
}

/** n.b. what does not know types may have written it. */
function checkTarget<T extends RouteTarget>(target: T, task: unknown): T {
  const { queue = "-", priority = 0 } = target;
  if (typeof task !== "string" || typeof queue !== "string" || queue === "")
    throw invalid(`the route of task ${task as string} must give the name of a queue`);
  checkPriority(priority);
  return target;
}

function checkQueue(name: string, { weight = 1, concurrency = 1, priority = 0 }: QueueSettings): void {
  if (!(weight > 0 && weight < Infinity && concurrency >= 1 && concurrency % 1 === 0))
    throw invalid(`queue ${name} must have a weight above 0 and a whole concurrency from 1`);
  checkPriority(priority);
}

function checkPriority(priority: number): number {
  if (Number.isInteger(priority) && priority >= 0 && priority <= 9) return priority;
  throw invalid(`priority ${priority} must be a whole number from 0 to 9, 9 first`);
}

const invalid = (what: string): ConfigError => new ConfigError("OPTION_INVALID", what);
