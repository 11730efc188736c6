import { within } from "../within.js";
import { type RedisClient, type RedisValue, createClient, createSubscriber, discard, whyRefused } from "./driver.js";
import {
  ConnectionLost,
  isNoScript,
  isPassing,
  isRefusal,
  isReply,
  NotServing,
  textOf,
  wantsReconnect,
} from "./failure.js";
import type { RedisPlace } from "./place.js";
import type { Script } from "./script.js";

/** How long a server may take until a new connection can be used. */
const READY_MS = 5_000;

/** What was called on the command connection between two looks at it. */
export interface Round {
  readonly calls: number;
  /** How many of them have no answer yet. */
  readonly unanswered: number;
}

/** All sockets to a server for as long as all of them live: the end of one is the end of all. */
export class Session {
  /** Why it ended; undefined while it lives. */
  ended: string | undefined;
  readonly #place: RedisPlace;
  readonly #onEnd: (session: Session, reason: string) => void;
  readonly #clients = new Set<RedisClient>();
  readonly #known = new Set<Script>();
  readonly #ending = new AbortController();
  #command: RedisClient | undefined;
  #corked = false;
  #round = { calls: 0, unanswered: 0 };
  #flushes = 0;

  private constructor(place: RedisPlace, onEnd: (session: Session, reason: string) => void) {
    this.#place = place;
    this.#onEnd = onEnd;
  }

  /** Connects; rejects with what went wrong. When `closing` aborts, nothing is left of it. */
  static async open(
    place: RedisPlace,
    onEnd: (session: Session, reason: string) => void,
    closing: AbortSignal,
  ): Promise<Session> {
    const session = new Session(place, onEnd);
    const close = (): void => session.end("closed");
    closing.addEventListener("abort", close, { once: true });
    try {
      session.#command = await session.client();
      return session;
    } catch (error) {
      const why = isRefusal(error) ? undefined : await whyRefused(place);
      throw why !== undefined && isRefusal(why) ? why : error;
    } finally {
      closing.removeEventListener("abort", close);
    }
  }

  /** How often commands were handed to the socket; those of one tick go together. */
  get flushes(): number {
    return this.#flushes;
  }

  /** What was called since this was asked last. */
  nextRound(): Round {
    const round = this.#round;
    this.#round = { calls: 0, unanswered: 0 };
    return round;
  }

  /** One more connection, ready to be used, that keeps no process alive. */
  client(): Promise<RedisClient> {
    return this.#add(createClient(this.#place));
  }

  /** One more connection, for subscriptions. */
  subscriber(): Promise<RedisClient> {
    return this.#add(this.#command === undefined ? this.client() : createSubscriber(this.#place, this.#command));
  }

  /** Ends one connection of this session, nothing else. */
  release(client: RedisClient): void {
    this.#clients.delete(client);
    discard(client);
  }

  /** One command; all that are given in one tick travel together. */
  call(command: string, ...args: readonly RedisValue[]): Promise<unknown> {
    return this.#ask(command, args);
  }

  script(script: Script, keys: readonly string[], args: readonly RedisValue[]): Promise<unknown> {
    const given = [keys.length, ...keys, ...args];
    if (this.#known.has(script)) return this.#ask("evalsha", [script.sha, ...given], script);
    // n.b. the first time with its text: had it to be asked for, what is given in the same tick would overtake it
    this.#known.add(script);
    return this.#ask("eval", [script.text, ...given]);
  }

  /** What one of the clients is answered. Where it is not, or the server does not serve now, all of them end. */
  async answer(client: RedisClient, reply: Promise<unknown>): Promise<unknown> {
    try {
      return await this.#untilEnd(reply);
    } catch (error) {
      throw this.#failure(client, error);
    }
  }

  /**
   * Asks for a sign of life. A master that became a replica would go on to answer, and not tell what is published elsewhere.
   * @throws NotServing, ConnectionLost, or an error reply from a server that does not tell.
   */
  async probe(): Promise<void> {
    if (this.#place.cluster) return void (await this.call("ping"));
    const reply = await this.call("role");
    const role = Array.isArray(reply) ? String(reply[0]) : "master";
    if (role === "master") return;
    this.end(`the server is a ${role === "slave" ? "replica" : role}`);
    throw new NotServing(this.ended);
  }

  /** Ends all connections at once, whether or not the server still answers. */
  end(reason: string): void {
    if (this.ended !== undefined) return;
    this.ended = reason;
    for (const client of this.#clients) discard(client);
    this.#clients.clear();
    this.#ending.abort();
    this.#onEnd(this, reason);
  }

  async #add(created: Promise<RedisClient>): Promise<RedisClient> {
    const client = await created;
    if (this.ended !== undefined) {
      discard(client);
      throw new ConnectionLost(this.ended);
    }
    this.#clients.add(client);
    await this.#ready(client);
    client.stream?.unref?.();
    return client;
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

  /** `script`: what the server is asked to run by its name. */
  async #ask(command: string, args: readonly RedisValue[], script?: Script): Promise<unknown> {
    const client = this.#command;
    if (this.ended !== undefined || client === undefined) throw new ConnectionLost(this.ended ?? "not connected");
    this.#cork(client);
    const round = this.#round;
    round.calls++;
    round.unanswered++;
    try {
      return await this.#untilEnd(client.callBuffer(command, ...args));
    } catch (error) {
      if (script === undefined || !isNoScript(error)) throw this.#failure(client, error);
      return await this.#ask("eval", [script.text, ...args.slice(1)]);
    } finally {
      round.unanswered--;
    }
  }

  /** n.b. the client of a Cluster that is ended leaves some of what it sent on to other nodes without an answer. */
  #untilEnd<T>(reply: Promise<T>): Promise<T> {
    if (!this.#place.cluster) return reply;
    return within(reply, this.#ending.signal, () => new ConnectionLost(this.ended));
  }

  #failure(client: RedisClient, error: unknown): unknown {
    const isAnswer = isReply(error) || isPassing(error);
    if ((!isAnswer || wantsReconnect(error)) && this.#clients.has(client)) this.end(textOf(error));
    return isAnswer ? error : new ConnectionLost(this.ended ?? textOf(error));
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
