import { defaultAmbient } from "../ambient.js";
import type { CallOptions } from "../define/task-options.js";
import type { Duration } from "../duration.js";
import { Emitter } from "../emitter.js";
import { ConfigError } from "../errors.js";
import type { Middleware } from "../run/middleware.js";
import { CallEncoder } from "../wire/call-encoder.js";
import { DEFAULT_LIMITS, type CodecLimits } from "../wire/limits.js";
import type { AppEvents } from "./app-events.js";
import { resolveOptions, type AppOptions, type ResolvedOptions } from "./app-options.js";
import type { AsyncResultWith, Reports, RevokeOptions, UnknownExtras } from "./async-result.js";
import type { Connection } from "./connection.js";
import type { NamedUrls } from "../transports/default-broker.js";
import { LinkState } from "./link-state.js";
import { Outgoing } from "./outgoing.js";
import { Publisher } from "./publisher.js";
import type { PlainReader } from "./plain-reader.js";
import type { ResultReader } from "./result-reader.js";
import { Routing } from "./routes.js";
import { sendPolicy } from "./send-policy.js";
import type { Sender } from "./sender.js";
import { following, type StandIn } from "./stand-in.js";
import type { Streamed } from "./stream-call.js";
import type { TaskCallWith } from "./task-call.js";

/** Under this symbol an app keeps what only taskgen's own packages use. */
export const appInternals: unique symbol = Symbol.for("taskgen.app");

/** The arguments of a stub's task. */
type ArgumentsOf<S> = S extends {
  readonly applyAsync: (args: infer A extends readonly unknown[], ...rest: never[]) => unknown;
}
  ? A
  : never;
/** What calling a stub's task gives. */
type CallOf<S> = S extends { readonly delay: (...args: never[]) => infer C } ? C : never;

/**
 * A connection to a broker and a result backend, opened at the first call. `Tasks` is the generated `TaskMap`, by which
 * `send` is typed. Sockets, threads and timers do not keep the process alive when nothing is under way.
 */
export class App<Tasks extends object = {}> implements AsyncDisposable {
  readonly #given: AppOptions;
  readonly #resolved: ResolvedOptions;
  readonly #publisher: Publisher;
  readonly #outgoing: Outgoing;
  readonly #middleware: Middleware[];
  readonly #events = new Emitter<AppEvents>((event, cause) =>
    this.#onError(new Error(`a listener of ${event} threw`, { cause })),
  );
  readonly #routing: Routing;
  readonly #state = new LinkState();
  readonly #ending = new AbortController();
  #connection: Promise<Connection> | undefined;
  #connected: Connection | undefined;
  #plainReader: PlainReader | undefined;
  #reader: ResultReader | undefined;
  #closing: Promise<void> | undefined;
  #standIn: StandIn | undefined;

  constructor(options: AppOptions = {}) {
    this.#given = options;
    this.#resolved = this.#resolve(options);
    this.#middleware = [...(options.middleware ?? [])];
    this.#state.onChange((side, state) => this.#events.emit("state", () => ({ ...state, side })));
    this.#routing = new Routing({ ...options, queue: this.#resolved.queue });
    sendPolicy(options); // what is wrong with it is said here
    this.#outgoing = new Outgoing(() => this.#openSender());
    this.#publisher = this.#createPublisher();
  }

  /** Calls a task by its wire name, typed by the app's `TaskMap`. */
  send<K extends keyof Tasks & string>(
    name: K,
    args: ArgumentsOf<Tasks[K]>,
    options: CallOptions = {},
  ): CallOf<Tasks[K]> {
    return this.#publisher.publish({ name }, args, options) as CallOf<Tasks[K]>;
  }

  /** Calls a task by a name that the compiler does not know. */
  sendUnchecked(
    name: string,
    args: readonly unknown[],
    options: CallOptions = {},
  ): TaskCallWith<unknown, UnknownExtras> {
    return this.#publisher.publish({ name }, args, options);
  }

  /** The result of any call, by its id. Reading it rejects with `RESULT_NOT_STORED` where the backend answers only callers. */
  result(id: string): AsyncResultWith<unknown, UnknownExtras> & Reports<unknown> & Streamed<unknown> {
    return this.#publisher.result(id);
  }

  /**
   * Adds a middleware, within those that are there.
   * @throws ConfigError `OPTION_INVALID` after the first call, and once a worker runs the app's tasks
   */
  use(middleware: Middleware): this {
    if (Object.isFrozen(this.#middleware)) throw tooLate();
    this.#middleware.push(middleware);
    return this;
  }

  /** Listens to an event; returns what stops listening. A listener never keeps a call from its end. */
  on<E extends keyof AppEvents>(event: E, listener: (event: AppEvents[E]) => void): () => void {
    return this.#events.on(event, listener);
  }

  /** Cancels tasks by their ids; see `AsyncResult.revoke`. An id that is sent only later is revoked all the same. */
  async revoke(ids: string | readonly string[], options: RevokeOptions = {}): Promise<void> {
    const connection = await this.#connect();
    const { revoke } = await import("./revoke.js");
    await revoke(connection, ids, { ...this.#resolved, ...options });
  }

  /** Connects now rather than at the first call. Rejects with what stands in the way. */
  async connect(): Promise<void> {
    await this.#connect();
  }

  /**
   * Sends what waits, then closes the connection, or gives up one that is not there yet, within `timeout` (default "5s").
   * Closing twice is safe.
   */
  async close(options: { readonly timeout?: Duration } = {}): Promise<void> {
    this.#closing ??= this.#close(options.timeout);
    return this.#closing;
  }

  async #close(timeout: Duration | undefined): Promise<void> {
    const { closeApp } = await import("./close-app.js");
    const end = (): void => {
      this.#connected = undefined;
      this.#ending.abort(appClosed());
    };
    await closeApp({ drained: () => this.#outgoing.drained(), connection: () => this.#connection, end }, timeout);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** For taskgen's own packages. */
  get [appInternals](): AppInternals {
    return {
      publisher: this.#publisher,
      options: this.#resolved,
      routing: this.#routing,
      connection: () => this.#connect(),
      middleware: this.#fixedMiddleware,
      state: this.#state,
      urls: this.#given,
      drained: () => this.#outgoing.drained(),
      replace: (standIn) => this.#replace(standIn),
    };
  }

  readonly #fixedMiddleware = (): readonly Middleware[] => Object.freeze(this.#middleware);

  #onError(error: Error): void {
    if (this.#given.onError === undefined) process.emitWarning(error);
    else this.#given.onError(error);
  }

  #replace(standIn: StandIn): (() => void) | undefined {
    if (this.#standIn !== undefined) return undefined;
    this.#standIn = { ...standIn, connection: this.#loadPlainReader().then(() => standIn.connection) };
    return () => (this.#standIn = undefined);
  }

  #resolve(options: AppOptions): ResolvedOptions {
    const own = { ...defaultAmbient, ...options.ambient };
    return { ...resolveOptions(options), ambient: following(() => this.#standIn?.ambient ?? own) };
  }

  #createPublisher(): Publisher {
    return new Publisher({
      ...this.#given,
      ...this.#resolved,
      routing: this.#routing,
      codec: new CallEncoder(this.#limits),
      sender: this.#outgoing,
      source: {
        connection: () => this.#connect(),
        connected: () => (this.#standIn === undefined ? this.#connected?.results : undefined),
        plainReader: () => this.#plainReader!,
        reader: () => this.#loadReader(),
        revoke: (id, options) => this.revoke(id, options),
      },
      sending: this.#given,
      events: this.#events,
      middleware: this.#fixedMiddleware,
      afterSend: () => this.#standIn?.afterSend,
    });
  }

  get #limits(): CodecLimits {
    return { ...DEFAULT_LIMITS, ...this.#given.limits };
  }

  async #openSender(): Promise<Sender> {
    const own = { connect: () => this.#connect(), state: this.#state };
    return new (await import("./first-call.js")).Sender({ ...this.#given, ...own });
  }

  #connect(): Promise<Connection> {
    if (this.#standIn !== undefined) return this.#standIn.connection;
    if (this.#ending.signal.aborted) return Promise.reject(appClosed());
    this.#connection ??= this.#open().then(
      (connection) => (this.#connected = connection),
      (error: unknown) => {
        this.#connection = undefined;
        throw error;
      },
    );
    return this.#connection;
  }

  async #loadPlainReader(): Promise<void> {
    const { PlainReader } = await import("./first-call.js");
    this.#plainReader ??= new PlainReader(this.#limits);
  }

  async #loadReader(): Promise<ResultReader> {
    if (this.#reader !== undefined) return this.#reader;
    const { ResultReader } = await import("./result-reader.js");
    return (this.#reader ??= new ResultReader(this.#limits, this.#given.errors));
  }

  async #open(): Promise<Connection> {
    // n.b. what no call needs before it is connected is no part of a client's first load
    const [{ connect }] = await Promise.all([import("./first-call.js"), this.#loadPlainReader()]);
    return connect({
      ...{ given: this.#given, options: this.#resolved },
      onError: (error) => this.#onError(error),
      closing: this.#ending.signal,
      state: this.#state,
    });
  }
}

/** An app, whatever its tasks. */
export type AnyApp = Pick<App, typeof appInternals>;

/** What stubs, workers and the command line use of an app. */
export interface AppInternals {
  readonly publisher: Publisher;
  readonly options: ResolvedOptions;
  readonly routing: Routing;
  readonly connection: () => Promise<Connection>;
  /** Fixed from the first time on that this is called. */
  readonly middleware: () => readonly Middleware[];
  /** How its two connections are. */
  readonly state: LinkState;
  /** Those that are given; `urlsOf` has the others. Its keys too, which `openSealer` reads. */
  readonly urls: NamedUrls & Pick<AppOptions, "security">;
  /** Resolves when no call is on its way to the broker. */
  readonly drained: () => Promise<void>;
  /** Has a stand-in take the place of its connection; returns what ends that, `undefined` when there is one already. */
  readonly replace: (standIn: StandIn) => (() => void) | undefined;
}

export const internalsOf = (app: AnyApp): AppInternals => app[appInternals];

/** Makes an app; see `AppOptions`. */
export const createApp = <Tasks extends object = {}>(options: AppOptions = {}): App<Tasks> => new App<Tasks>(options);

let shared: App | undefined;

/** The app of stubs that are bound to none: configured by the environment alone, made once. */
export const defaultApp = (): App => (shared ??= new App());

const tooLate = (): ConfigError =>
  new ConfigError("OPTION_INVALID", "app.use() comes too late: calls were sent or tasks were run without it");

const appClosed = (): ConfigError =>
  new ConfigError("OPTION_INVALID", "the app is closed; create another one to go on");
