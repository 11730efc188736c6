import { createWorker, type Worker } from "@taskgen/worker";
import { checkHistory, type Violation } from "../support/history/check.js";
import type { History } from "../support/history/entries.js";
import type { Mutant } from "./mutants.js";
import { Random } from "./random.js";
import { expectations } from "./expectations.js";
import { registryOf } from "./features.js";
import { openPowers } from "./model/powers.js";
import { drawScenario, type Disturbance, type Scenario } from "./scenario.js";
import type { SimulatedProcess } from "./process.js";
import { installGlobals } from "./virtual-globals.js";
import { VirtualTime } from "./virtual-time.js";
import { World } from "./world.js";

/** What a simulation came to. */
export interface Simulation {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly history: History;
  readonly violations: readonly Violation[];
  readonly steps: number;
}

const SETTLING_MS = 10_000;
const STILL_MS = 1_000;
const QUIET_LIMIT_MS = 600_000;
/** A result of a task that is acknowledged early is given up after a minute. */
const EARLY_LIMIT_MS = 65_000;
const STOP_LIMIT_MS = 60_000;

/** Runs the simulation of a seed: the same seed always gives the same history. */
export async function simulate(seed: number, mutant?: Mutant): Promise<Simulation> {
  const random = new Random(seed);
  const scenario = drawScenario(random);
  const time = new VirtualTime();
  const powers = await openPowers({ time });
  const world = new World({ time, random, rules: scenario.rules, mutant, powers });
  const restore = installGlobals(time);
  try {
    await new Director(world, scenario).run();
    await powers.close(AbortSignal.timeout(0));
  } finally {
    restore();
  }
  const { history } = world;
  return {
    seed,
    scenario,
    history,
    violations: checkHistory(history.entries, expectations(scenario)),
    steps: time.steps,
  };
}

/** Starts processes, has them disturbed, and brings the simulation to its end. */
class Director {
  readonly #world: World;
  readonly #scenario: Scenario;
  readonly #workers = new Map<SimulatedProcess, Worker>();
  readonly #stopping = new Set<SimulatedProcess>();
  readonly #clients: SimulatedProcess[] = [];
  readonly #called: string[] = [];
  #names = 0;
  #isEnding = false;

  constructor(world: World, scenario: Scenario) {
    this.#world = world;
    this.#scenario = scenario;
    world.onCrash = (process) => {
      if (this.#workers.delete(process) || this.#stopping.delete(process)) this.#startLater();
    };
  }

  async run(): Promise<void> {
    const { time, faults, processes, history } = this.#world;
    const { workers, clients, calls, disturbances, calmAtMs } = this.#scenario;
    for (let i = 0; i < clients; i++) this.#clients.push(await this.#world.open(`c${i + 1}`));
    for (let i = 0; i < workers; i++) this.#soon(0, () => this.#startWorker());
    for (const call of calls) time.after(call.atMs, () => this.#call(call));
    for (const { atMs, what } of disturbances) time.after(atMs, () => this.#disturb(what));
    await time.run(() => false, calmAtMs);
    faults.cease();
    for (const process of processes) process.heal();
    history.add({ kind: "calm" });
    // n.b. what was slow before is so until it arrives
    await time.run(() => false, SETTLING_MS);
    await time.run(() => this.#world.isQuiet() && this.#isStill(), QUIET_LIMIT_MS);
    if (!this.#world.isOver()) await time.run(() => this.#world.isOver(), EARLY_LIMIT_MS);
    await this.#end();
  }

  /** n.b. what was acknowledged early may be on its way to its run. */
  #isStill(): boolean {
    const { history, time } = this.#world;
    return time.now - history.entries.at(-1)!.at > STILL_MS;
  }

  #soon(ms: number, start: () => Promise<void>): void {
    this.#world.time.after(ms, () => void start());
  }

  #startLater(): void {
    if (!this.#isEnding) this.#soon(this.#world.random.int(10, 2_000), () => this.#startWorker());
  }

  async #startWorker(): Promise<void> {
    const process = await this.#world.open(`w${++this.#names}`);
    const { concurrency, features } = this.#scenario;
    const registry = registryOf(features);
    const unknownTasks = { maxParks: 3, backoff: "200ms" } as const;
    const worker = process.enter(() =>
      createWorker({ app: process.app, registry, pool: "inline", concurrency, unknownTasks, gracePeriod: "1s" }),
    );
    this.#workers.set(process, worker);
    const over = this.#world.opens(process);
    const started = process.enter(() => worker.start()).finally(over);
    await started.then(
      () => process.isAlive && this.#world.history.add({ kind: "process", by: process.name, what: "runs" }),
      // n.b. revocations that cannot be read keep a worker from starting: whoever runs it starts another one
      () => this.#giveUp(process),
    );
  }

  async #giveUp(process: SimulatedProcess): Promise<void> {
    if (!this.#workers.delete(process)) return;
    await process.enter(() => process.leave());
    this.#startLater();
  }

  #call(call: Scenario["calls"][number]): void {
    const client = this.#pick(this.#clients);
    if (client === undefined) return;
    const taskId = this.#world.newId();
    this.#called.push(taskId);
    client.calls.make({ ...call, options: { ...call.options, taskId } });
  }

  #disturb(what: Disturbance): void {
    const worker = this.#pick([...this.#workers.keys()]);
    const client = this.#pick(this.#clients);
    switch (what.kind) {
      case "crash":
        return worker?.crash();
      case "stop":
        return worker && void this.#stop(worker).then(() => this.#startLater());
      case "cut":
        return worker?.cut(what.ms);
      case "freeze":
        return worker?.freeze(what.ms);
      case "lose-lease":
        return worker?.loseLease();
      case "cut-client":
        return client?.cut(what.ms);
      case "crash-client":
        return client?.crash();
      case "leave-client":
        return client && void client.enter(() => client.leave());
      case "revoke":
        return this.#called.length === 0 ? undefined : client?.calls.revoke(this.#world.random.pick(this.#called));
      default:
        return what satisfies never;
    }
  }

  async #stop(process: SimulatedProcess): Promise<void> {
    const worker = this.#workers.get(process);
    if (worker === undefined) return;
    this.#workers.delete(process);
    this.#stopping.add(process);
    const { history } = this.#world;
    history.add({ kind: "process", by: process.name, what: "stops" });
    const { clean } = await process.enter(() => worker.stop());
    if (!process.isAlive) return;
    this.#stopping.delete(process);
    history.add({ kind: "process", by: process.name, what: "stopped", clean });
    await process.enter(() => process.leave());
  }

  /** All workers stop in good order; then somebody new reads what was stored. */
  async #end(): Promise<void> {
    const { time, store, broker, rooms, history } = this.#world;
    this.#isEnding = true;
    const stopped = Promise.all([...this.#workers.keys()].map((process) => this.#stop(process)));
    let isOver = false;
    void stopped.then(() => (isOver = true));
    await time.run(() => isOver, STOP_LIMIT_MS);
    history.add({ kind: "rest", ...broker.depths, held: rooms.held });
    const reader = await this.#world.open("r1");
    const ids = history.entries.flatMap((entry) => (entry.kind === "call" ? [entry.id] : []));
    const known = ids.filter((id) => store.has(id));
    let unread = known.length;
    for (const id of known) void reader.enter(() => reader.calls.read(id)).finally(() => unread--);
    await time.run(() => unread === 0, STOP_LIMIT_MS);
  }

  #pick<T extends SimulatedProcess>(from: readonly T[]): T | undefined {
    const alive = from.filter((one) => one.isAlive);
    return alive.length === 0 ? undefined : this.#world.random.pick(alive);
  }
}
