import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { App, AsyncResultWith, CallOptions, UnknownExtras } from "@taskgen/core";
import type { Worker, WorkerEvents, WorkerOptions } from "@taskgen/worker";
import { expect, onTestFinished } from "vitest";
import { Scene, type Place, type Shared } from "../engine/scene.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { tempDir } from "../support/temp-dir.js";
import { within } from "../support/within.js";
// @ts-expect-error a fixture in plain JavaScript
import { apps } from "./fixtures/apps.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/registry.js";

type Call = AsyncResultWith<unknown, UnknownExtras>;
type Ending = WorkerEvents["task-revoked"];

/** Broker, results and pool, and what cannot be there. */
export interface CancelPlace extends Place {
  /** Cases that are not promised here, and why. */
  readonly blanks: Readonly<Record<string, string>>;
  /** The subjects that differ here from another place. @default all */
  readonly about?: readonly string[];
}

/** One case of cancelling. */
export type Case = (scene: CancelScene) => Promise<void>;

/** Cases by their names. */
export type Cases = Readonly<Record<string, Case>>;

/** Cases of one subject: with workers of their own, and with the worker that all cases of a place share. */
export interface Subject {
  readonly own: Cases;
  readonly shared?: Cases;
}

/** Workers on one broker, tasks that leave files, and what became of those that were revoked. */
export class CancelScene {
  readonly scene: Scene;
  /** An id that no other task has. */
  readonly id = namespace();
  readonly #shared: Worker | undefined;
  readonly #folder: string;
  readonly #revoked = new Map<string, Ending>();
  readonly #succeeded = new Set<string>();

  private constructor({ scene, worker }: Partial<Shared> & Pick<Shared, "scene">, folder: string) {
    this.scene = scene;
    this.#shared = worker;
    this.#folder = folder;
  }

  /** With workers of its own. */
  static async open(place: Place): Promise<CancelScene> {
    return CancelScene.#on({ scene: await Scene.open(place) });
  }

  /** With the worker of a suite. */
  static async share(shared: Shared): Promise<CancelScene> {
    const at = await CancelScene.#on(shared);
    for (const off of at.#watch(shared.worker)) onTestFinished(off);
    return at;
  }

  static async #on(parts: Partial<Shared> & Pick<Shared, "scene">): Promise<CancelScene> {
    // n.b. tasks of an inline worker have their apps here
    onTestFinished(() => closeApp(parts.scene.prefix));
    return new CancelScene(parts, await tempDir());
  }

  get where(): Scene["where"] {
    return this.scene.where;
  }

  newWorker(options: Partial<WorkerOptions> = {}): Worker {
    const worker = this.scene.newWorker({ registry, ...options });
    this.#watch(worker);
    return worker;
  }

  #watch(worker: Worker): (() => void)[] {
    return [
      worker.on("task-revoked", (event) => void this.#revoked.set(event.id, event)),
      worker.on("task-succeeded", ({ id }) => void this.#succeeded.add(id)),
    ];
  }

  /** A new one, unless there is one of the suite. */
  async worker(options: Partial<WorkerOptions> = {}): Promise<Worker> {
    if (this.#shared !== undefined) return this.#shared;
    const worker = this.newWorker(options);
    await within("the start of a worker", worker.start());
    return worker;
  }

  /** The files of one task. */
  path(name: string): string {
    return join(this.#folder, name);
  }

  call(task: string, args: readonly unknown[], options?: CallOptions): Promise<Call> {
    return this.scene.app.sendUnchecked(task, args, options);
  }

  /** Calls a task that begins by leaving `<name>.begun`, and waits until it has. */
  async begun(task: string, name: string, ...args: readonly unknown[]): Promise<Call> {
    const call = await this.call(task, [this.path(name), ...args]);
    await this.hasBegun(name);
    return call;
  }

  async hasBegun(name: string): Promise<void> {
    await eventually(() => this.runs(name) > 0, { what: `the start of ${name}` });
  }

  /** How often it began. */
  runs(name: string): number {
    const file = `${this.path(name)}.begun`;
    return existsSync(file) ? readFileSync(file, "utf8").length : 0;
  }

  /** With which code it noticed that it was stopped. */
  async abortOf(name: string): Promise<string> {
    const file = `${this.path(name)}.aborted`;
    // n.b. a file is there before its text
    const read = (): string | undefined => (existsSync(file) && readFileSync(file, "utf8")) || undefined;
    return eventually(read, { what: `the abort of ${name}` });
  }

  async letGo(name: string): Promise<void> {
    await writeFile(`${this.path(name)}.go`, "");
  }

  /** Revokes, and returns when the worker knows. */
  async revokeHeard(ids: readonly string[]): Promise<void> {
    await (
      await this.listener()
    )(ids);
  }

  /** A task that runs: it is revoked with the others, so when it has noticed the worker knows of all. */
  async listener(): Promise<(ids: readonly string[]) => Promise<void>> {
    const { id } = await this.begun("cooperative", "listener");
    return async (ids) => {
      await this.scene.app.revoke([...ids, id]);
      await this.revoked(id);
    };
  }

  /** How a worker ended a revoked task. */
  async revoked(id: string): Promise<Ending> {
    return eventually(() => this.#revoked.get(id), { what: `the end of the revoked task ${id}` });
  }

  /** A task that a worker discarded: it never ran. */
  async discarded(id: string): Promise<void> {
    expect(await this.revoked(id)).toMatchObject({ terminated: undefined, error: { code: "TASK_REVOKED" } });
  }

  /** So many tasks were discarded because of one that they descend from. */
  async discardedChildren(count: number, of: string): Promise<void> {
    const children = (): Ending[] => [...this.#revoked.values()].filter(({ error }) => error.message.includes(of));
    const found = await eventually(() => children().length >= count && children(), { what: "the end of the children" });
    for (const child of found) expect(child).toMatchObject({ terminated: undefined, error: { code: "TASK_REVOKED" } });
  }

  /** How the one revoked task of this name ended. */
  async revokedTask(name: string): Promise<Ending> {
    const find = (): Ending | undefined => [...this.#revoked.values()].find(({ task }) => task === name);
    return eventually(find, { what: `the end of the revoked task ${name}` });
  }

  async succeeded(id: string): Promise<void> {
    await eventually(() => this.#succeeded.has(id), { what: `the success of ${id}` });
  }

  /** The id of a task that has begun. */
  async idOf(name: string): Promise<string> {
    await this.hasBegun(name);
    return readFileSync(`${this.path(name)}.id`, "utf8");
  }

  /** The worker still does its work. */
  async works(): Promise<void> {
    expect(await this.scene.app.sendUnchecked("add", [4, 4]).get({ timeout: "60s" })).toBe(8);
  }
}

async function closeApp(prefix: string): Promise<void> {
  const all = apps as Record<string, App>;
  const app = all[prefix];
  delete all[prefix];
  await app?.close();
}

/** What the caller sees of a revoked task. */
export async function expectRevoked(call: Pick<Call, "settled" | "get">): Promise<void> {
  const settled = await call.settled({ timeout: "60s" });
  expect(settled).toMatchObject({ ok: false, state: "REVOKED", error: { code: "TASK_REVOKED", state: "REVOKED" } });
  await expect(call.get()).rejects.toMatchObject({ code: "TASK_REVOKED" });
}
