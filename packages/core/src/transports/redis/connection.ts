import { setMaxListeners } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { ConfigError } from "../../errors.js";
import type { TransportEvents } from "../../transport.js";
import { keepAlive } from "../keep-alive.js";
import { withinAll } from "../within.js";
import { ConnectionLost, isRefusal, isReply, NotServing, textOf, toTransportError } from "./failure.js";
import { type Operation, outcomeOf, pauseAfter, type Progress, wasRefused } from "./operation.js";
import type { RedisPlace } from "./place.js";
import { askSettings, type ServerSettings } from "./server-settings.js";
import { Session } from "./session.js";
import { Watchdog } from "./watchdog.js";

/** Who is told when the connection comes and goes. */
export interface ConnectionMember extends TransportEvents {
  /** There is a new session; nothing of the last one is left. */
  readonly renewed: (session: Session) => void;
}

/** A session that ended sooner never really worked. */
const STABLE_MS = 1_000;

/** The connection of this process to a Redis: renewed for as long as somebody uses it. */
export class Connection {
  readonly place: RedisPlace;
  /** By reply address: who wants to know that calls with it are on their way. */
  readonly callers = new Map<string, (ids: readonly string[]) => void>();
  settings: ServerSettings | undefined;
  readonly #watchdog: Watchdog;
  readonly #members = new Set<ConnectionMember>();
  readonly #closing = new AbortController();
  #session: Session | undefined;
  #connected: Promise<Session> | undefined;
  #begunAt = 0;
  /** Sessions in a row that could not be opened or ended at once. */
  #failures = 0;
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
    const letGo = keepAlive();
    try {
      await withinAll(this.#connect(), [closing, this.#closing.signal], () => this.#late());
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
  perform<T>(operation: Operation<T>, ends: readonly AbortSignal[]): Promise<T> {
    const progress: Progress = { unsure: false, over: keepAlive() };
    return withinAll(this.#repeat(operation, ends, progress), [...ends, this.#closing.signal], () => {
      progress.over();
      return outcomeOf(this.#late(), progress, this.place.location);
    });
  }

  close(): void {
    this.#closing.abort();
    this.#watchdog.stop();
    this.#session?.end("closed");
  }

  async #repeat<T>(operation: Operation<T>, ends: readonly AbortSignal[], progress: Progress): Promise<T> {
    try {
      for (let refusals = 0; ;) {
        const session = this.#session ?? (await this.#connect());
        if (ends.some(({ aborted }) => aborted)) throw new ConnectionLost("too late");
        const { unsure } = progress;
        try {
          progress.unsure = true;
          return await operation(session, unsure);
        } catch (error) {
          if (wasRefused(error, progress, unsure)) await this.#pause(++refusals);
        }
      }
    } catch (error) {
      throw error instanceof ConfigError ? error : outcomeOf(error, progress, this.place.location);
    } finally {
      progress.over();
    }
  }

  #connect(): Promise<Session> {
    return (this.#connected ??= this.#reconnect());
  }

  async #reconnect(): Promise<Session> {
    for (;;) {
      await this.#pause(this.#failures);
      try {
        const session = await Session.open(this.place, (...end) => this.#onEnd(...end), this.#closing.signal);
        return await this.#begin(session);
      } catch (error) {
        this.#failures++;
        this.#failed(error);
      }
    }
  }

  async #pause(failures: number): Promise<void> {
    const { signal } = this.#closing;
    if (failures > 0) await delay(pauseAfter(failures), undefined, { signal, ref: false }).catch(() => {});
    if (signal.aborted) throw new ConnectionLost("the connection was closed");
  }

  async #begin(session: Session): Promise<Session> {
    this.#watchdog.watch(session);
    try {
      this.settings ??= await askSettings(session, this.place);
      await session.probe().catch(unlessReply);
      if (this.#closing.signal.aborted) session.end("closed");
      if (session.ended !== undefined) throw new ConnectionLost(session.ended);
    } catch (error) {
      this.#watchdog.stop();
      session.end(textOf(error));
      throw error;
    }
    this.#session = session;
    this.#begunAt = performance.now();
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
    this.#tellDown(textOf(error));
  }

  #onEnd(session: Session, reason: string): void {
    if (session !== this.#session) return;
    this.#failures = performance.now() - this.#begunAt < STABLE_MS ? this.#failures + 1 : 0;
    this.#flushes += session.flushes;
    this.#session = undefined;
    this.#connected = undefined;
    this.#watchdog.stop();
    if (this.#closing.signal.aborted) return;
    this.#tellDown(reason);
    this.#connect().catch(() => {}); // told as a state, or closing
  }

  #tellDown(reason: string): void {
    for (const member of this.#members) member.state("down", `${this.place.location}: ${reason}`);
  }

  #late(): ConnectionLost {
    return new ConnectionLost(this.#closing.signal.aborted ? "the connection was closed" : "no answer in time");
  }
}

/** What a server does not tell (managed ones hide much) is not held against it. */
function unlessReply(error: unknown): void {
  if (error instanceof NotServing || !isReply(error)) throw error;
}
