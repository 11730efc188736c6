import type { ConnectionOptions, PutOutcome } from "@taskgen/core/internal";
import { type Child, spawnChild } from "../support/child.js";
import { within } from "../support/within.js";
import type { Participant, Peer } from "./implementation.js";
import { PeerCommands } from "./peer-commands.js";

/** Where a peer process connects to. */
export interface PeerPlace {
  readonly url: string;
  /** Where its results are, if elsewhere. */
  readonly resultsUrl?: string;
  readonly options: Pick<ConnectionOptions, "prefix" | "leaseMs" | "heartbeatMs">;
}

/** One line to a peer process. */
export interface PeerCall {
  readonly call: number;
  readonly command: Exclude<keyof PeerCommands, "participant">;
  readonly args: readonly unknown[];
}

interface Answer {
  readonly call: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** How long a stopped process stays stopped at one place. */
const HANG_MS = 4_000;

/** A peer in a child process; it dies by SIGKILL and hangs by SIGSTOP. */
export class ProcessPeer implements Peer {
  readonly #child: Child;
  #calls = 0;

  private constructor(child: Child) {
    this.#child = child;
  }

  static async start(place: PeerPlace): Promise<ProcessPeer> {
    const child = spawnChild(new URL("./peer-process.ts", import.meta.url), { args: [JSON.stringify(place)] });
    await child.line("a peer process", (line) => (line as { ready?: true }).ready);
    return new ProcessPeer(child);
  }

  consume = (queue: string, count: number): Promise<readonly string[]> => this.#ask("consume", queue, count);
  stop = (): Promise<void> => this.#ask("stop");
  settle = (): Promise<readonly string[]> => this.#ask("settle");
  lost = (): Promise<readonly string[]> => this.#ask("lost");
  send = (queue: string, id: string): Promise<string> => this.#ask("send", queue, id);
  put = (id: string, text: string): Promise<PutOutcome> => this.#ask("put", id, text);
  wait = (id: string): Promise<string> => this.#ask("wait", id);
  kill = (): Promise<void> => this.#child.kill();

  /** Goes on for a moment from time to time: a process stopped within a transaction would hold a store's lock for good. */
  async hangUntil(done: Promise<unknown>): Promise<void> {
    const hasEnded = Promise.allSettled([done]).then(() => true);
    const hang = (): Promise<boolean> => within("", hasEnded, HANG_MS).catch(() => false);
    do {
      this.#child.signal("SIGCONT");
      this.#child.signal("SIGSTOP");
    } while (!(await hang()));
    this.#child.signal("SIGCONT");
    await done;
  }

  async #ask<T>(command: PeerCall["command"], ...args: readonly unknown[]): Promise<T> {
    const call = ++this.#calls;
    this.#child.write({ call, command, args } satisfies PeerCall);
    const isAnswer = (line: unknown): Answer | undefined =>
      (line as Answer).call === call ? (line as Answer) : undefined;
    const { value, error } = await this.#child.line(`a peer's ${command}`, isAnswer);
    if (error !== undefined) throw new Error(`a peer's ${command}: ${error}`);
    return value as T;
  }
}

/** A peer in this process, for a transport that cannot leave it: dying and hanging are its `crash()`. */
export class LocalPeer extends PeerCommands implements Peer {
  kill(): Promise<void> {
    return this.#crash();
  }

  async hangUntil(done: Promise<unknown>): Promise<void> {
    await this.#crash();
    await done;
  }

  #crash(): Promise<void> {
    return (this.participant as Participant & { transport: { crash(): Promise<void> } }).transport.crash();
  }
}
