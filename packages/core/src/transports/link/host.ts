import { TransportError } from "../../errors.js";
import type { Registers, Swap } from "../../registers.js";
import type { ResultBackend, ResultEvent, ResultRecord } from "../../result-backend.js";
import type { Revocation, Revoking } from "../../revoking.js";
import type { StreamChunk, Streaming, StreamPull } from "../../streaming.js";
import type { Transport } from "../../transport.js";
import type { LinkRequest } from "./opener.js";
import type { LinkPort } from "./port.js";
import {
  compact,
  compactBytes,
  POWER_OPS,
  toWireError,
  unpackEnvelopes,
  type LinkCall,
  type LinkOp,
  type LinkReply,
  type Opened,
  type PackedEnvelopes,
} from "./messages.js";

/** Finds or opens the started connection that a thread asks for. */
export type ResolveLink = (request: LinkRequest) => Promise<Transport | ResultBackend>;

/** One call with the connection it is for. */
interface Served {
  readonly on: Transport | ResultBackend;
  readonly args: readonly unknown[];
  readonly signal: AbortSignal;
  readonly item: (item: unknown) => void;
}

type Operation = (call: Served) => Promise<unknown>;

const results = ({ on }: Served): ResultBackend => on as ResultBackend;
const transport = ({ on }: Served): Transport => on as Transport;
const ids = ({ args }: Served): readonly string[] => args[0] as readonly string[];
const compacted = <T extends { readonly body: Uint8Array }>(
  parts: readonly (T | undefined)[],
): readonly (T | undefined)[] => parts.map((part) => part && compact(part));

/** One of what only some result backends can do. */
const power =
  <P extends object>(run: (on: P, args: readonly unknown[], signal: AbortSignal) => Promise<unknown>): Operation =>
  ({ on, args, signal }) =>
    run(on as ResultBackend & P, args, signal);

const OPERATIONS: Readonly<Record<Exclude<LinkOp, "open">, Operation>> = {
  send: async (call) => {
    const outcomes = await transport(call).send(unpackEnvelopes(call.args[0] as PackedEnvelopes), call.signal);
    return outcomes.map((outcome) => (outcome instanceof TransportError ? toWireError(outcome) : outcome));
  },
  broadcast: (call) => transport(call).broadcast(...(call.args as [string, Uint8Array])),
  put: (call) => results(call).put(call.args[0] as readonly ResultRecord[]),
  get: async (call) => compacted(await results(call).get(ids(call))),
  wait: async (call) => compact(await results(call).wait(call.args[0] as string, call.signal)),
  forget: (call) => results(call).forget(ids(call)),
  append: (call) => results(call).append(call.args[0] as readonly ResultEvent[]),
  latest: async (call) => compacted(await results(call).latest(ids(call))),
  mark: power<Revoking>((on, [batch]) => on.mark(batch as readonly Revocation[])),
  marks: power<Revoking>((on) => on.marks()),
  swap: power<Registers>((on, [batch]) => on.swap(batch as readonly Swap[])),
  push: power<Streaming>((on, [chunk]) => on.push(chunk as StreamChunk)),
  drained: power<Streaming>((on, [id, read], signal) => on.drained(id as string, read as number, signal)),
  pull: power<Streaming>(async (on, [request], signal) => {
    const page = await on.pull(request as StreamPull, signal);
    return { ...page, items: page.items.map(compactBytes) };
  }),
  watch: async (call) => {
    const [id, after] = call.args as [string, number];
    for await (const event of results(call).watch(id, after, call.signal)) call.item(compact(event));
  },
};

/** The main thread's end of one thread's link. What is under way is aborted when the thread is gone. */
class LinkServer {
  readonly #port: LinkPort;
  readonly #resolve: ResolveLink;
  readonly #opened: (Transport | ResultBackend)[] = [];
  readonly #running = new Map<number, AbortController>();
  #replies: LinkReply[] = [];
  #gone = false;

  constructor(port: LinkPort, resolve: ResolveLink) {
    this.#port = port;
    this.#resolve = resolve;
  }

  listen(): void {
    this.#port.on("message", (calls) => (calls as readonly LinkCall[]).forEach((call) => void this.#receive(call)));
    this.#port.once("close", () => this.#abandon());
    this.#port.unref();
  }

  async #receive(call: LinkCall): Promise<void> {
    if (call.op === "cancel") return this.#running.get(call.id)?.abort();
    const { id } = call;
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      this.#reply({ id, value: await this.#perform(call, controller.signal) });
    } catch (error) {
      this.#reply({ id, error: toWireError(error) });
    }
    this.#running.delete(id);
  }

  async #perform(call: Exclude<LinkCall, { op: "cancel" }>, signal: AbortSignal): Promise<unknown> {
    if (call.op === "open") return this.#open(call.args[0] as LinkRequest);
    const { id, args } = call;
    return OPERATIONS[call.op]({
      on: this.#opened[call.handle]!,
      args,
      signal,
      item: (item) => this.#reply({ id, item }),
    });
  }

  async #open(request: LinkRequest): Promise<Opened> {
    const on = await this.#resolve(request);
    const handle = this.#opened.push(on) - 1;
    return {
      handle,
      caps: { ...on.caps },
      location: on.location,
      address: "address" in on ? on.address?.() : undefined,
      powers: POWER_OPS.filter((op) => op in on),
    };
  }

  #reply(reply: LinkReply): void {
    if (this.#gone) return;
    if (this.#replies.push(reply) === 1) queueMicrotask(() => this.#port.postMessage(this.#replies.splice(0)));
  }

  #abandon(): void {
    this.#gone = true;
    for (const controller of this.#running.values()) controller.abort();
  }
}

/** Carries out what a thread asks for, on connections of this one, until the port closes. */
export function serveLink(port: LinkPort, resolve: ResolveLink): void {
  new LinkServer(port, resolve).listen();
}
