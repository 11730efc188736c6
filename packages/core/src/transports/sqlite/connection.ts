import type { Deadline, TransportEvents } from "../../transport.js";
import { DatabaseThread } from "./database-thread.js";
import { toError, type Failure } from "./failure.js";
import type { Location } from "./location.js";
import { UNANSWERED, type Op, type Push, type Reply, type Report, type Request, type Requests } from "./protocol.js";
import { within } from "../within.js";

/** A transport or result backend that uses a connection. */
export interface Member extends TransportEvents {
  readonly settings: Requests["open"]["fields"];
  /** Something that it did not ask for. */
  readonly push: (push: Push) => void;
  /** The database thread is a new one, which knows nothing of what this member follows. */
  readonly restarted: () => void;
  /** What the database held is gone; the thread ends, and there will be a new one. */
  readonly replaced?: (() => void) | undefined;
}

interface Pending {
  readonly client: number;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The main thread's side of a database thread. There is one for each database in a process, shared by its members. It keeps
 * the process alive only while an answer is awaited or somebody holds it.
 */
export class Connection {
  readonly location: string;
  readonly #thread: DatabaseThread;
  readonly #members = new Map<number, Member>();
  readonly #pending = new Map<number, Pending>();
  #holds = 0;
  #lastId = 0;

  constructor(where: Location) {
    this.location = `sqlite:${where.path}`;
    this.#thread = new DatabaseThread(where, {
      report: (report) => this.#onReport(report),
      died: (failure) => this.#onDeath(failure),
      restarted: () => this.#onRestart(),
    });
  }

  get isUp(): boolean {
    return this.#thread.isUp;
  }

  /** Adds a member; returns the number by which it asks. */
  async join(member: Member): Promise<number> {
    const client = ++this.#lastId;
    this.#members.set(client, member);
    try {
      await this.request("open", client, member.settings);
      return client;
    } catch (error) {
      this.#members.delete(client);
      throw error;
    }
  }

  request<O extends Op>(
    op: O,
    client: number,
    fields: Requests[O]["fields"],
    transfers: readonly ArrayBuffer[] = [],
  ): Promise<Requests[O]["reply"]> {
    if (!this.#thread.isUp) return Promise.reject(this.#error(NO_THREAD));
    const id = ++this.#lastId;
    return new Promise<Requests[O]["reply"]>((resolve, reject) => {
      this.#pending.set(id, { client, resolve, reject });
      this.#updateHold();
      this.#post({ op, id, client, fields } as Request, transfers);
    });
  }

  /** Asks for what has no answer, or none that matters: after a death of the thread it is asked for again. */
  tell<O extends Op>(op: O, client: number, fields: Requests[O]["fields"]): void {
    if (this.#thread.isUp) this.#post({ op, id: UNANSWERED, client, fields } as Request, []);
  }

  /** Keeps the process alive until the returned function is called. */
  hold(): () => void {
    let isHeld = true;
    this.#holds++;
    this.#updateHold();
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds--;
      this.#updateHold();
    };
  }

  /** What the member owns is put back; what it asked for and is not answered by then rejects with `closed`. */
  async leave(client: number, deadline: Deadline, closed: Error): Promise<void> {
    await within(this.request("leave", client, {}), deadline, () => closed).catch(() => {});
    this.#members.delete(client);
    for (const [id, pending] of this.#pending) {
      if (pending.client === client) this.#take(id)?.reject(closed);
    }
  }

  /** Ends the thread; at the deadline by force. */
  async close(deadline: Deadline): Promise<void> {
    const release = this.hold();
    await within(this.#thread.close(), deadline, () => new Error()).catch(() => this.#thread.abandon());
    release();
  }

  #post(request: Request, transfers: readonly ArrayBuffer[]): void {
    if (FOLLOWERS.has(request.op)) this.#thread.postSoon(request);
    else this.#thread.post(request, transfers);
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (this.#pending.delete(id)) this.#updateHold();
    return pending;
  }

  #updateHold(): void {
    this.#thread.hold(this.#holds > 0 || this.#pending.size > 0);
  }

  #onReport(report: Report): void {
    switch (report.kind) {
      case "batch":
        for (const push of report.pushes) this.#members.get(push.client)?.push(push);
        for (const reply of report.replies) this.#onReply(reply);
        break;
      case "blocked":
        this.#eachMember((member) => member.state("blocked", report.failure.message));
        break;
      case "unblocked":
        this.#eachMember((member) => member.state("up"));
        break;
      case "error":
        this.#eachMember((member) => member.error(this.#error(report.failure)));
        break;
      case "replaced":
        this.#eachMember((member) => {
          member.error(this.#error(report.failure));
          member.replaced?.();
        });
        break;
      case "opened":
      case "refused":
        break;
      default:
        report satisfies never;
    }
  }

  #onReply(reply: Reply): void {
    const pending = this.#take(reply.id);
    if ("failure" in reply) pending?.reject(this.#error(reply.failure));
    else pending?.resolve(reply.value as never);
  }

  #onDeath(failure: Failure): void {
    const error = this.#error(failure);
    this.#eachMember((member) => member.state("down", failure.message));
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(error);
  }

  #onRestart(): void {
    for (const [client, member] of this.#members) {
      this.request("open", client, member.settings).then(
        () => member.state("up"),
        () => {}, // it is tried again
      );
      member.restarted();
    }
  }

  #eachMember(tell: (member: Member) => void): void {
    for (const member of [...this.#members.values()]) tell(member);
  }

  #error(failure: Failure): Error {
    return toError(failure, this.location);
  }
}

/** What mostly goes together with something else: a wait with its call, a credit with what ended. */
const FOLLOWERS: ReadonlySet<Op> = new Set<Op>(["wait", "unwait", "credit"]);

const NO_THREAD: Failure = {
  code: "BROKER_UNAVAILABLE",
  message: "the database thread is not running",
  certain: true,
  retriable: true,
};
