import { backoffDelay } from "../../backoff.js";
import { TaskgenError } from "../../errors.js";
import type { Deadline } from "../../transport.js";
import { asError, closedError, isPermanent, openingTextOf, textOf, unavailable } from "./failure.js";
import { Session } from "./session.js";

/** What happens to a connection. */
export interface ConnectionWatcher {
  readonly up?: (session: Session) => void;
  readonly down?: (reason: Error) => void;
  /** The broker takes no messages, or takes them again: `Session.blocked`. */
  readonly blocked?: (session: Session) => void;
}

export interface ConnectionOptions {
  readonly location: string;
  /** Connects once; aborting the signal destroys the socket. */
  readonly dial: (signal: AbortSignal) => Promise<ConstructorParameters<typeof Session>[0]>;
  readonly random: () => number;
}

interface Waiting {
  readonly resolve: (session: Session) => void;
  readonly reject: (error: Error) => void;
}

const BACKOFF = { factorMs: 100, maxMs: 2_000, jitter: true } as const;
const MIN_PAUSE_MS = 20;

/** Keeps one connection to the broker, again after every loss. It keeps the process alive only while something holds it. */
export class Connection {
  readonly location: string;
  readonly #options: ConnectionOptions;
  readonly #watchers = new Set<ConnectionWatcher>();
  readonly #waiting = new Set<Waiting>();
  #isRunning = false;
  #session: Session | undefined;
  #dialing: AbortController | undefined;
  #pause: { readonly timer: NodeJS.Timeout; readonly end: () => void } | undefined;
  #reason: Error | undefined;
  #wasUp = false;
  #holds = 0;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.location = options.location;
  }

  /** The session while there is one. */
  get current(): Session | undefined {
    return this.#session;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Why it is down. */
  get reason(): Error | undefined {
    return this.#reason;
  }

  watch(watcher: ConnectionWatcher): void {
    this.#watchers.add(watcher);
  }

  /**
   * The session, as soon as there is one; the first call begins to connect.
   * @throws TransportError `TRANSPORT_CLOSED`; before the first session also when trying again would be in vain.
   */
  session(): Promise<Session> {
    if (this.#closed) return Promise.reject(closedError(this.location));
    if (this.#session !== undefined && !this.#session.isLost) return Promise.resolve(this.#session);
    return new Promise((resolve, reject) => {
      this.#waiting.add({ resolve, reject });
      if (!this.#isRunning) void this.#run();
    });
  }

  /** Whether the broker takes another connection just now. */
  async answers(): Promise<boolean> {
    const dialing = new AbortController();
    try {
      const model = await this.#options.dial(dialing.signal);
      model.on("error", () => {});
      await model.close();
      return true;
    } catch {
      return false;
    } finally {
      dialing.abort();
    }
  }

  /** Keeps the process alive until what it returns is called. */
  hold(): () => void {
    if (this.#holds++ === 0) this.#setAlive(true);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--this.#holds === 0) this.#setAlive(false);
    };
  }

  /** Runs something that keeps the process alive. */
  async during<T>(run: () => Promise<T>): Promise<T> {
    const release = this.hold();
    try {
      return await run();
    } finally {
      release();
    }
  }

  /** Never hangs: at the deadline the socket is destroyed. */
  async close(deadline: Deadline): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#rejectWaiting(closedError(this.location));
    this.#pause?.end();
    // n.b. who waits for the end must not find the process ended
    this.#session?.setAlive(true);
    if (this.#session === undefined) this.#dialing?.abort();
    else await this.#session.close(deadline);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let failures = 0; !this.#closed; failures++) {
      try {
        const session = await this.#connect();
        failures = 0;
        this.#down(await session.ended);
      } catch (error) {
        if (!this.#wasUp && isPermanent(error)) return this.#giveUp(error);
        this.#down(error);
      } finally {
        // n.b. the driver says goodbye on a lost socket, and leaves it open until the other side has heard that
        this.#dialing?.abort();
      }
      if (!this.#closed) await this.#rest(failures);
    }
  }

  async #connect(): Promise<Session> {
    const dialing = (this.#dialing = new AbortController());
    const model = await this.#options.dial(dialing.signal);
    const destroy = (): void => dialing.abort();
    model.on("error", () => {});
    try {
      if (this.#closed) throw closedError(this.location);
      return this.#adopt(new Session(model, destroy));
    } catch (error) {
      destroy();
      throw error;
    }
  }

  #adopt(session: Session): Session {
    this.#session = session;
    this.#wasUp = true;
    this.#reason = undefined;
    session.setAlive(this.#holds > 0);
    session.onBlocked(() => this.#tell("blocked", session));
    for (const { resolve } of this.#waiting) resolve(session);
    this.#waiting.clear();
    this.#tell("up", session);
    return session;
  }

  #down(error: unknown): void {
    const why = this.#session === undefined ? openingTextOf(error) : textOf(error);
    this.#session = undefined;
    if (this.#closed) return;
    this.#reason = unavailable(`no connection to ${this.location}: ${why}`, { certain: true, cause: error });
    for (const { down } of this.#watchers) down?.(this.#reason);
  }

  #giveUp(error: unknown): void {
    this.#isRunning = false;
    const what = `${this.location} refuses the connection: ${textOf(error)}`;
    this.#rejectWaiting(
      error instanceof TaskgenError ? error : unavailable(what, { certain: true, cause: asError(error) }),
    );
  }

  #rejectWaiting(error: Error): void {
    for (const { reject } of this.#waiting) reject(error);
    this.#waiting.clear();
  }

  #tell(what: "up" | "blocked", session: Session): void {
    for (const watcher of this.#watchers) watcher[what]?.(session);
  }

  #setAlive(alive: boolean): void {
    this.#session?.setAlive(alive);
    if (alive) this.#pause?.timer.ref();
    else this.#pause?.timer.unref();
  }

  #rest(failures: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#pause = undefined;
        resolve();
      };
      const timer = setTimeout(end, MIN_PAUSE_MS + backoffDelay(failures, BACKOFF, this.#options.random));
      if (this.#holds === 0) timer.unref();
      this.#pause = { timer, end };
    });
  }
}
