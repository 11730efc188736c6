import { type RedisClient, type RedisValue, createClient } from "./driver.js";
import { ConnectionLost, isNoScript, isReply, textOf } from "./failure.js";
import type { RedisPlace } from "./place.js";
import type { Script } from "./script.js";

/** How long a server may take until a new connection can be used. */
const READY_MS = 5_000;

/** All sockets to a server for as long as all of them live: the end of one is the end of all. */
export class Session {
  /** Why it ended; undefined while it lives. */
  ended: string | undefined;
  readonly #place: RedisPlace;
  readonly #onEnd: (reason: string) => void;
  readonly #clients = new Set<RedisClient>();
  readonly #known = new Set<Script>();
  #command: RedisClient | undefined;
  #corked = false;
  #answers = 0;
  #flushes = 0;

  private constructor(place: RedisPlace, onEnd: (reason: string) => void) {
    this.#place = place;
    this.#onEnd = onEnd;
  }

  /** Connects; rejects with what went wrong. */
  static async open(place: RedisPlace, onEnd: (reason: string) => void): Promise<Session> {
    const session = new Session(place, onEnd);
    session.#command = await session.client();
    return session;
  }

  /** Answers that came on the command connection: a sign of life. */
  get answers(): number {
    return this.#answers;
  }

  /** How often commands were handed to the socket; those of one tick go together. */
  get flushes(): number {
    return this.#flushes;
  }

  /** One more connection, ready to be used, that keeps no process alive. */
  async client(): Promise<RedisClient> {
    const client = await createClient(this.#place);
    if (this.ended !== undefined) {
      discard(client);
      throw new ConnectionLost(this.ended);
    }
    this.#clients.add(client);
    await this.#ready(client);
    client.stream?.unref?.();
    return client;
  }

  /** Ends one connection of this session, nothing else. */
  release(client: RedisClient): void {
    this.#clients.delete(client);
    discard(client);
  }

  /** One command; all that are given in one tick travel together. */
  async call(command: string, ...args: readonly RedisValue[]): Promise<unknown> {
    if (this.ended !== undefined || this.#command === undefined)
      throw new ConnectionLost(this.ended ?? "not connected");
    this.#cork(this.#command);
    return this.#answer(this.#command.callBuffer(command, ...args));
  }

  async script(script: Script, keys: readonly string[], args: readonly RedisValue[]): Promise<unknown> {
    // n.b. the first time with its text: had it to be asked for, what is given in the same tick would overtake it
    const isKnown = this.#known.has(script);
    this.#known.add(script);
    if (!isKnown) return this.call("eval", script.text, keys.length, ...keys, ...args);
    try {
      return await this.call("evalsha", script.sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!isNoScript(error)) throw error;
      return await this.call("eval", script.text, keys.length, ...keys, ...args);
    }
  }

  /** Ends all connections at once, whether or not the server still answers. */
  end(reason: string): void {
    if (this.ended !== undefined) return;
    this.ended = reason;
    for (const client of this.#clients) discard(client);
    this.#clients.clear();
    this.#onEnd(reason);
  }

  async #answer(reply: Promise<unknown>): Promise<unknown> {
    try {
      const value = await reply;
      this.#answers++;
      return value;
    } catch (error) {
      if (!isReply(error)) throw new ConnectionLost(this.ended ?? textOf(error));
      this.#answers++;
      throw error;
    }
  }

  #ready(client: RedisClient): Promise<void> {
    return new Promise((resolve, reject) => {
      let last: unknown = new ConnectionLost(`no answer within ${READY_MS} ms`);
      const fail = (): void => {
        clearTimeout(timer);
        reject(this.ended === undefined ? last : new ConnectionLost(this.ended));
        if (!this.#clients.has(client)) return;
        this.release(client);
        this.end(textOf(last));
      };
      const timer = setTimeout(fail, READY_MS);
      client.on("error", (error) => void (last = error));
      client.on("end", fail);
      client.on("ready", () => {
        clearTimeout(timer);
        last = new ConnectionLost("the connection ended");
        resolve();
      });
    });
  }

  #cork({ stream }: RedisClient): void {
    if (this.#corked) return;
    this.#corked = true;
    this.#flushes++;
    stream?.cork();
    process.nextTick(() => {
      this.#corked = false;
      stream?.uncork();
    });
  }
}

/** n.b. `disconnect` alone waits two seconds for a server that does not answer, and for one that is gone already. */
function discard(client: RedisClient): void {
  if (client.status !== "end") client.disconnect();
  client.stream?.destroy();
}
