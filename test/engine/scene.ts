import type { App } from "@taskgen/core";
import { createApp, type AppOptions } from "@taskgen/core";
import { createWorker, type Worker, type WorkerEvents, type WorkerOptions } from "@taskgen/worker";
import { onTestFinished } from "vitest";
import { namespace } from "../support/namespace.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/registry.js";

/** Where an engine test runs. */
export interface Place {
  readonly name: string;
  readonly broker: () => Promise<string>;
  readonly pool: "inline" | "threads";
}

const memory = async (): Promise<string> => `memory:${namespace()}`;
const sqlite = async (): Promise<string> => `sqlite:${await tempDir()}/tasks.db`;

/** Every broker and pool that the engine must behave the same on. */
export const places: readonly Place[] = [
  { name: "memory, inline", broker: memory, pool: "inline" },
  { name: "sqlite, inline", broker: sqlite, pool: "inline" },
  { name: "memory, threads", broker: memory, pool: "threads" },
  { name: "sqlite, threads", broker: sqlite, pool: "threads" },
];

/** An app with workers on a broker of its own. */
export class Scene {
  readonly app: App;
  readonly broker: string;
  readonly #place: Place;

  constructor(place: Place, broker: string, options: AppOptions = {}) {
    this.#place = place;
    this.broker = broker;
    this.app = createApp({ broker, ...options });
    onTestFinished(() => this.app.close());
  }

  static async open(place: Place, options?: AppOptions): Promise<Scene> {
    return new Scene(place, await place.broker(), options);
  }

  /** A worker that has not started, so that no event is missed. */
  newWorker(options: Partial<WorkerOptions> = {}): Worker {
    const worker = createWorker({ app: this.app, registry, pool: this.#place.pool, threads: 1, ...options });
    onTestFinished(async () => void (await worker.stop({ gracePeriod: "0ms" })));
    return worker;
  }

  async worker(options: Partial<WorkerOptions> = {}): Promise<Worker> {
    const worker = this.newWorker(options);
    await within("the start of a worker", worker.start(), 20_000);
    return worker;
  }
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
