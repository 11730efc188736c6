import type { Entrant } from "../../limiting.js";
import type { Envelope } from "../../transport.js";
import type { Held } from "../limiting/room-store.js";

interface Entry {
  readonly key: string;
  readonly envelope: Envelope;
  /** `undefined`: it waits. */
  givenUntil: number | undefined;
}

/** The messages of a room, in order within their keys. */
export class HeldMessages {
  readonly #entries = new Map<string, Entry>();
  /** Of each key the ids, the next one last: those that came back over those that wait, which are turned round when needed. */
  readonly #lines = new Map<string, { front: string[]; back: string[] }>();
  readonly #given = new Set<string>();

  get waiting(): number {
    return this.#entries.size - this.#given.size;
  }

  get(id: string): Held | undefined {
    const entry = this.#entries.get(id);
    return entry && { key: entry.key, isGiven: entry.givenUntil !== undefined };
  }

  add({ id, key, envelope }: Entrant, place: "back" | "front"): void {
    this.#entries.set(id, { key, envelope: { ...envelope, eta: undefined }, givenUntil: undefined });
    const line = this.#lines.get(key) ?? { front: [], back: [] };
    this.#lines.set(key, line);
    line[place].push(id);
  }

  remove(id: string): void {
    this.#entries.delete(id);
    this.#given.delete(id);
  }

  first(key: string): string | undefined {
    const line = this.#lines.get(key);
    if (line === undefined) return undefined;
    for (;;) {
      if (line.front.length === 0) line.front = line.back.splice(0).toReversed();
      const id = line.front.at(-1);
      if (id === undefined) return void this.#lines.delete(key);
      const entry = this.#entries.get(id);
      if (entry?.key === key && entry.givenUntil === undefined) return id;
      line.front.pop();
    }
  }

  give(id: string, until: number): Envelope {
    const entry = this.#entries.get(id)!;
    entry.givenUntil = until;
    this.#given.add(id);
    return entry.envelope;
  }

  overdue(now: number, max: number): string[] {
    return [...this.#given].filter((id) => this.#entries.get(id)!.givenUntil! < now).slice(0, max);
  }
}
