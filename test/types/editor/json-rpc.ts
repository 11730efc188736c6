import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { within } from "../../support/within.js";

interface Incoming {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** What the other side asks of us; `undefined` answers with null. */
export type Answer = (method: string, params: unknown) => unknown;

type Waiter = (message: Incoming) => void;

/** JSON-RPC 2.0 with a child process, framed by `Content-Length` headers as the Language Server Protocol has it. */
export class JsonRpc {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #closed: Promise<unknown>;
  readonly #waiting = new Map<number, Waiter>();
  readonly #answer: Answer;
  #unread = Buffer.alloc(0);
  #lastId = 0;

  constructor(program: string, args: readonly string[], answer: Answer) {
    this.#process = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
    this.#closed = once(this.#process, "close").catch((error: unknown) => error);
    this.#answer = answer;
    this.#process.stdin.on("error", () => {});
    this.#process.stdout.on("data", (chunk: Buffer) => this.#read(chunk));
  }

  /** The result of a request. */
  async request<T>(method: string, params: unknown): Promise<T> {
    const id = ++this.#lastId;
    const answered = new Promise<Incoming>((resolve) => this.#waiting.set(id, resolve));
    this.#write({ id, method, params });
    const ended: Promise<Incoming> = this.#closed.then(() => ({ error: { message: "the process ended" } }));
    const { error, result } = await within(`the answer to ${method}`, Promise.race([answered, ended]));
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result as T;
  }

  notify(method: string, params: unknown): void {
    this.#write({ method, params });
  }

  /** Kills the process and waits until it is gone. */
  async close(): Promise<void> {
    this.#process.kill("SIGKILL");
    await within("the end of a killed process", this.#closed);
  }

  #write(message: object): void {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    for (let message = this.#next(); message !== undefined; message = this.#next()) this.#receive(message);
  }

  #next(): Incoming | undefined {
    const start = this.#unread.indexOf("\r\n\r\n") + 4;
    const length = Number(/content-length: *(\d+)/i.exec(this.#unread.toString("latin1", 0, start))?.[1]);
    if (start < 4 || this.#unread.length < start + length) return undefined;
    const body = this.#unread.toString("utf8", start, start + length);
    this.#unread = this.#unread.subarray(start + length);
    return JSON.parse(body) as Incoming;
  }

  #receive(message: Incoming): void {
    const { id, method, params } = message;
    if (id === undefined) return;
    if (method === undefined) this.#waiting.get(id)?.(message);
    else this.#write({ id, result: this.#answer(method, params) ?? null });
  }
}
