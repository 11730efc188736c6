import type { PutOutcome, ResultEvent, ResultRecord, Revocation, SequencedEvent } from "@taskgen/core/internal";
import type { History } from "../../support/history/entries.js";
import type { Mutant } from "../mutants.js";

const decoder = new TextDecoder();

/** Keeps the first terminal record of each id, events, and revocations. Every method is one step that nothing divides. */
export class ModelStore {
  readonly #history: History;
  readonly #mutant: Mutant | undefined;
  readonly #records = new Map<string, ResultRecord>();
  readonly #events = new Map<string, SequencedEvent[]>();
  readonly #marks = new Map<string, Revocation>();
  readonly #watchers = new Map<string, Set<() => void>>();

  constructor(history: History, mutant: Mutant | undefined) {
    this.#history = history;
    this.#mutant = mutant;
  }

  has(id: string): boolean {
    return this.#records.has(id);
  }

  get(id: string): ResultRecord | undefined {
    return this.#records.get(id);
  }

  put(record: ResultRecord, overwrites = this.#mutant === "late-record-overwrites"): PutOutcome {
    const { id, state } = record;
    const outcome = this.#records.has(id) ? "exists" : "stored";
    this.#history.add({ kind: "record", id, state, outcome });
    if (outcome === "exists" && !overwrites) return outcome;
    this.#records.set(id, record);
    this.tell(id);
    return "stored";
  }

  append(event: ResultEvent): void {
    const { id, state, body } = event;
    const events = this.#events.get(id) ?? [];
    this.#history.add({ kind: "event", id, state, value: decoder.decode(body) });
    this.#events.set(event.id, [...events, { ...event, seq: events.length + 1 }]);
    this.tell(event.id);
  }

  events(id: string): readonly SequencedEvent[] {
    return this.#events.get(id) ?? [];
  }

  forget(id: string): void {
    this.#records.delete(id);
    this.#events.delete(id);
  }

  mark(revocation: Revocation): void {
    if (this.#mutant !== "marks-lost") this.#marks.set(revocation.id, revocation);
  }

  marks(): readonly Revocation[] {
    return [...this.#marks.values()];
  }

  /** Calls `changed` whenever there is something new of an id; returns what ends that. */
  watch(id: string, changed: () => void): () => void {
    const watchers = this.#watchers.get(id) ?? new Set();
    this.#watchers.set(id, watchers.add(changed));
    return () => void watchers.delete(changed);
  }

  /** There is something new of an id. */
  tell(id: string): void {
    for (const changed of this.#watchers.get(id) ?? []) changed();
  }
}
