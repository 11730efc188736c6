import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import type { AbortCode } from "@taskgen/core";
import { fromRemoteError, pack } from "@taskgen/core/internal";
import { Child, type ChildEvents, type ChildOptions } from "./child.js";
import { headOf, type Entry } from "./entry.js";
import { decodePayload, encodeFrame, FrameReader } from "./frames.js";
import { IpcPort } from "./ipc-port.js";
import type { Job } from "./pool.js";
import type { ChildData, FromProcess, Jobs, LinkMessage, Order } from "./protocol.js";
import type { Status, ToSentinel } from "./sentinel-protocol.js";
import { Window } from "./window.js";

/** How long jobs run before it is asked whether they have begun; short tasks end before and cost nothing. */
const STATUS_MS = 25;
/** How long the last messages of a process that has ended may take. */
const LAST_WORDS_MS = 500;
const SENTINEL_FD = 4;

export interface ProcessOptions extends ChildOptions {
  /** Options of Node besides those of this process. */
  readonly execArgv: readonly string[];
}

/**
 * A child that is a process. Memory is not shared with it: jobs are claimed here on its behalf, as many as it runs at once, so
 * that the others can still be given to another child. They go to its sentinel, a thread that tasks cannot block.
 */
export class PoolProcess<J extends Job> extends Child<J> {
  readonly kind = "process";
  readonly #process: ChildProcess;
  /** n.b. none where the system has no room for another process */
  readonly #pipe: Duplex | undefined;
  readonly #link: IpcPort;
  readonly #window: Window<J>;
  #filling = false;
  #status: NodeJS.Timeout | undefined;
  #silent: NodeJS.Timeout | undefined;
  #pings = 0;
  #pong = 0;
  #sentSeen = 0;

  constructor(options: ProcessOptions, events: ChildEvents<J>) {
    super(options, events);
    this.#window = new Window(this.assigned, options.capacity);
    this.#process = startProcess(options);
    this.#pipe = (this.#process.stdio as ChildProcess["stdio"] | undefined)?.[SENTINEL_FD] as Duplex | undefined;
    this.#link = new IpcPort((message: LinkMessage) => this.#send(message));
    options.serveLink(this.#link);
    this.#listen();
  }

  stalled(): boolean {
    const { count } = this.#window;
    const stalled = count === this.#sentSeen;
    this.#sentSeen = count;
    return stalled;
  }

  post(entries: readonly Entry<J>[]): void {
    this.assigned.place(entries);
    this.#window.add(entries);
    this.#fillSoon();
  }

  abort({ place }: Entry<J>, code: AbortCode, message: string): void {
    place!.slots.requestAbort(place!.index, code);
    this.order({ kind: "abort", key: place!.key, code, message });
  }

  ping(): () => boolean {
    const ping = ++this.#pings;
    this.order({ kind: "ping", ping });
    return () => this.#pong >= ping;
  }

  protected order(order: Order): void {
    this.#write(order);
  }

  protected async kill(): Promise<void> {
    if (this.#process.pid === undefined || hasExited(this.#process)) return;
    await new Promise((resolve) => {
      this.#process.once("exit", resolve);
      this.#process.kill("SIGKILL");
    });
  }

  protected abandon(): void {
    this.#process.unref();
  }

  protected override leave(error: Error): void {
    clearTimeout(this.#status);
    clearTimeout(this.#silent);
    this.#pipe?.destroy();
    if (this.#process.connected) this.#process.disconnect();
    this.#link.close();
    super.leave(error);
  }

  #listen(): void {
    this.#process.on("message", (message) => this.#hear(message as FromProcess | null));
    this.#process.on("error", (error) => {
      this.error ??= error;
      if (this.#process.pid === undefined) this.leave(error);
    });
    this.#process.once("exit", (code, signal) => void this.#exited(code, signal));
    this.#process.once("disconnect", () => this.#mute());
    const reader = new FrameReader(({ payload }) => this.#note(decodePayload(payload) as Status));
    this.#pipe?.on("data", (chunk: Uint8Array) => reader.read(chunk));
    // n.b. a process that is gone is told of by its exit
    this.#pipe?.on("error", () => {});
  }

  #hear(message: FromProcess | null): void {
    // n.b. what tasks send to their parent process is not for this one
    if (this.left || message === null) return;
    if (message.kind === "link") return this.#link.deliver(message);
    if (message.kind === "dying") return void (this.error = fromRemoteError(message.error));
    if (message.kind === "pong") this.#pong = message.ping;
    else this.#read(message);
    this.#fillSoon();
  }

  #read(message: Exclude<FromProcess, { readonly kind: "link" | "dying" | "pong" }>): void {
    if (message.kind === "report") for (const [key, waiting] of message.joins) this.#window.joining(key, waiting);
    this.receive(message);
  }

  /** It cannot say anything any more: it is about to exit, or a task closed the channel. */
  #mute(): void {
    if (this.left) return;
    this.#silent = setTimeout(() => {
      this.error ??= new Error("it closed its channel to the main process");
      void this.terminate();
    }, LAST_WORDS_MS);
  }

  /** n.b. what it said last may come after its end. */
  async #exited(code: number | null, signal: NodeJS.Signals | null): Promise<void> {
    if (this.#process.connected) {
      await once(this.#process, "disconnect", { signal: AbortSignal.timeout(LAST_WORDS_MS) }).catch(() => {});
    }
    this.leave(this.error ?? new Error(describeExit(code, signal)));
  }

  #fillSoon(): void {
    if (this.#filling) return;
    this.#filling = true;
    queueMicrotask(() => {
      this.#filling = false;
      this.#fill();
    });
  }

  #fill(): void {
    if (!this.ready || this.blocked || this.condemned) return;
    for (const { firstKey, entries } of this.#window.claim()) {
      const jobs: Jobs = { heads: entries.map(headOf), args: pack(entries.map(({ job }) => job.args)) };
      this.#write(jobs, { firstKey, count: entries.length });
    }
    this.#watch();
  }

  #watch(): void {
    if (this.#status === undefined && this.#window.isWatched)
      this.#status = setTimeout(() => this.#askStatus(), STATUS_MS);
  }

  #askStatus(): void {
    this.#status = undefined;
    if (this.#window.isUncertain(STATUS_MS)) this.#write({ kind: "status" });
    this.#watch();
  }

  #note(status: Status): void {
    if (this.left) return;
    if (this.#window.note(status)) this.events.began();
    if (status.returned.length === 0) return;
    this.suspect();
    this.giveBack(status.returned);
  }

  #write(message: Jobs | ToSentinel, jobs?: { readonly firstKey: number; readonly count: number }): void {
    if (this.left) return;
    this.events.posted();
    const parts = encodeFrame(message, jobs);
    this.#pipe?.cork();
    for (const part of parts) this.#pipe?.write(part);
    this.#pipe?.uncork();
  }

  #send(message: LinkMessage): void {
    if (this.#process.connected) this.#process.send(message, () => {});
  }
}

/** The options of Node that a process takes over from this one: without a script, and without a port that is taken. */
function inheritedOptions(options: readonly string[]): string[] {
  const script = options.findIndex((option) => /^(-e|-p|-pe|--eval|--print)$/.test(option));
  const rest = script < 0 ? options : options.toSpliced(script, 2);
  return rest.filter((option) => !/^--(inspect|input-type)/.test(option));
}

const hasExited = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

function startProcess({ registryUrl, sealing, capacity, loadAll, limits, execArgv }: ProcessOptions): ChildProcess {
  const data: ChildData = { registryUrl, sealing, capacity, loadAll, limits };
  return fork(new URL("./process-entry.js", import.meta.url), [JSON.stringify(data)], {
    execArgv: [...inheritedOptions(process.execArgv), ...execArgv],
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc", "pipe"],
  });
}

/** V8 aborts when it is out of memory. */
const SIGNAL_HINTS: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGABRT: " (out of memory, or aborted by native code)",
  SIGSEGV: " (native code crashed)",
  SIGKILL: " (the system may be out of memory)",
};

function describeExit(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === null) return `it exited with code ${code}`;
  return `it was ended by ${signal}${SIGNAL_HINTS[signal] ?? ""}`;
}
