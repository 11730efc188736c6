import type { CallEntry, EndEntry, HistoryEntry, OutcomeEntry, SentEntry, StartEntry, TimedEntry } from "./entries.js";

type Timed<K extends HistoryEntry["kind"]> = Extract<HistoryEntry, { readonly kind: K }> & {
  readonly at: number;
  /** Its place in the history. */
  readonly index: number;
};

/** All entries of some kind about one id, in order. */
export class Life {
  readonly id: string;
  readonly #entries: (TimedEntry & { readonly index: number })[] = [];

  constructor(id: string) {
    this.id = id;
  }

  add(entry: TimedEntry, index: number): void {
    this.#entries.push({ ...entry, index });
  }

  of<K extends HistoryEntry["kind"]>(kind: K): readonly Timed<K>[] {
    return this.#entries.filter((entry): entry is Timed<K> => entry.kind === kind);
  }

  get call(): (CallEntry & { readonly at: number }) | undefined {
    return this.of("call")[0];
  }

  get sent(): SentEntry["how"] | undefined {
    return this.of("sent")[0]?.how;
  }

  get starts(): readonly (StartEntry & { readonly at: number; readonly index: number })[] {
    return this.of("start");
  }

  get ends(): readonly (EndEntry & { readonly at: number })[] {
    return this.of("end");
  }

  get outcomes(): readonly (OutcomeEntry & { readonly at: number })[] {
    return this.of("outcome");
  }
}

/** A history by ids and by processes. */
export interface Lives {
  readonly ids: ReadonlyMap<string, Life>;
  /** Under a process's name: what was done to it and what it did as a whole. */
  readonly processes: ReadonlyMap<string, Life>;
}

/** It died, or left. */
export const isGone = (name: string, { processes }: Lives): boolean =>
  processes
    .get(name)
    ?.of("process")
    .some(({ what }) => what === "crashed" || what === "left") === true;

export function livesOf(entries: readonly TimedEntry[]): Lives {
  const ids = new Map<string, Life>();
  const processes = new Map<string, Life>();
  const lifeIn = (lives: Map<string, Life>, key: string): Life => {
    const life = lives.get(key) ?? new Life(key);
    lives.set(key, life);
    return life;
  };
  for (const [index, entry] of entries.entries()) {
    if ("id" in entry) lifeIn(ids, entry.id).add(entry, index);
    else if ("by" in entry) lifeIn(processes, entry.by).add(entry, index);
  }
  return { ids, processes };
}
