import type { Admission, Entrant, Envelope, HeldSlot, Limiting, LimitRules, Turns } from "@taskgen/core/internal";
import type { History } from "../../support/history/entries.js";
import type { Mutant } from "../mutants.js";

/** What rooms live in. */
export interface RoomsHost {
  /** Those of the broker in memory. */
  readonly rooms: Limiting;
  readonly history: History;
  readonly mutant: Mutant | undefined;
}

/** The waiting rooms of the model store. Every method is one step that nothing divides. */
export class ModelRooms {
  readonly #host: RoomsHost;
  /** Messages that wait, or whose turn is not known to be sent. */
  readonly #held = new Map<string, "waits" | "given">();
  #lastTurns: readonly Envelope[] = [];

  constructor(host: RoomsHost) {
    this.#host = host;
  }

  get held(): number {
    return this.#held.size;
  }

  async admit(room: string, rules: LimitRules, batch: readonly Entrant[]): Promise<readonly Admission[]> {
    const { rooms } = this.#host;
    const admissions = await rooms.admit(room, this.#loosened(rules), batch);
    admissions.forEach((admission, i) => {
      const { id } = batch[i]!;
      if (admission !== "held") this.#held.delete(id);
      else if (this.#host.mutant === "held-message-dropped") return;
      else this.#hold(id, room);
    });
    return admissions;
  }

  async turns(room: string, rules: LimitRules, max: number): Promise<Turns> {
    const { rooms, history, mutant } = this.#host;
    const turns = await rooms.turns(room, this.#loosened(rules), max);
    for (const { id } of turns.envelopes) {
      history.add({ kind: "turn", id });
      this.#held.set(id, "given");
    }
    if (mutant === "held-message-dropped") return { ...turns, envelopes: [] };
    if (mutant !== "turn-given-twice") return turns;
    const envelopes = [...this.#lastTurns, ...turns.envelopes];
    this.#lastTurns = turns.envelopes;
    return { ...turns, envelopes };
  }

  async sent(room: string, ids: readonly string[]): Promise<void> {
    // n.b. one may wait again
    for (const id of ids) if (this.#held.get(id) === "given") this.#held.delete(id);
    await this.#host.rooms.sent(room, ids);
  }

  async leave(room: string, batch: readonly HeldSlot[]): Promise<boolean> {
    return this.#host.rooms.leave(room, this.#host.mutant === "slot-never-left" ? [] : batch);
  }

  async renew(room: string, batch: readonly HeldSlot[]): Promise<void> {
    if (this.#host.mutant !== "slot-not-renewed") await this.#host.rooms.renew(room, batch);
  }

  rooms(): Promise<readonly string[]> {
    return this.#host.rooms.rooms();
  }

  #hold(id: string, room: string): void {
    if (this.#held.get(id) !== "waits") this.#host.history.add({ kind: "held", id, room });
    this.#held.set(id, "waits");
  }

  #loosened(rules: LimitRules): LimitRules {
    const { mutant } = this.#host;
    if (mutant === "slot-given-twice" && rules.concurrency !== undefined)
      return { ...rules, concurrency: rules.concurrency + 1 };
    if (mutant === "pace-too-fast")
      return { ...rules, everyMs: half(rules.everyMs), keyEveryMs: half(rules.keyEveryMs) };
    return rules;
  }
}

const half = (ms: number | undefined): number | undefined => ms && ms / 2;
