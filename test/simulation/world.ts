import { History } from "../support/history/entries.js";
import { ModelBroker } from "./model/broker.js";
import { Faults, type FaultSettings } from "./model/faults.js";
import { ModelRegisters } from "./model/registers.js";
import { ModelRooms } from "./model/rooms.js";
import { ModelStreams } from "./model/streams.js";
import { ModelStore } from "./model/store.js";
import type { Mutant } from "./mutants.js";
import type { StorePowers } from "./model/powers.js";
import { SimulatedProcess } from "./process.js";
import type { Random } from "./random.js";
import type { VirtualTime } from "./virtual-time.js";

/** What the servers of a simulation promise: those of one store, of two, and those without transactions. */
export interface Rules extends FaultSettings {
  /** Results and deliveries live in one store. */
  readonly fuses: boolean;
  readonly dedupe: boolean;
  readonly atomicRetry: boolean;
  /** Ownership ends with the connection. */
  readonly losesAtCut: boolean;
  readonly leaseMs: number;
  readonly reorders: boolean;
}

/** Something that has to come to an end before the simulation does. */
interface OpenEnd {
  readonly process: SimulatedProcess;
  /** It may never end: its worker may have died after the broker forgot it. */
  readonly isEarly: boolean;
}

/** What a world is made of. */
export interface WorldOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly rules: Rules;
  readonly mutant: Mutant | undefined;
  /** What its store can do besides keeping results; lives as long as the world. */
  readonly powers: StorePowers;
}

export type Run = { readonly id: string; readonly by: string; readonly run: number };

/** All that one simulation consists of. */
export class World {
  readonly time: VirtualTime;
  readonly history = new History(() => this.time.now);
  readonly random: Random;
  readonly rules: Rules;
  readonly faults: Faults;
  readonly store: ModelStore;
  readonly broker: ModelBroker;
  readonly rooms: ModelRooms;
  readonly streams: ModelStreams;
  readonly registers: ModelRegisters;
  readonly mutant: Mutant | undefined;
  readonly processes = new Set<SimulatedProcess>();
  /** Called when a process died; somebody may start another one. */
  onCrash: (process: SimulatedProcess) => void = () => {};
  readonly #open = new Set<OpenEnd>();
  readonly #running = new Map<number, string>();
  #ids = 0;
  #runs = 0;

  constructor({ time, random, rules, mutant, powers }: WorldOptions) {
    this.time = time;
    const { history } = this;
    this.random = random;
    this.rules = rules;
    this.mutant = mutant;
    this.faults = new Faults(random.fork(), rules);
    this.store = new ModelStore(history, mutant);
    this.registers = new ModelRegisters({ registers: powers, time, mutant });
    this.streams = new ModelStreams({ streams: powers, store: this.store, mutant });
    this.rooms = new ModelRooms({ rooms: powers, history, mutant });
    const { dedupe, fuses, reorders, latencyMs } = rules;
    const brokerRules = { dedupe, fuses, reorders, latencyMs, mutant };
    this.broker = new ModelBroker({ time, random: random.fork(), history, rules: brokerRules, store: this.store });
  }

  newId(): string {
    return `t${++this.#ids}`;
  }

  async open(name: string): Promise<SimulatedProcess> {
    const process = new SimulatedProcess(this, name);
    this.processes.add(process);
    this.history.add({ kind: "process", by: name, what: "starts" });
    await process.enter(() => process.connect());
    return process;
  }

  /** Has a stop to it; the process's death is one. */
  opens(process: SimulatedProcess, { isEarly = false } = {}): () => void {
    const end = { process, isEarly };
    this.#open.add(end);
    return () => void this.#open.delete(end);
  }

  begins(start: {
    readonly id: string;
    readonly by: string;
    readonly retries: number;
    readonly redeliveries: number;
    /** How many run together. */
    readonly together?: number;
  }): number {
    const run = ++this.#runs;
    this.#running.set(run, start.by);
    this.history.add({ kind: "start", ...start, run });
    return run;
  }

  ends(end: Run & { readonly value?: string; readonly threw?: string }): void {
    this.#running.delete(end.run);
    this.history.add({ kind: "end", ...end });
  }

  crashed(process: SimulatedProcess): void {
    this.left(process);
    this.onCrash(process);
  }

  left(process: SimulatedProcess): void {
    this.processes.delete(process);
    for (const end of this.#open) if (end.process === process) this.#open.delete(end);
    for (const [run, by] of this.#running) if (by === process.name) this.#running.delete(run);
  }

  /** Nothing waits, runs, or is waited for; but for what may never come. */
  isQuiet(): boolean {
    const { waiting, delayed, owned } = this.broker.depths;
    const held = this.rooms.held;
    if (waiting + delayed + owned + held + this.#running.size + this.faults.onTheirWay > 0) return false;
    for (const { isEarly } of this.#open) if (!isEarly) return false;
    return true;
  }

  /** Nothing is waited for. */
  isOver(): boolean {
    return this.#open.size === 0 && this.isQuiet();
  }
}
