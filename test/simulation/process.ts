import { createApp, type App } from "@taskgen/core";
import { defaultAmbient, internalsOf } from "@taskgen/core/internal";
import { Caller } from "./caller.js";
import type { Owner } from "./event-queue.js";
import { ModelBackend } from "./model/backend.js";
import { Link } from "./model/link.js";
import { ModelTransport } from "./model/transport.js";
import { currentOwner } from "./virtual-time.js";
import type { World } from "./world.js";

const CLOSE_MS = 1_000;

/** One simulated process: an app on a connection of its own. Its timers and requests end with it. */
export class SimulatedProcess implements Owner {
  readonly world: World;
  readonly name: string;
  readonly app: App;
  readonly transport: ModelTransport;
  readonly results: ModelBackend;
  readonly calls: Caller;
  readonly #links: readonly Link[];
  isAlive = true;
  frozenUntil = 0;
  /** Counts what may have ended its lease. */
  #absences = 0;

  constructor(world: World, name: string) {
    this.world = world;
    this.name = name;
    this.app = createApp({ onError: () => {}, onPublishError: () => {} });
    const { rules, time, faults } = world;
    const link = new Link({ time, faults, owner: this });
    // n.b. two servers can be cut off apart
    const second = rules.fuses ? link : new Link({ time, faults, owner: this });
    this.#links = [...new Set([link, second])];
    this.results = this.#createResults(second);
    this.transport = this.#createTransport(link);
    this.calls = new Caller(this);
  }

  /** Runs code as part of this process. */
  enter<T>(run: () => T): T {
    return currentOwner.run(this, run);
  }

  /** Connects its app to the model. */
  async connect(): Promise<void> {
    const { state, replace } = internalsOf(this.app);
    await this.results.start(state.events("backend", () => {}));
    await this.transport.start(state.events("broker", () => {}));
    const { time, random } = this.world;
    const own = random.fork();
    const ambient = {
      ...defaultAmbient,
      ...{ now: () => time.now, random: own.next, createId: () => this.world.newId() },
    };
    replace({ connection: Promise.resolve(this), ambient });
    if (this.world.mutant === "lease-not-renewed") this.#letLeaseRunOut();
  }

  /** n.b. what ends after its process has ended, ends nowhere. */
  ends(end: { readonly id: string; readonly run: number; readonly value?: string; readonly threw?: string }): void {
    if (this.isAlive) this.world.ends({ ...end, by: this.name });
  }

  /** Ends without a word. */
  crash(): void {
    if (!this.isAlive) return;
    this.world.history.add({ kind: "process", by: this.name, what: "crashed" });
    this.isAlive = false;
    this.world.crashed(this);
    this.transport.suspend();
    this.#expireAfterLease();
  }

  /** Ends in good order: its connections close. */
  async leave(): Promise<void> {
    if (!this.isAlive) return;
    await this.app.close();
    await this.results.close(AbortSignal.timeout(CLOSE_MS));
    await this.transport.close(AbortSignal.timeout(CLOSE_MS));
    this.world.history.add({ kind: "process", by: this.name, what: "left" });
    this.isAlive = false;
    this.world.left(this);
    this.#expireAfterLease();
  }

  /** Cuts it off from one of its servers for a while. */
  cut(ms: number): void {
    const link = this.world.random.pick(this.#links);
    this.world.history.add({ kind: "fault", by: this.name, what: `cut off for ${ms} ms` });
    link.cut();
    if (link === this.#links[0]) this.#absent(ms);
    this.world.time.after(ms, () => this.#mend(link));
  }

  /** Stands still for a while: nothing of it happens, and its lease may run out. */
  freeze(ms: number): void {
    const { time, history } = this.world;
    history.add({ kind: "fault", by: this.name, what: `frozen for ${ms} ms` });
    this.frozenUntil = Math.max(this.frozenUntil, time.now + ms);
    this.#absent(ms);
  }

  /** Its lease runs out although it lives. */
  loseLease(): void {
    this.world.history.add({ kind: "fault", by: this.name, what: "its lease is lost" });
    this.transport.expire();
  }

  heal(): void {
    this.frozenUntil = 0;
    this.#absences++;
    for (const link of this.#links) this.#mend(link);
  }

  #mend(link: Link): void {
    if (!this.isAlive || link.isUp) return;
    link.mend();
    if (link === this.#links[0]) {
      this.#absences++;
      this.transport.resume();
    }
  }

  /** n.b. one that is back before its lease is over keeps what it owns. */
  #absent(ms: number): void {
    const { rules, random, time } = this.world;
    if (!this.#links[0]!.isUp) this.transport.suspend();
    const absence = ++this.#absences;
    const leaseMs = rules.leaseMs - random.int(0, rules.leaseMs / 6);
    if (ms < leaseMs && !rules.losesAtCut) return;
    time.after(rules.losesAtCut ? 1 : leaseMs, () => {
      if (rules.losesAtCut || this.#absences === absence) this.transport.expire();
    });
  }

  #letLeaseRunOut(): void {
    const { rules, time } = this.world;
    time.after(rules.leaseMs, () => (this.transport.expire(), this.#letLeaseRunOut()), this);
  }

  #expireAfterLease(): void {
    const { rules, time } = this.world;
    time.after(rules.losesAtCut ? 1 : rules.leaseMs, () => this.transport.expire());
  }

  #createResults(link: Link): ModelBackend {
    const { store, rooms, registers, streams, mutant, history } = this.world;
    return new ModelBackend({
      ...{ store, rooms, registers, streams, link, mutant },
      unappended: (ids) => ids.forEach((id) => history.add({ kind: "unappended", id, by: this.name })),
      unswapped: (keys) => this.#unswapped(keys),
      unrenewed: () => history.add({ kind: "unrenewed", by: this.name }),
      looked: (ids, has) => {
        for (const id of ids) {
          const found = has === undefined ? "failed" : has(id) ? "record" : "nothing";
          history.add({ kind: "looked", id, by: this.name, found });
        }
      },
    });
  }

  #unswapped(keys: readonly string[]): void {
    for (const key of keys) {
      const id = /^(?:message|once):([^:]+)/.exec(key)?.[1];
      if (id !== undefined) this.world.history.add({ kind: "unswapped", id, by: this.name });
    }
  }

  #createTransport(link: Link): ModelTransport {
    const { broker, faults, time, rules, mutant } = this.world;
    const { dedupe, atomicRetry } = rules;
    const fusesWith = rules.fuses ? this.results : undefined;
    return new ModelTransport({ name: this.name, broker, link, faults, time, fusesWith, dedupe, atomicRetry, mutant });
  }
}
