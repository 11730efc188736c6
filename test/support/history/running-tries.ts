import type { StartEntry, TimedEntry } from "./entries.js";

/** How long a slot is kept for a task that nobody renews, at least. */
const KEPT_MS = 55_000;

interface Try {
  readonly group: string;
  readonly run: number;
  readonly by: string;
  readonly since: number;
  isUnrenewed: boolean;
}

/**
 * Which tries run, by their ids, as a limit counts them: the last one of an id; none whose owner is taken for dead, or could not
 * say that it runs, nor one of whose message there is a copy.
 */
export class RunningTries {
  readonly #tries = new Map<string, Try>();

  /** How many of its group run now. */
  begin({ id, run, by, at }: StartEntry & { readonly at: number }, group: string): number {
    this.#tries.set(id, { group, run, by, since: at, isUnrenewed: false });
    return [...this.#tries.values()].filter((one) => one.group === group && !isOver(one, at)).length;
  }

  note(entry: TimedEntry): void {
    switch (entry.kind) {
      case "end":
        if (this.#tries.get(entry.id)?.run === entry.run) this.#tries.delete(entry.id);
        return;
      case "expired":
      case "claimed":
        return void this.#tries.delete(entry.id);
      case "process":
        return entry.what === "crashed" || entry.what === "left" ? this.#drop(entry.by) : undefined;
      case "unrenewed":
        for (const one of this.#tries.values()) if (one.by === entry.by) one.isUnrenewed = true;
        return;
      default:
    }
  }

  #drop(by: string): void {
    for (const [id, one] of this.#tries) if (one.by === by) this.#tries.delete(id);
  }
}

const isOver = ({ isUnrenewed, since }: Try, now: number): boolean => isUnrenewed && now - since > KEPT_MS;
