import type { StreamChunk, StreamPage, StreamPosition, StreamPull } from "../../streaming.js";
import { keepAlive } from "../keep-alive.js";
import { WakeUp } from "../wake-up.js";
import { inChunks } from "./chunks.js";
import type { Hub } from "./hub.js";
import { lifetime } from "./record-format.js";
import { position, pull, push } from "./stream-scripts.js";
import type { Subscriber } from "./subscriber.js";

/** How long a server that does not answer is waited for. */
const LIMIT_MS = 30_000;

type Numbers = readonly [written: Buffer | null, read: Buffer | null];

/** Looks whether what is waited for is there. */
type Look<T> = () => Promise<T | undefined>;

/** What tasks yield, on its way to their readers. */
export class Streams {
  readonly #hub: Hub;
  readonly #subscriber: Subscriber;

  constructor(hub: Hub, subscriber: Subscriber) {
    this.#hub = hub;
    this.#subscriber = subscriber;
  }

  async push({ id, first, items, ends, ttlMs }: StreamChunk): Promise<StreamPosition> {
    this.#hub.open();
    const { stream, streamReader } = this.#hub.keys.stream(id);
    const chunks = items.length === 0 ? [[]] : inChunks(items, (item) => item.length);
    let stored = NOTHING;
    let next = first;
    for (const [i, chunk] of chunks.entries()) {
      const head = [streamReader, next, ends && i === chunks.length - 1 ? 1 : 0, lifetime(ttlMs)];
      const args = [...head, ...chunk.map((item) => Buffer.from(item.buffer, item.byteOffset, item.length))];
      const numbers = this.#hub.perform(
        (session) => session.script(push, [stream], args),
        AbortSignal.timeout(LIMIT_MS),
      );
      stored = toPosition((await numbers) as Numbers);
      next += chunk.length;
    }
    return stored;
  }

  async drained(id: string, read: number, signal: AbortSignal): Promise<StreamPosition> {
    const { stream, streamWriter } = this.#hub.keys.stream(id);
    return this.#until(streamWriter, signal, async () => {
      const numbers = await this.#hub.perform((session) => session.script(position, [stream], []), signal);
      const known = toPosition(numbers as Numbers);
      return known.written === 0 || known.read > read ? known : undefined;
    });
  }

  async pull({ id, after, maxItems, maxBytes }: StreamPull, signal: AbortSignal): Promise<StreamPage> {
    const { stream, streamReader, streamWriter } = this.#hub.keys.stream(id);
    const args = [streamWriter, after, maxItems, maxBytes];
    return this.#until(streamReader, signal, async () => {
      const reply = await this.#hub.perform((session) => session.script(pull, [stream], args), signal);
      return reply === null ? undefined : toPage(reply as readonly Buffer[]);
    });
  }

  async forget(ids: readonly string[]): Promise<void> {
    const remove = async (id: string): Promise<void> => {
      const { stream, streamWriter } = this.#hub.keys.stream(id);
      await this.#hub.perform(async (session) => {
        await session.call("unlink", stream);
        await session.call("publish", streamWriter, "");
      }, AbortSignal.timeout(LIMIT_MS));
    };
    await Promise.all(ids.map(remove));
  }

  /** What `look` finds, now or after a message on the channel, or after a time in which one may have been missed. */
  async #until<T>(channel: string, signal: AbortSignal, look: Look<T>): Promise<T> {
    signal.throwIfAborted();
    try {
      return (await look()) ?? (await this.#wait(channel, signal, look));
    } catch (error) {
      signal.throwIfAborted();
      this.#hub.open();
      throw error;
    }
  }

  async #wait<T>(channel: string, signal: AbortSignal, look: Look<T>): Promise<T> {
    const wakeUp = new WakeUp([signal, this.#hub.closing]);
    const listener = { message: wakeUp.ring, resumed: wakeUp.ring };
    const letGo = keepAlive();
    try {
      // n.b. a subscription may wait for a connection, so it rings rather than being waited for
      let refusal: unknown;
      this.#subscriber.listen(channel, listener).then(wakeUp.ring, (error: unknown) => {
        refusal = error;
        wakeUp.ring();
      });
      for (;;) {
        await wakeUp.rung();
        if (refusal !== undefined) throw refusal;
        const found = await look();
        if (found !== undefined) return found;
      }
    } finally {
      letGo();
      wakeUp.dispose();
      this.#subscriber.unlisten(channel, listener);
    }
  }
}

const NOTHING: StreamPosition = { written: 0, read: 0 };

const toPosition = ([written, read]: Numbers): StreamPosition =>
  written === null ? NOTHING : { written: Number(written), read: Number(read) };

/** Where there is nothing to read yet, none. */
function toPage([first, ended, ...items]: readonly Buffer[]): StreamPage | undefined {
  const hasEnded = ended!.length > 0;
  return items.length === 0 && !hasEnded ? undefined : { first: Number(first), items, ended: hasEnded };
}
