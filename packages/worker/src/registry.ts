import { defaultApp, type AnyApp, type Registry, type RegistryEntry, type SetupEntry } from "@taskgen/core";
import { createCodec } from "@taskgen/core/codec";
import {
  internalsOf,
  workerResults,
  type Codec,
  type ResultBackend,
  type Sealer,
  type Sealing,
  type TaskPlace,
  type Validator,
} from "@taskgen/core/internal";
import { batchPlan } from "./batches/batch-plan.js";
import { argumentCheck } from "./check-arguments.js";
import { entering } from "./entering.js";
import { compose, requireTask, type Executable } from "./execute.js";
import { taskHooks } from "./hooks.js";
import { sharedSealer } from "./sealing.js";
import type { PlainTaskOptions } from "./pool/pool.js";
import { isStream, keepsItems } from "./streams/is-stream.js";
import type { StreamSettings } from "./streams/run-stream.js";
import { checkTaskOptions } from "./task-options-check.js";

/** Loads tasks of a registry and keeps them, ready to run. */
export class LoadedRegistry {
  readonly #registry: Registry;
  readonly #app: AnyApp;
  readonly #codec: Codec;
  readonly #sealer: Sealer | undefined;
  readonly #place: TaskPlace;
  readonly #streams: StreamSettings;
  #results: Promise<ResultBackend> | undefined;
  readonly #tasks = new Map<string, Promise<Executable>>();

  constructor(registry: Registry, app: AnyApp, sealer: Sealer | undefined) {
    const { options } = internalsOf(app);
    this.#registry = registry;
    this.#app = app;
    this.#sealer = sealer;
    this.#codec = createCodec(options.limits);
    this.#place = { results: () => this.#openResults(), codec: this.#codec, sealer };
    this.#streams = { ...this.#place, ttlMs: options.resultTtlMs };
  }

  /**
   * With the registry's own app, otherwise the default one, as threads and processes do.
   * @throws ConfigError `OPTION_INVALID` when its keys are not those of the worker's app.
   */
  static async open(registry: Registry, sealing: Sealing | undefined): Promise<LoadedRegistry> {
    const app = (await registry.app?.()) ?? defaultApp();
    return new LoadedRegistry(registry, app, await sharedSealer(internalsOf(app).urls.security, sealing));
  }

  get setup(): readonly SetupEntry[] {
    return this.#registry.setup ?? [];
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
    return Object.fromEntries(
      names.map((name, i) => [name, plainOptions(name, loaded[i]!, this.#registry.tasks[name]!)]),
    );
  }

  /** Those of the worker, also where this app leads elsewhere. */
  #openResults(): Promise<ResultBackend> {
    this.#results ??= (
      workerResults() ??
      internalsOf(this.#app)
        .connection()
        .then(({ results }) => results)
    ).catch((error: unknown) => {
      this.#results = undefined;
      throw error;
    });
    return this.#results;
  }

  async #load(name: string): Promise<Executable> {
    const entry = this.#registry.tasks[name];
    if (entry === undefined) throw new TypeError(`${name} is not in the registry ${this.#registry.url}`);
    const { options, middleware } = internalsOf(this.#app);
    const definition = requireTask(name, await imported(name, entry, entry.load));
    checkTaskOptions(name, definition.options);
    // n.b. what few tasks need loads with them
    const call = isStream(definition)
      ? (await import("./streams/run-stream.js")).streamRun(definition, this.#streams)
      : undefined;
    const batch = definition.options.batch && (await import("./batches/execute-batch.js")).executeBatch;
    const validator = definition.options.args === undefined ? await importValidator(name, entry) : undefined;
    return {
      definition,
      check: argumentCheck({ name, options: definition.options, entry, validator }),
      run: compose(definition, middleware(), call),
      executeBatch: batch,
      hooks: taskHooks(definition.options),
      entering: entering(options.context),
      codec: this.#codec,
      sealer: this.#sealer,
      place: this.#place,
      ambient: options.ambient,
    };
  }
}

const importValidator = (name: string, entry: RegistryEntry): Promise<Validator | undefined> =>
  imported(name, entry, async () => entry.args?.());

async function imported<T>(name: string, entry: RegistryEntry, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new Error(
      `task ${name} (${entry.source}) cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

function plainOptions(name: string, { definition }: Executable, { limitKey }: RegistryEntry): PlainTaskOptions {
  const { options } = definition;
  const { queue, priority, timeLimit, softTimeLimit, expires, ack, ignoreResult, trackStarted } = options;
  const { isolate, sensitive, rateLimit, limit, dedupe, debounce, throttle } = options;
  const picked = { queue, priority, timeLimit, softTimeLimit, expires, ack, ignoreResult, trackStarted };
  const flow = { rateLimit, limit, limitKey, dedupe, debounce, throttle };
  const streams = keepsItems(definition) || undefined;
  const reports = options.progress === undefined ? undefined : true;
  const batch = options.batch && batchPlan(name, options.batch);
  const plain = { ...picked, ...flow, isolate, sensitive, streams, reports, batch };
  return JSON.parse(JSON.stringify(plain)) as PlainTaskOptions;
}
