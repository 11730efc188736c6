import type { Ambient } from "@taskgen/core";

interface Waiting<T> {
  readonly item: T;
  readonly at: number;
}

/** Things that wait for their time, with one alarm for all of them. */
export class StartTimes<T> {
  readonly #ambient: Pick<Ambient, "now" | "setAlarm">;
  readonly #onDue: (items: readonly T[]) => void;
  /** The next one last. */
  #waiting: Waiting<T>[] = [];
  #stop: (() => void) | undefined;

  constructor(ambient: Pick<Ambient, "now" | "setAlarm">, onDue: (items: readonly T[]) => void) {
    this.#ambient = ambient;
    this.#onDue = onDue;
  }

  add(item: T, at: number): void {
    const index = this.#waiting.findLastIndex((one) => one.at > at);
    this.#waiting.splice(index + 1, 0, { item, at });
    this.#setAlarm();
  }

  remove(item: T): void {
    this.#waiting = this.#waiting.filter((one) => one.item !== item);
    this.#setAlarm();
  }

  #setAlarm(): void {
    this.#stop?.();
    const next = this.#waiting.at(-1);
    this.#stop = next && this.#ambient.setAlarm(() => this.#ring(), Math.ceil(next.at - this.#ambient.now()));
  }

  #ring(): void {
    const now = this.#ambient.now();
    const due: T[] = [];
    // n.b. an alarm may come a moment too early
    while (this.#waiting.length > 0 && this.#waiting.at(-1)!.at <= now) due.push(this.#waiting.pop()!.item);
    this.#setAlarm();
    if (due.length > 0) this.#onDue(due);
  }
}
