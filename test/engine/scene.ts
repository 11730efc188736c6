import type { App } from "@taskgen/core";
import { createApp, type AppOptions } from "@taskgen/core";
import { createWorker, type PoolKind, type Worker, type WorkerEvents, type WorkerOptions } from "@taskgen/worker";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import { namespace } from "../support/namespace.js";
import { expectNothingLeftRunningAtEnd } from "../support/nothing-left-running.js";
import { tempDir, type AtEnd } from "../support/temp-dir.js";
import { within } from "../support/within.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/registry.js";

/** Where an engine test runs. */
export interface Place {
  readonly name: string;
  readonly broker: (atEnd?: AtEnd) => Promise<string>;
  /** @default the broker's */
  readonly backend?: (atEnd?: AtEnd) => Promise<string>;
  readonly pool: PoolKind;
}

const memory = async (): Promise<string> => `memory:${namespace()}`;
const sqlite = async (atEnd?: AtEnd): Promise<string> => `sqlite:${await tempDir(atEnd)}/tasks.db`;
const redis = async (): Promise<string> => brokerUrl("redis");
const amqp = async (): Promise<string> => brokerUrl("amqp");
const postgres = async (): Promise<string> => brokerUrl("postgres");

/** Every broker and pool that the engine must behave the same on. */
export const places: readonly Place[] = [
  { name: "memory, inline", broker: memory, pool: "inline" },
  { name: "sqlite, inline", broker: sqlite, pool: "inline" },
  { name: "memory, threads", broker: memory, pool: "threads" },
  { name: "sqlite, threads", broker: sqlite, pool: "threads" },
  { name: "redis, threads", broker: redis, pool: "threads" },
  { name: "amqp, threads", broker: amqp, pool: "threads" },
  { name: "sqlite, processes", broker: sqlite, pool: "processes" },
];

/** Every broker with a pool of processes, for what may differ there. */
export const processPlaces: readonly Place[] = [
  { name: "memory", broker: memory, pool: "processes" },
  { name: "sqlite", broker: sqlite, pool: "processes" },
  { name: "redis", broker: redis, pool: "processes" },
  { name: "amqp", broker: amqp, pool: "processes" },
];

/**
 * Each broker and each pool, but not each pool on each broker: for features that are built on what `places` shows to be the same
 * everywhere.
 */
export const brokersAndPools: readonly Place[] = places.filter(
  ({ name }) => name !== "sqlite, inline" && name !== "memory, threads",
);

/** A broker with the results of another one: each broker, and each that keeps results. */
export const pairs: readonly Place[] = [
  { name: "amqp with redis results", broker: amqp, backend: redis, pool: "threads" },
  { name: "redis with sqlite results", broker: redis, backend: sqlite, pool: "threads" },
  { name: "sqlite with amqp results", broker: sqlite, backend: amqp, pool: "threads" },
  { name: "sqlite with postgres results", broker: sqlite, backend: postgres, pool: "threads" },
];

/** Results on another server than messages, stored and settled in two steps: for features that do not ask where results are. */
export const elsewhere: Place = pairs[0]!;

/** An app with workers on a broker of its own. */
export class Scene {
  readonly app: App;
  readonly broker: string;
  /** What an app of a task needs to reach the same broker and results. */
  readonly where: { readonly broker: string; readonly prefix: string; readonly backend?: string };
  /** Of this test alone, on a server that all tests share. */
  readonly prefix = namespace();
  readonly #place: Place;
  readonly #atEnd: AtEnd;

  constructor(place: Place, broker: string, options: AppOptions = {}, atEnd: AtEnd = onTestFinished) {
    this.#place = place;
    this.#atEnd = atEnd;
    this.broker = broker;
    const { backend } = options;
    this.where = { broker, prefix: this.prefix, ...(backend !== undefined && { backend }) };
    this.app = createApp({ broker, prefix: this.prefix, ...options });
    atEnd(() => this.app.close());
  }

  static async open(place: Place, options?: AppOptions, atEnd: AtEnd = onTestFinished): Promise<Scene> {
    const [broker, backend] = [await place.broker(atEnd), await place.backend?.(atEnd)];
    return new Scene(place, broker, { backend, ...options }, atEnd);
  }

  /** A worker that has not started, so that no event is missed. */
  newWorker(options: Partial<WorkerOptions> = {}): Worker {
    const { pool } = this.#place;
    const one = pool === "processes" ? { processes: 1 } : { threads: 1 };
    const worker = createWorker({ app: this.app, registry, pool, ...one, ...options });
    this.#atEnd(async () => void (await worker.stop({ gracePeriod: "0ms" })));
    return worker;
  }

  async worker(options: Partial<WorkerOptions> = {}): Promise<Worker> {
    const worker = this.newWorker(options);
    await within("the start of a worker", worker.start());
    return worker;
  }
}

/** What the tests of a suite share. */
export interface Shared {
  readonly scene: Scene;
  readonly worker: Worker;
}

/**
 * A scene with a worker for all tests of a suite that leave both as they found them: to start a thread takes longer than what most tests do
 * with it. Nothing may be left running when it is closed.
 */
export function sharedScene(place: Place, options?: Partial<WorkerOptions>, appOptions?: AppOptions): Shared {
  const ends: (() => Promise<void>)[] = [];
  const shared: { -readonly [Key in keyof Shared]?: Shared[Key] } = {};
  expectNothingLeftRunningAtEnd();
  beforeAll(async () => {
    shared.scene = await Scene.open(place, appOptions, (end) => ends.unshift(end));
    shared.worker = await shared.scene.worker(options);
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });
  return shared as Shared;
}

/** The next event of a kind, optionally of one task. */
export function nextEvent<E extends keyof WorkerEvents>(
  worker: Worker,
  event: E,
  id?: string,
): Promise<WorkerEvents[E]> {
  const next = new Promise<WorkerEvents[E]>((resolve) => {
    const off = worker.on(event, (value) => {
      if (id !== undefined && (value as { id?: string }).id !== id) return;
      off();
      resolve(value);
    });
  });
  return within(`the event ${event}`, next);
}
