import { TransportError } from "@taskgen/core";
import type { Codec, RunningTask, Sealer, Streaming, StreamPosition } from "@taskgen/core/internal";
import { pause } from "../pause.js";
import { untilRead } from "./until-read.js";

/** The most that is stored and not read. */
const WINDOW = { items: 1_000, bytes: 4 * 1024 * 1024 };
/** What is stored in one step. */
const CHUNK = { items: 100, bytes: 64 * 1024 };
/** Items that come within this time of a chunk wait for others. */
const GATHER_MS = 20;
const RETRY_MIN_MS = 50;
const RETRY_MAX_MS = 1_000;

/** What a writer works with. */
export interface StreamWriterOptions {
  readonly results: Streaming;
  readonly task: RunningTask;
  readonly codec: Codec;
  /** Seals items, where the app has keys. */
  readonly sealer: Sealer | undefined;
  /** How long what is stored is kept. */
  readonly ttlMs: number;
  /** How long a reader may let a full window stand. */
  readonly stallMs: number;
}

const encoder = new TextEncoder();

/** Stores what one run of a task yields, a chunk at a time, and waits for the reader where it is too far ahead. */
export class StreamWriter {
  readonly #options: StreamWriterOptions;
  #items: Uint8Array[] = [];
  #bytes = 0;
  /** The number of the last item, whatever became of it. */
  #count = 0;
  /** The number of the last one that was sent. */
  #sent = 0;
  #read = 0;
  /** Of what was sent and not read: the number of the last item and the bytes of each chunk. */
  readonly #unread: { readonly last: number; readonly bytes: number }[] = [];
  #unreadBytes = 0;
  #pushing: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #pushedAt = -Infinity;
  #failure: unknown;
  /** Somebody else has ended the stream: nothing is stored any more. */
  #isOver = false;

  constructor(options: StreamWriterOptions) {
    this.#options = options;
  }

  /** Finds out how many items earlier runs have stored. */
  async resume(): Promise<number> {
    const { written, read } = await this.#store([], false);
    this.#sent = written;
    this.#read = read;
    return written;
  }

  /** Takes an item; where there is no room, resolves when there is. @throws CodecError `NOT_SERIALIZABLE` */
  add(value: unknown): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#count === 0 && this.#options.task.streamed?.isResumed === true) this.#count = this.#sent;
    const number = ++this.#count;
    // n.b. the first item of a number counts: this one was stored by an earlier run
    if (this.#isOver || number <= this.#sent) return undefined;
    const item = this.#encode(value, number);
    this.#items.push(item);
    this.#bytes += item.length;
    if (this.#items.length >= CHUNK.items || this.#bytes >= CHUNK.bytes) return this.#makeRoom();
    this.#schedule();
    return undefined;
  }

  #encode(value: unknown, number: number): Uint8Array {
    const { codec, sealer, task } = this.#options;
    const item = encoder.encode(codec.encode(value, `item ${number}`));
    return sealer?.sealBody({ purpose: "item", id: task.id, part: number }, item) ?? item;
  }

  /** Stores what is left; `ends`: nothing follows, in this run or another. */
  async finish(ends: boolean): Promise<void> {
    this.#cancel?.();
    await this.#pushing;
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#items.length > 0 || ends) await this.#push(ends);
  }

  /** Ends its timers; what it has not stored is lost. */
  async abandon(): Promise<void> {
    this.#cancel?.();
    this.#items = [];
    await this.#pushing;
  }

  async #makeRoom(): Promise<void> {
    await this.#pushing;
    if (this.#failure !== undefined) throw this.#failure;
    this.#flush();
  }

  #schedule(): void {
    if (this.#cancel !== undefined || this.#pushing !== undefined) return;
    const wait = this.#pushedAt + GATHER_MS - performance.now();
    const flush = (): void => {
      this.#cancel = undefined;
      this.#flush();
    };
    if (wait <= 0) {
      const immediate = setImmediate(flush);
      this.#cancel = () => clearImmediate(immediate);
    } else {
      const timer = setTimeout(flush, wait);
      this.#cancel = () => clearTimeout(timer);
    }
  }

  #flush(): void {
    if (this.#pushing !== undefined || this.#items.length === 0 || this.#failure !== undefined) return;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#pushing = this.#pushAside();
  }

  /** n.b. after a failure nothing more is stored: numbers would not fit. */
  async #pushAside(): Promise<void> {
    try {
      await this.#push(false);
      this.#pushing = undefined;
      if (this.#items.length > 0) this.#schedule();
    } catch (error) {
      this.#failure = error;
      this.#pushing = undefined;
    }
  }

  async #push(ends: boolean): Promise<void> {
    const [items, bytes] = [this.#items, this.#bytes];
    [this.#items, this.#bytes] = [[], 0];
    await this.#untilRoom(items.length, bytes);
    const last = this.#sent + items.length;
    const { written, read } = await this.#store(items, ends);
    this.#pushedAt = performance.now();
    this.#isOver = written < last;
    this.#sent = last;
    this.#unread.push({ last, bytes });
    this.#unreadBytes += bytes;
    this.#note(read);
  }

  async #untilRoom(items: number, bytes: number): Promise<void> {
    const { results, task, stallMs } = this.#options;
    const isFull = (): boolean => {
      const unread = this.#sent - this.#read;
      return unread > 0 && (unread + items > WINDOW.items || this.#unreadBytes + bytes > WINDOW.bytes);
    };
    while (!this.#isOver && isFull()) {
      const { written, read } = await untilRead({ results, task, read: this.#read, stallMs });
      // n.b. nothing is stored any more: it was forgotten
      this.#note(written === 0 ? this.#sent : read);
    }
  }

  #note(read: number): void {
    this.#read = Math.max(this.#read, read);
    while (this.#unread.length > 0 && this.#unread[0]!.last <= this.#read)
      this.#unreadBytes -= this.#unread.shift()!.bytes;
  }

  /** Tries again what the store cannot take now, until the task is told to stop. */
  async #store(items: readonly Uint8Array[], ends: boolean): Promise<StreamPosition> {
    const { results, task, ttlMs } = this.#options;
    const chunk = { id: task.id, first: this.#sent + 1, items, ends, ttlMs };
    for (let delay = RETRY_MIN_MS; ; delay = Math.min(RETRY_MAX_MS, delay * 2)) {
      try {
        return await results.push(chunk);
      } catch (error) {
        if (!(error instanceof TransportError && error.retriable) || task.signal.aborted) throw error;
      }
      await pause(delay, task.signal);
    }
  }
}
