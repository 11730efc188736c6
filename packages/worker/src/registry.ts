import {
  ConfigError,
  defaultApp,
  milliseconds,
  type TaskOptions,
  type AnyApp,
  type Middleware,
  type Registry,
} from "@taskgen/core";
import { internalsOf } from "@taskgen/core/internal";
import { compose, requireTask, type Executable } from "./execute.js";
import type { PlainTaskOptions } from "./pool/pool.js";

/** Loads tasks of a registry and keeps them, ready to run. */
export class LoadedRegistry {
  readonly #registry: Registry;
  readonly #app: AnyApp;
  readonly #tasks = new Map<string, Promise<Executable>>();

  constructor(registry: Registry, app: AnyApp) {
    this.#registry = registry;
    this.#app = app;
  }

  /** With the registry's own app, otherwise `app`, otherwise the default one. */
  static async open(registry: Registry, app?: AnyApp): Promise<LoadedRegistry> {
    return new LoadedRegistry(registry, app ?? (await registry.app?.()) ?? defaultApp());
  }

  /** Loads the module of one task on its first use. */
  load(name: string): Promise<Executable> {
    const known = this.#tasks.get(name);
    if (known !== undefined) return known;
    const loading = this.#load(name);
    this.#tasks.set(name, loading);
    return loading;
  }

  /** Loads all; resolves to their options as plain data. */
  async loadAll(): Promise<Record<string, PlainTaskOptions>> {
    const names = Object.keys(this.#registry.tasks);
    const loaded = await Promise.all(names.map((name) => this.load(name)));
    return Object.fromEntries(names.map((name, i) => [name, plainOptions(loaded[i]!)]));
  }

  async #load(name: string): Promise<Executable> {
    const entry = this.#registry.tasks[name];
    if (entry === undefined) throw new TypeError(`${name} is not in the registry ${this.#registry.url}`);
    const { codec, options } = internalsOf(this.#app);
    const definition = requireTask(name, await importTask(name, entry));
    checkDurations(name, definition.options);
    const middleware: readonly Middleware[] = options.middleware;
    return { definition, run: compose(definition, middleware), codec, ambient: options.ambient };
  }
}

async function importTask(name: string, entry: Registry["tasks"][string]): Promise<unknown> {
  try {
    return await entry.load();
  } catch (cause) {
    throw new Error(
      `task ${name} (${entry.source}) cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

/** A task with a duration that is none is refused before it is called. */
function checkDurations(name: string, options: TaskOptions): void {
  for (const option of ["timeLimit", "softTimeLimit", "defaultRetryDelay", "retryBackoffMax"] as const) {
    const duration = options[option];
    if (duration === undefined) continue;
    try {
      milliseconds(duration);
    } catch (cause) {
      throw new ConfigError("OPTION_INVALID", `task ${name}: ${option} is ${JSON.stringify(duration)}`, { cause });
    }
  }
}

function plainOptions({ definition: { options } }: Executable): PlainTaskOptions {
  const { queue, priority, timeLimit, softTimeLimit, expires, ack, ignoreResult, trackStarted, isolate } = options;
  return JSON.parse(
    JSON.stringify({ queue, priority, timeLimit, softTimeLimit, expires, ack, ignoreResult, trackStarted, isolate }),
  ) as PlainTaskOptions;
}
