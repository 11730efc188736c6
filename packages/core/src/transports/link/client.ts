import { installOpener, type LinkOpener, type LinkRequest } from "./opener.js";
import { fromWireError, type LinkCall, type LinkOp, type LinkReply, type Opened } from "./messages.js";
import type { LinkPort } from "./port.js";
import { LinkResults } from "./results.js";
import { LinkTransport } from "./transport.js";

/** What is asked for, and of whom. */
export interface Question {
  readonly op: LinkOp;
  readonly handle: number;
  readonly args: readonly unknown[];
  readonly transfer?: readonly ArrayBuffer[];
  /** Tells the main thread that nobody waits any more; the answer is waited for nevertheless. */
  readonly signal?: AbortSignal;
  /** Whose questions `dismiss` ends. */
  readonly owner?: object;
}

interface Pending {
  readonly owner: object | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onItem: ((item: unknown) => void) | undefined;
}

/** This end of the link: asks, and hands out the answers. Keeps the thread alive only while an answer is due. */
export class LinkClient implements LinkOpener {
  readonly #port: LinkPort;
  readonly #pending = new Map<number, Pending>();
  #outgoing: LinkCall[] = [];
  #transfer: ArrayBuffer[] = [];
  #nextId = 0;

  constructor(port: LinkPort) {
    this.#port = port;
    port.on("message", (replies) => (replies as readonly LinkReply[]).forEach((reply) => this.#receive(reply)));
    port.unref();
  }

  async transport(request: Omit<LinkRequest, "kind">): Promise<LinkTransport> {
    return new LinkTransport(this, await this.#open({ kind: "transport", ...request }));
  }

  async results(request: Omit<LinkRequest, "kind">): Promise<LinkResults> {
    return new LinkResults(this, await this.#open({ kind: "results", ...request }));
  }

  /** Resolves with the answer; `onItem` gets what comes before it. */
  ask(question: Question, onItem?: (item: unknown) => void): Promise<unknown> {
    const { op, handle, args, transfer = [], signal, owner } = question;
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.#post({ id, op: "cancel" });
      const end =
        <T>(settle: (value: T) => void) =>
        (value: T): void => {
          signal?.removeEventListener("abort", onAbort);
          settle(value);
        };
      this.#pending.set(id, { owner, resolve: end(resolve), reject: end(reject), onItem });
      this.#port.ref();
      this.#post({ id, op, handle, args }, transfer);
      if (signal?.aborted) onAbort();
      else signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Rejects what one owner waits for. */
  dismiss(owner: object, error: Error): void {
    for (const [id, pending] of this.#pending) {
      if (pending.owner !== owner) continue;
      this.#post({ id, op: "cancel" });
      this.#forget(id);
      pending.reject(error);
    }
  }

  async #open(request: LinkRequest): Promise<Opened> {
    return (await this.ask({ op: "open", handle: -1, args: [request] })) as Opened;
  }

  #post(call: LinkCall, transfer: readonly ArrayBuffer[] = []): void {
    if (this.#outgoing.push(call) === 1) queueMicrotask(() => this.#flush());
    this.#transfer.push(...transfer);
  }

  #flush(): void {
    const calls = this.#outgoing;
    const transfer = this.#transfer;
    this.#outgoing = [];
    this.#transfer = [];
    this.#port.postMessage(calls, transfer);
  }

  #receive(reply: LinkReply): void {
    const pending = this.#pending.get(reply.id);
    if (pending === undefined) return;
    if ("item" in reply) return pending.onItem?.(reply.item);
    this.#forget(reply.id);
    if ("error" in reply) pending.reject(fromWireError(reply.error));
    else pending.resolve(reply.value);
  }

  #forget(id: number): void {
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.#port.unref();
  }
}

/** From now on all connections that this thread or process opens are those at the other end of the port. */
export const installLink = (port: LinkPort): void => installOpener(new LinkClient(port));
