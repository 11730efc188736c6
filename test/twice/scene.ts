import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createApp, type App, type AppOptions, type Stub, type StubOptions } from "@taskgen/core";
import { canInspect, internalsOf, stub } from "@taskgen/core/internal";
import { onTestFinished } from "vitest";
import { brokerUrl } from "../support/brokers.js";
import { spawnChild, type Child } from "../support/child.js";
import { eventually } from "../support/eventually.js";
import { namespace } from "../support/namespace.js";
import { tempDir } from "../support/temp-dir.js";

/** A broker and the backend where registers are. */
export interface Place {
  readonly name: string;
  readonly broker: "sqlite" | "redis" | "amqp";
  readonly backend: "sqlite" | "redis";
}

/** All on which nothing may run twice although processes die. */
export const places: readonly Place[] = [
  { name: "sqlite", broker: "sqlite", backend: "sqlite" },
  { name: "redis", broker: "redis", backend: "redis" },
  { name: "amqp with redis", broker: "amqp", backend: "redis" },
];

interface Entry {
  readonly what: string;
  readonly id: string;
  readonly pid: number;
}

/** How a caller is started. */
export interface CallerOptions {
  readonly options: StubOptions;
  readonly count?: number;
  readonly dies?: "before" | "after";
}

/** Workers and callers in processes of their own, and a log of what ran. */
export class Scene {
  readonly app: App;
  readonly where: AppOptions;
  readonly log: string;

  constructor(where: AppOptions, log: string) {
    this.where = where;
    this.log = log;
    this.app = createApp(where);
    onTestFinished(() => this.app.close());
  }

  /** `broker` instead of the place's own: one that leads there. */
  static async open(
    { broker, backend }: Place,
    urls: Partial<Record<"broker" | "backend", string>> = {},
  ): Promise<Scene> {
    const folder = await tempDir();
    const urlOf = (scheme: Place["broker"]): string =>
      scheme === "sqlite" ? `sqlite:${folder}/tasks.db` : brokerUrl(scheme);
    const where = {
      broker: urls.broker ?? urlOf(broker),
      backend: urls.backend ?? urlOf(backend),
      prefix: namespace("p"),
    };
    return new Scene(where, `${folder}/log.jsonl`);
  }

  stub(task: "hold" | "pay" | "slow", options: StubOptions = {}): Stub<[log: string], string> {
    return stub(this.app, task, options);
  }

  /** A worker process that consumes. `where`: its app's options, when they differ. */
  async worker(where: AppOptions = this.where): Promise<Child> {
    const child = spawnChild(new URL("fixtures/worker.ts", import.meta.url), { env: { APP: JSON.stringify(where) } });
    await child.line("the start of a worker", (line) => (line as { ready?: number }).ready);
    return child;
  }

  /** A process that calls when a line is written to it. */
  async caller({ options, count = 1, dies }: CallerOptions): Promise<Child> {
    const order = { app: this.where, log: this.log, options, count, ...(dies !== undefined && { dies }) };
    const env = { CALLER: JSON.stringify(order) };
    const child = spawnChild(new URL("fixtures/caller.ts", import.meta.url), { env });
    await child.line("the start of a caller", (line) => (line as { ready?: true }).ready);
    return child;
  }

  /** What has happened so far. */
  entries(what: string): readonly Entry[] {
    if (!existsSync(this.log)) return [];
    const lines = readFileSync(this.log, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Entry).filter((entry) => entry.what === what);
  }

  /** Resolves when something has happened `count` times. */
  async happened(what: string, count = 1): Promise<readonly Entry[]> {
    return eventually(() => (this.entries(what).length >= count ? this.entries(what) : undefined), {
      what: `${count} x ${what}`,
    });
  }

  /** Tasks that wait may end. */
  openGate(): void {
    writeFileSync(`${this.log}.gate`, "");
  }

  /** Resolves when nothing waits in the broker and no worker has anything. */
  async quiet(): Promise<void> {
    const { transport } = await internalsOf(this.app).connection();
    if (!canInspect(transport)) throw new Error("it cannot be inspected");
    const isQuiet = async (): Promise<boolean> =>
      (await transport.depths()).every(({ waiting, delayed, owned }) => waiting + delayed + owned === 0);
    await eventually(isQuiet, { what: "a quiet broker", every: 50 });
  }
}
