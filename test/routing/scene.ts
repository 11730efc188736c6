import type { Registry, task } from "@taskgen/core";
import { canInspect, internalsOf, type QueueDepth } from "@taskgen/core/internal";
import type { Worker } from "@taskgen/worker";
import { places, type Place, type Scene } from "../engine/scene.js";
import { deferred } from "../support/deferred.js";
import { within } from "../support/within.js";

/** Each broker once. Tasks run in the worker's own thread, so that tests hold the ends of what they wait for. */
export const brokers: readonly Place[] = ["memory", "sqlite", "redis", "amqp"].map((broker) => {
  const { broker: url } = places.find(({ name }) => name.startsWith(broker))!;
  return { name: broker, broker: url, pool: "inline" };
});

/** A registry of functions of this process. */
export const registryOf = (tasks: Readonly<Record<string, ReturnType<typeof task>>>): Registry => ({
  url: import.meta.url,
  tasks: Object.fromEntries(
    Object.entries(tasks).map(([name, one]) => [name, { source: `here#${name}`, load: async () => one }]),
  ),
});

/** What a scene's queue holds. */
export async function depthOf(scene: Scene, queue: string): Promise<QueueDepth> {
  const { transport } = await internalsOf(scene.app).connection();
  if (!canInspect(transport)) throw new Error("cannot be inspected");
  const depth = (await transport.depths()).find((one) => one.queue === queue);
  if (depth === undefined) throw new Error(`there is no queue ${queue}`);
  return depth;
}

/** The names of the tasks of a worker in the order in which they ended. */
export class Endings {
  readonly names: string[] = [];
  readonly #watchers = new Set<() => void>();

  constructor(worker: Worker) {
    worker.on("task-succeeded", ({ task }) => {
      this.names.push(task);
      for (const watcher of this.#watchers) watcher();
    });
  }

  of(name: string): number {
    return this.names.filter((one) => one === name).length;
  }

  /** Resolves when so many of a name have ended. */
  async reached(name: string, count: number, ms = 60_000): Promise<void> {
    const enough = deferred();
    const watcher = (): void => {
      if (this.of(name) >= count) enough.resolve();
    };
    this.#watchers.add(watcher);
    watcher();
    await within(`${count} ends of ${name}`, enough.promise, ms).finally(() => this.#watchers.delete(watcher));
  }
}
