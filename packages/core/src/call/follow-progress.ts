import type { ResultBackend, SequencedEvent } from "../result-backend.js";

/** Whose reports, and how long. */
export interface Following {
  readonly results: ResultBackend;
  readonly id: string;
  /** Resolves when the task has ended; is not waited for any more when the signal aborts. */
  readonly ended: (signal: AbortSignal) => Promise<unknown>;
}

/** Events that are no reports. */
const OF_ENGINE: ReadonlySet<string> = new Set(["RECEIVED", "STARTED", "RETRY"]);

/** The last thing that the task reported, then what it reports, until it has ended; the newest where the reader is slow. */
export async function* followProgress({ results, id, ended }: Following): AsyncGenerator<SequencedEvent, void> {
  const newest = new Newest();
  const stop = new AbortController();
  const [known] = await results.latest([id]);
  newest.put(known);
  const watch = async (): Promise<void> => {
    for await (const event of results.watch(id, known?.seq ?? 0, stop.signal)) newest.put(event);
  };
  const toEnd = async (): Promise<void> => {
    await ended(stop.signal);
    // n.b. what was stored before the end may not have been seen yet
    newest.put((await results.latest([id]))[0]);
  };
  void Promise.race([watch(), toEnd()]).then(newest.close, newest.fail);
  try {
    for (let event = await newest.take(); event !== undefined; event = await newest.take()) yield event;
  } finally {
    stop.abort();
  }
}

/** Holds the newest report until it is taken. */
class Newest {
  #event: SequencedEvent | undefined;
  #seen = 0;
  #over: { readonly error?: unknown } | undefined;
  #wake = (): void => {};

  readonly close = (): void => this.#end({});
  readonly fail = (error: unknown): void => this.#end({ error });

  put(event: SequencedEvent | undefined): void {
    if (event === undefined || event.seq <= this.#seen || OF_ENGINE.has(event.state)) return;
    this.#event = event;
    this.#seen = event.seq;
    this.#wake();
  }

  /** The next one; `undefined` when nothing comes any more. */
  async take(): Promise<SequencedEvent | undefined> {
    if (this.#event === undefined && this.#over === undefined)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    const event = this.#event;
    this.#event = undefined;
    if (event === undefined && this.#over !== undefined && "error" in this.#over) throw this.#over.error;
    return event;
  }

  #end(over: { readonly error?: unknown }): void {
    this.#over ??= over;
    this.#wake();
  }
}
