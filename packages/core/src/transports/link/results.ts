import { ResultError } from "../../errors.js";
import type {
  PutOutcome,
  ResultBackend,
  ResultBackendCaps,
  ResultEvent,
  ResultRecord,
  SequencedEvent,
} from "../../result-backend.js";
import type { TransportEvents } from "../../transport.js";
import type { LinkClient } from "./client.js";
import { compact, type LinkOp, type Opened, type PowerOp } from "./messages.js";

/** A result backend of the main thread, as a task in a pool thread uses it. */
export class LinkResults implements ResultBackend {
  readonly caps: ResultBackendCaps;
  readonly location: string;
  /** The main thread's: what is sent there reaches its waits, and so those of its threads. */
  readonly address?: () => string;
  readonly #link: LinkClient;
  readonly #handle: number;
  #closed = false;

  constructor(link: LinkClient, { handle, caps, location, address, powers }: Opened) {
    this.#link = link;
    this.#handle = handle;
    this.caps = caps as ResultBackendCaps;
    this.location = location;
    if (address !== undefined) this.address = () => address;
    // n.b. those methods that the main thread's has, so that whoever looks for them finds these
    for (const op of powers) Object.assign(this, { [op]: (...args: unknown[]) => this.#perform(op, args) });
  }

  async start(on: TransportEvents): Promise<void> {
    on.state("up");
  }

  async put(batch: readonly ResultRecord[]): Promise<readonly PutOutcome[]> {
    return (await this.#ask("put", [batch.map(compact)])) as readonly PutOutcome[];
  }

  async get(ids: readonly string[]): Promise<readonly (ResultRecord | undefined)[]> {
    return (await this.#ask("get", [ids])) as readonly (ResultRecord | undefined)[];
  }

  async wait(id: string, signal?: AbortSignal): Promise<ResultRecord> {
    // n.b. what is aborted before it was asked must not be answered
    signal?.throwIfAborted();
    try {
      return (await this.#ask("wait", [id], signal)) as ResultRecord;
    } catch (error) {
      // the reason of an abort does not cross the link; it is known here
      throw signal?.aborted === true ? signal.reason : error;
    }
  }

  async forget(ids: readonly string[]): Promise<void> {
    await this.#ask("forget", [ids]);
  }

  async append(batch: readonly ResultEvent[]): Promise<void> {
    await this.#ask("append", [batch.map(compact)]);
  }

  async latest(ids: readonly string[]): Promise<readonly (SequencedEvent | undefined)[]> {
    return (await this.#ask("latest", [ids])) as readonly (SequencedEvent | undefined)[];
  }

  async *watch(id: string, after: number, signal: AbortSignal): AsyncGenerator<SequencedEvent> {
    const over = new AbortController();
    const onAbort = (): void => over.abort();
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    const items: SequencedEvent[] = [];
    let wake = (): void => {};
    let done = false;
    const end = this.#ask("watch", [id, after], over.signal, (item) => {
      items.push(item as SequencedEvent);
      wake();
    }).finally(() => {
      done = true;
      wake();
    });
    end.catch(() => {});
    try {
      while (!signal.aborted) {
        const next = items.shift();
        if (next !== undefined) yield next;
        else if (done) return void (await end);
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      over.abort();
    }
  }

  /** The connection itself is the main thread's, and stays. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#link.dismiss(this, this.#closedError());
  }

  async #perform(op: PowerOp, args: readonly unknown[]): Promise<unknown> {
    const signal = args.find((arg) => arg instanceof AbortSignal);
    signal?.throwIfAborted();
    try {
      return await this.#ask(op, signal === undefined ? args : args.slice(0, args.indexOf(signal)), signal);
    } catch (error) {
      throw signal?.aborted === true ? signal.reason : error;
    }
  }

  async #ask(
    op: LinkOp,
    args: readonly unknown[],
    signal?: AbortSignal,
    onItem?: (item: unknown) => void,
  ): Promise<unknown> {
    if (this.#closed) throw this.#closedError();
    return this.#link.ask({ op, handle: this.#handle, args, owner: this, ...(signal && { signal }) }, onItem);
  }

  #closedError(): ResultError {
    return new ResultError("RESULT_CLOSED", `the results at ${this.location} are closed`);
  }
}
