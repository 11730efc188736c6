import type { RedisClient } from "./driver.js";
import { ConnectionLost, isPassing, isReply, toTransportError } from "./failure.js";
import type { Session } from "./session.js";

/** Who listens to a channel. */
export interface ChannelListener {
  readonly message: (bytes: Buffer) => void;
  /** The channel was without a connection: something may have been missed. */
  readonly resumed?: (() => void) | undefined;
}

interface Channel {
  readonly listeners: Set<ChannelListener>;
  /** Settles when the server has confirmed. */
  ready: Promise<unknown>;
  /** The session that confirmed it. */
  live?: Session;
}

/** How often a quiet subscription is asked for a sign of life. */
const PING_MS = 10_000;

/** Published messages, on a connection of its own that is made when the first one is listened to. */
export class Subscriber {
  readonly #location: string;
  readonly #channels = new Map<string, Channel>();
  #session: Session | undefined;
  #client: Promise<RedisClient> | undefined;
  #pings: NodeJS.Timeout | undefined;
  #answered = true;
  #closed = false;

  /** `location`: where it leads, for messages. */
  constructor(location: string) {
    this.#location = location;
  }

  /**
   * Resolves when messages arrive from now on; without a session at once, and again when there is one.
   * @throws TransportError when the server refuses.
   */
  async listen(name: string, listener: ChannelListener): Promise<void> {
    const known = this.#channels.get(name);
    const channel: Channel = known ?? { listeners: new Set(), ready: Promise.resolve() };
    channel.listeners.add(listener);
    if (known === undefined) {
      this.#channels.set(name, channel);
      channel.ready = this.#subscribe([name]);
    }
    try {
      await channel.ready;
    } catch (error) {
      this.unlisten(name, listener);
      throw error;
    }
  }

  /** Whether nothing that is published there can be missed unnoticed. */
  isLive(name: string): boolean {
    return (
      this.#session !== undefined &&
      this.#session.ended === undefined &&
      this.#channels.get(name)?.live === this.#session
    );
  }

  unlisten(name: string, listener: ChannelListener): void {
    const channel = this.#channels.get(name);
    if (channel?.listeners.delete(listener) !== true || channel.listeners.size > 0) return;
    this.#channels.delete(name);
    this.#client?.then((client) => client.unsubscribe(name)).catch(() => {}); // gone with its connection
  }

  /** Goes on with another session. */
  async renew(session: Session): Promise<void> {
    if (this.#session === session) return;
    this.#session = session;
    this.#client = undefined;
    clearInterval(this.#pings);
    this.#pings = undefined;
    const names = [...this.#channels.keys()];
    if (names.length === 0) return;
    const ready = this.#subscribe(names);
    for (const name of names) this.#channels.get(name)!.ready = ready;
    await ready;
    for (const name of names) for (const { resumed } of this.#channels.get(name)?.listeners ?? []) resumed?.();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#pings);
    this.#channels.clear();
    const session = this.#session;
    this.#client?.then((client) => session?.release(client)).catch(() => {}); // gone with its session
  }

  /** A connection that is lost meanwhile is no failure: the next session subscribes again. */
  async #subscribe(names: readonly string[]): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    try {
      const client = await (this.#client ??= this.#open(session));
      await session.answer(client, client.subscribe(...names));
      for (const name of names) {
        const channel = this.#channels.get(name);
        if (channel !== undefined) channel.live = session;
      }
    } catch (error) {
      if (isReply(error) && !isPassing(error)) throw toTransportError(error, this.#location);
      if (!this.#closed) session.end("a subscription failed");
    }
  }

  async #open(session: Session): Promise<RedisClient> {
    const client = await session.subscriber();
    if (this.#closed) {
      session.release(client);
      throw new ConnectionLost("closed");
    }
    client.on("messageBuffer", (channel, message) => {
      this.#answered = true;
      for (const listener of [...(this.#channels.get(channel.toString())?.listeners ?? [])]) listener.message(message);
    });
    this.#answered = true;
    if (this.#session === session) this.#pings = setInterval(() => this.#ping(session, client), PING_MS).unref();
    return client;
  }

  #ping(session: Session, client: RedisClient): void {
    if (session.ended !== undefined) return clearInterval(this.#pings);
    // n.b. where this thread was blocked, the answer may be there already: it is read before an immediate
    setImmediate(() => {
      if (!this.#answered) return session.end("a subscription is silent");
      this.#answered = false;
      client.ping().then(
        () => (this.#answered = true),
        () => {},
      );
    }).unref();
  }
}
