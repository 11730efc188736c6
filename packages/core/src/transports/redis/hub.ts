import { setMaxListeners } from "node:events";
import type { TaskgenError } from "../../errors.js";
import type { Deadline, OpenOptions, TransportEvents } from "../../transport.js";
import { keepAlive } from "../keep-alive.js";
import type { Connection } from "./connection.js";
import { shareConnection, type ConnectionShare } from "./connections.js";
import { Keys, type QueueKeys } from "./keys.js";
import type { Operation } from "./operation.js";
import type { Session } from "./session.js";

/** What a transport and a result backend have in common: how they come to a connection and how they leave it. */
export class Hub {
  readonly location: string;
  readonly keys: Keys;
  readonly prefix: string;
  readonly connection: Connection;
  readonly #share: ConnectionShare;
  readonly #closedError: () => TaskgenError;
  readonly #closing = new AbortController();
  #member: Parameters<Connection["join"]>[0] | undefined;
  #left: Promise<void> | undefined;

  constructor(options: OpenOptions, closedError: (location: string) => TaskgenError) {
    this.#share = shareConnection(options);
    this.connection = this.#share.connection;
    this.location = this.connection.place.location;
    this.prefix = options.prefix;
    this.keys = new Keys(options.prefix);
    this.#closedError = () => closedError(this.location);
    setMaxListeners(0, this.closing);
  }

  /** Aborts when this member closes. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  async join(on: TransportEvents, renewed: (session: Session) => void): Promise<void> {
    this.open();
    if (this.#member !== undefined) return;
    this.#member = { state: on.state, error: on.error, renewed };
    try {
      await this.connection.join(this.#member, this.closing);
    } catch (error) {
      this.#member = undefined;
      this.open();
      throw error;
    }
  }

  /** @throws the error of a member that is closed. */
  open(): Connection {
    if (this.closing.aborted) throw this.#closedError();
    return this.connection;
  }

  /** Does something on the connection; ends with an error of its own when this member closes. */
  perform<T>(operation: Operation<T>, deadline?: Deadline): Promise<T> {
    if (this.closing.aborted) return Promise.reject(this.#closedError());
    return this.connection.perform(operation, deadline === undefined ? [this.closing] : [deadline, this.closing]);
  }

  /** Where a message's marker is kept: with its result, unless a Cluster keeps that elsewhere. */
  markOf(queue: QueueKeys, id: string): string {
    return this.connection.place.cluster ? queue.marker(id) : this.keys.result(id);
  }

  /** Runs `farewell`, bounded by the deadline, then lets go of the connection. Leaving twice is safe. */
  leave(deadline: Deadline, farewell: (session: Session | undefined) => Promise<void>): Promise<void> {
    return (this.#left ??= this.#leave(deadline, farewell));
  }

  async #leave(deadline: Deadline, farewell: (session: Session | undefined) => Promise<void>): Promise<void> {
    this.#closing.abort();
    if (this.#member !== undefined) this.connection.leave(this.#member);
    let end: (() => void) | undefined;
    const late = new Promise<void>((resolve) => (end = resolve));
    deadline.addEventListener("abort", end!, { once: true });
    const said = farewell(this.connection.session).catch(() => {}); // what was not handed back is reaped
    const letGo = keepAlive();
    if (!deadline.aborted) await Promise.race([late, said]);
    letGo();
    deadline.removeEventListener("abort", end!);
    this.#share.release();
  }
}
