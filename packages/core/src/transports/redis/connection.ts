import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { ConfigError, TransportError } from "../../errors.js";
import type { TransportEvents } from "../../transport.js";
import { ConnectionLost, isRefusal, textOf, toTransportError, wantsReconnect } from "./failure.js";
import { KeepAlive } from "./keep-alive.js";
import type { RedisPlace } from "./place.js";
import { askSettings, type ServerSettings } from "./server-settings.js";
import { Session } from "./session.js";
import { Watchdog } from "./watchdog.js";

/** Who is told when the connection comes and goes. */
export interface ConnectionMember extends TransportEvents {
  /** There is a new session; nothing of the last one is left. */
  readonly renewed: (session: Session) => void;
}

/** What is done on a session; `repeated` says that it may have been done before. */
export type Operation<T> = (session: Session, repeated: boolean) => Promise<T>;

const LONGEST_PAUSE_MS = 1_000;

/** The connection of this process to a Redis: renewed for as long as somebody uses it. */
export class Connection {
  readonly place: RedisPlace;
  readonly keepAlive = new KeepAlive();
  /** By reply address: who wants to know that calls with it are on their way. */
  readonly callers = new Map<string, (ids: readonly string[]) => void>();
  settings: ServerSettings | undefined;
  readonly #watchdog: Watchdog;
  readonly #members = new Set<ConnectionMember>();
  readonly #closing = new AbortController();
  #session: Session | undefined;
  #connected: Promise<Session> | undefined;
  #flushes = 0;

  constructor(place: RedisPlace, pingMs: number) {
    this.place = place;
    this.#watchdog = new Watchdog(pingMs);
    setMaxListeners(0, this.#closing.signal);
  }

  /** How often something was handed to the command socket. */
  get roundTrips(): number {
    return this.#flushes + (this.#session?.flushes ?? 0);
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /**
   * Waits for the first connection, however long that takes.
   * @throws ConfigError or TransportError when the server refuses.
   */
  async join(member: ConnectionMember, closing: AbortSignal): Promise<void> {
    this.#members.add(member);
    const { session } = this;
    if (session !== undefined) return this.#tellUp(member, session);
    const letGo = this.keepAlive.hold();
    try {
      await this.#until([closing], () => this.#connect());
    } catch (error) {
      this.#members.delete(member);
      throw error;
    } finally {
      letGo();
    }
  }

  leave(member: ConnectionMember): void {
    this.#members.delete(member);
  }

  /** Does something that may be repeated, until it was answered. @throws TransportError when a signal aborts, and for error replies. */
  async perform<T>(operation: Operation<T>, ends: readonly AbortSignal[]): Promise<T> {
    const letGo = this.keepAlive.hold();
    const progress = { attempts: 0 };
    try {
      return await this.#until(ends, () => this.#repeat(operation, ends, progress));
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      throw this.#outcome(error, progress.attempts);
    } finally {
      letGo();
    }
  }

  close(): void {
    this.#closing.abort();
    this.#watchdog.stop();
    this.keepAlive.close();
    this.#session?.end("closed");
  }

  async #repeat<T>(operation: Operation<T>, ends: readonly AbortSignal[], progress: { attempts: number }): Promise<T> {
    for (;;) {
      const session = await this.#connect();
      if (ends.some(({ aborted }) => aborted)) throw new ConnectionLost("too late");
      try {
        return await operation(session, progress.attempts++ > 0);
      } catch (error) {
        if (wantsReconnect(error)) session.end(textOf(error));
        if (!(error instanceof ConnectionLost)) throw error;
      }
    }
  }

  #connect(): Promise<Session> {
    return (this.#connected ??= this.#reconnect());
  }

  async #reconnect(): Promise<Session> {
    for (let attempt = 0; ; attempt++) {
      this.#closing.signal.throwIfAborted();
      try {
        const session = await Session.open(this.place, (reason) => this.#onEnd(reason));
        return await this.#begin(session);
      } catch (error) {
        this.#failed(error);
      }
      const pause = Math.min(LONGEST_PAUSE_MS, 50 * 2 ** attempt) * (0.5 + Math.random() / 2);
      await delay(pause, undefined, { signal: this.#closing.signal, ref: false });
    }
  }

  async #begin(session: Session): Promise<Session> {
    try {
      this.settings ??= await askSettings(session, this.place);
    } catch (error) {
      session.end(textOf(error));
      throw error;
    }
    if (this.#closing.signal.aborted) session.end("closed");
    if (session.ended !== undefined) throw new ConnectionLost(session.ended);
    this.#session = session;
    this.#watchdog.watch(session);
    for (const member of this.#members) this.#tellUp(member, session);
    return session;
  }

  #tellUp(member: ConnectionMember, session: Session): void {
    member.renewed(session);
    member.state("up");
  }

  /** Before it ever worked, a refusal is the user's to mend; later it is told and tried again. */
  #failed(error: unknown): void {
    const isFinal = error instanceof ConfigError || isRefusal(error);
    if (isFinal && this.settings === undefined) {
      this.#connected = undefined;
      throw error instanceof ConfigError ? error : toTransportError(error, this.place.location);
    }
    for (const member of this.#members) member.state("down", `${this.place.location}: ${textOf(error)}`);
  }

  #onEnd(reason: string): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#flushes += session.flushes;
    this.#session = undefined;
    this.#connected = undefined;
    this.#watchdog.stop();
    if (this.#closing.signal.aborted) return;
    for (const member of this.#members) member.state("down", `${this.place.location}: ${reason}`);
    this.#connect().catch(() => {}); // told as a state, or closing
  }

  async #until<T>(ends: readonly AbortSignal[], work: () => Promise<T>): Promise<T> {
    let end: (() => void) | undefined;
    const late = new Promise<never>((_, reject) => {
      end = () =>
        reject(new ConnectionLost(this.#closing.signal.aborted ? "the connection was closed" : "no answer in time"));
    });
    const signals = [...ends, this.#closing.signal];
    for (const signal of signals) {
      if (signal.aborted) end!();
      else signal.addEventListener("abort", end!, { once: true });
    }
    try {
      return await Promise.race([late, work()]);
    } finally {
      for (const signal of signals) signal.removeEventListener("abort", end!);
    }
  }

  /** Nothing happened for certain where the only answer was a refusal, or nothing was ever asked. */
  #outcome(error: unknown, attempts: number): TransportError {
    const { location } = this.place;
    if (error instanceof ConnectionLost) {
      return new TransportError("BROKER_UNAVAILABLE", `${location}: ${error.message}`, { certain: attempts === 0 });
    }
    return toTransportError(error, location, attempts > 1);
  }
}
