interface Waiting<I, O> {
  readonly batch: readonly I[];
  readonly resolve: (outcomes: readonly O[]) => void;
  readonly reject: (reason: unknown) => void;
}

/** What a `Gather` does with what it has. */
export interface GatherOptions<I, O> {
  /** Outcomes are in the order of the items. */
  readonly run: (chunk: readonly I[]) => Promise<readonly O[]>;
  readonly bytesOf: (item: I) => number;
  /** One run follows the other, in the order in which batches were given; meanwhile the next one grows. @default false */
  readonly isOrdered?: boolean;
}

/** How much one run takes at most; a single item may be larger. */
const MAX_ITEMS = 2_000;
const MAX_BYTES = 8 * 1024 * 1024;

/** Batches that are given in one tick become one, as far as they fit. */
export class Gather<I, O> {
  readonly #options: GatherOptions<I, O>;
  #waiting: Waiting<I, O>[] = [];
  #isBusy = false;

  constructor(options: GatherOptions<I, O>) {
    this.#options = options;
  }

  add(batch: readonly I[]): Promise<readonly O[]> {
    if (batch.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const isFirst = this.#waiting.push({ batch, resolve, reject }) === 1;
      if (isFirst && !this.#isBusy) queueMicrotask(() => void this.#flush());
    });
  }

  async #flush(): Promise<void> {
    if (this.#options.isOrdered !== true) return this.#settle(this.#waiting.splice(0));
    this.#isBusy = true;
    while (this.#waiting.length > 0) await this.#settle(this.#waiting.splice(0));
    this.#isBusy = false;
  }

  async #settle(waiting: readonly Waiting<I, O>[]): Promise<void> {
    const chunks = inChunks(
      waiting.flatMap(({ batch }) => batch),
      this.#options.bytesOf,
    );
    try {
      const outcomes = await this.#run(chunks);
      let at = 0;
      for (const { batch, resolve } of waiting) resolve(outcomes.slice(at, (at += batch.length)));
    } catch (error) {
      // n.b. one chunk is done as a whole or not at all: what one caller gave is not to harm the others
      const isOnesFault = chunks.length === 1 && waiting.length > 1 && isRefusal(error);
      if (isOnesFault) for (const one of waiting) await this.#settle([one]);
      else for (const { reject } of waiting) reject(error);
    }
  }

  async #run(chunks: readonly (readonly I[])[]): Promise<O[]> {
    const { run, isOrdered } = this.#options;
    if (isOrdered !== true) return (await Promise.all(chunks.map(run))).flat();
    const outcomes: O[] = [];
    for (const chunk of chunks) for (const outcome of await run(chunk)) outcomes.push(outcome);
    return outcomes;
  }
}

const isRefusal = (error: unknown): boolean => (error as { retriable?: boolean }).retriable === false;

/** The items in parts of bounded size. */
export function inChunks<I>(items: readonly I[], bytesOf: (item: I) => number = () => 0): I[][] {
  const chunks: I[][] = [];
  let bytes = 0;
  for (const item of items) {
    const last = chunks.at(-1);
    bytes += bytesOf(item);
    if (last !== undefined && last.length < MAX_ITEMS && bytes <= MAX_BYTES) last.push(item);
    else {
      chunks.push([item]);
      bytes = bytesOf(item);
    }
  }
  return chunks;
}
