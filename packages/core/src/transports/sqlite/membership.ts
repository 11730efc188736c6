import { TransportError, type TaskgenError } from "../../errors.js";
import type { Deadline, OpenOptions, TransportEvents } from "../../transport.js";
import type { Connection, Member } from "./connection.js";
import { shareConnection, type ConnectionShare } from "./connections.js";
import { parseLocation, type Location } from "./location.js";
import type { Op, Requests } from "./protocol.js";

/** What a transport and a result backend have in common: how they come to a connection and how they leave it. */
export class Membership {
  readonly where: Location;
  readonly location: string;
  readonly #options: OpenOptions;
  readonly #closedError: () => TaskgenError;
  #share: ConnectionShare | undefined;
  #client: number | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: OpenOptions, closedError: (location: string) => TaskgenError) {
    this.where = parseLocation(options.url);
    this.location = `sqlite:${this.where.path}`;
    this.#options = options;
    this.#closedError = () => closedError(this.location);
  }

  get prefix(): string {
    return this.#options.prefix;
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** Whether there is a database thread to ask. */
  get isUp(): boolean {
    return this.#share?.connection.isUp ?? false;
  }

  async join(on: TransportEvents, own: Pick<Member, "push" | "restarted" | "replaced">): Promise<void> {
    if (this.isClosed) throw this.#closedError();
    if (this.#share !== undefined) return;
    const { prefix, leaseMs, heartbeatMs } = this.#options;
    const share = (this.#share = shareConnection(this.where));
    try {
      const settings = { prefix, leaseMs, heartbeatMs };
      this.#client = await share.connection.join({ settings, state: on.state, error: on.error, ...own });
    } catch (error) {
      this.#share = undefined;
      await share.release(AbortSignal.timeout(1_000));
      throw error;
    }
    on.state("up");
  }

  /** @throws the error of a member that is closed, or was not started. */
  open(): { readonly connection: Connection; readonly client: number } {
    if (this.isClosed) throw this.#closedError();
    if (this.#share === undefined || this.#client === undefined) {
      throw new TransportError("BROKER_UNAVAILABLE", `${this.location} was not started: call start() first`, {
        certain: true,
      });
    }
    return { connection: this.#share.connection, client: this.#client };
  }

  request<O extends Op>(
    op: O,
    fields: Requests[O]["fields"],
    transfers?: readonly ArrayBuffer[],
  ): Promise<Requests[O]["reply"]> {
    const { connection, client } = this.open();
    return connection.request(op, client, fields, transfers);
  }

  tell<O extends Op>(op: O, fields: Requests[O]["fields"]): void {
    if (this.#client !== undefined) this.#share?.connection.tell(op, this.#client, fields);
  }

  hold(): () => void {
    return this.open().connection.hold();
  }

  leave(deadline: Deadline): Promise<void> {
    return (this.#closing ??= this.#leave(deadline));
  }

  async #leave(deadline: Deadline): Promise<void> {
    const share = this.#share;
    if (share === undefined) return;
    if (this.#client !== undefined) await share.connection.leave(this.#client, deadline, this.#closedError());
    await share.release(deadline);
  }
}
