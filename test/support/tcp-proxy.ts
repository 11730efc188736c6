import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as later } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** Where a proxy leads. */
export interface ProxyTarget {
  readonly host?: string;
  readonly port: number;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** What was held back. */
  held?: Buffer[];
  /** Swallows everything, and ends nothing. */
  isDeaf?: true;
}

/** What is to be held back. */
interface Holding {
  readonly of: "requests" | "replies";
  readonly from: RegExp;
  readonly onFirst: () => void;
  pair?: Pair;
}

/** Bytes of one connection that a proxy holds back. */
export interface Held {
  /** Resolves when there are some. */
  readonly some: Promise<void>;
  /** The client sees all its connections end by RST; what was held back is kept. */
  reset(): void;
  /** Hands it on; where the client is gone, resolves when the server has answered. */
  handOn(): Promise<void>;
}

/**
 * Stands between a client and a server and injects faults of a network. A fault stays until `heal`. Faults that name no
 * pair hold for every connection, also for those made later.
 */
export class TcpProxy {
  readonly port: number;
  readonly #listener: Server;
  readonly #target: ProxyTarget;
  readonly #pairs = new Set<Pair>();
  #blackholed = false;
  #delayMs = 0;
  #sliceBytes = Infinity;
  readonly #tails = new WeakMap<Socket, Promise<void>>();
  #repliesToDrop = 0;
  #repliesToPass = 0;
  #replacement: string | undefined;
  #holding: Holding | undefined;
  #onDropped: (() => void) | undefined;
  #accepted = 0;

  private constructor(listener: Server, target: ProxyTarget) {
    this.#listener = listener;
    this.#target = target;
    this.port = (listener.address() as AddressInfo).port;
    listener.on("connection", (client) => this.#accept(client));
  }

  /** A proxy on a free loopback port; closed after the test. */
  static async start(target: ProxyTarget): Promise<TcpProxy> {
    const listener = createServer({ noDelay: true }).listen(0, "127.0.0.1");
    await once(listener, "listening");
    const proxy = new TcpProxy(listener, target);
    onTestFinished(() => proxy.close());
    return proxy;
  }

  /** How many connections there are now. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** How many connections there ever were. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Ends all connections by FIN; new ones are taken. */
  cut(): void {
    for (const { client, server } of this.#pairs) for (const socket of [client, server]) socket.end();
  }

  /** Ends all connections by RST; new ones are taken. */
  reset(): void {
    for (const { client, server, held, isDeaf } of this.#pairs) {
      if (isDeaf === true) continue;
      reset(client);
      if (held === undefined) reset(server);
    }
  }

  /** Swallows all bytes in both directions and ends nothing; new connections are taken and swallowed too. */
  blackhole(): void {
    this.#blackholed = true;
  }

  /** Swallows all bytes of the connections that there are, and ends none of them; new ones are served. */
  deafen(): void {
    for (const pair of this.#pairs) pair.isDeaf = true;
  }

  /** Hands over every chunk so many milliseconds later. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Hands over pieces of so many bytes at most, each in a turn of its own. */
  slice(bytes: number): void {
    this.#sliceBytes = bytes;
  }

  /**
   * Swallows the next `count` chunks that a server sends, on whichever connection, after `pass` that it hands over; then
   * ends all connections by RST. Resolves when that has happened: the server has done what it was asked, and the client was
   * not told.
   */
  dropReplies(count = 1, pass = 0): Promise<void> {
    this.#repliesToDrop = count;
    this.#repliesToPass = pass;
    return new Promise((resolve) => (this.#onDropped = resolve));
  }

  /** The next chunk that a server sends, on whichever connection, reads like this instead. */
  replaceReply(text: string): void {
    this.#replacement = text;
  }

  /**
   * Ends every fault. Connections that were black-holed are ended by RST: bytes are missing in them, as they would be
   * after a network that came back too late.
   */
  heal(): void {
    if (this.#blackholed) this.reset();
    this.#blackholed = false;
    this.#delayMs = 0;
    this.#sliceBytes = Infinity;
    this.#repliesToDrop = 0;
  }

  /** Holds back one direction of the first connection that carries a chunk like `from`, beginning with that chunk. */
  hold(of: "requests" | "replies", from: RegExp): Held {
    let holding: Holding | undefined;
    const some = new Promise<void>((onFirst) => (holding = this.#holding = { of, from, onFirst }));
    return {
      some,
      reset: () => {
        this.#holding = undefined;
        this.reset();
      },
      handOn: () => handOn(holding!),
    };
  }

  async close(): Promise<void> {
    this.#holding = undefined;
    for (const pair of this.#pairs) {
      delete pair.held;
      delete pair.isDeaf;
    }
    this.reset();
    if (!this.#listener.listening) return;
    this.#listener.close();
    await once(this.#listener, "close");
  }

  #accept(client: Socket): void {
    this.#accepted++;
    const server = connect({ host: this.#target.host ?? "127.0.0.1", port: this.#target.port, noDelay: true });
    const pair: Pair = { client, server };
    this.#pairs.add(pair);
    this.#pipe(
      client,
      server,
      (bytes) => this.#keeps(pair, "requests", bytes) || this.#pass(bytes, server, pair),
      pair,
    );
    this.#pipe(
      server,
      client,
      (bytes) =>
        this.#keeps(pair, "replies", bytes) || this.#dropsReply() || this.#pass(this.#replaced(bytes), client, pair),
      pair,
    );
    for (const socket of [client, server]) {
      socket.on("error", () => {}).on("close", () => this.#forget(pair));
    }
  }

  #pipe(from: Socket, to: Socket, onBytes: (bytes: Buffer) => unknown, pair: Pair): void {
    const isDeaf = (): boolean => this.#blackholed || pair.held !== undefined || pair.isDeaf === true;
    from.on("data", onBytes);
    from.on("end", () => void (isDeaf() || this.#inTurn(to, () => to.end())));
    from.on("close", () => void (isDeaf() || this.#inTurn(to, () => to.destroy())));
  }

  #pass(bytes: Buffer, to: Socket, pair: Pair): void {
    const isGone = (): boolean => this.#blackholed || pair.isDeaf === true || to.destroyed;
    this.#inTurn(to, () => (isGone() ? undefined : writeSliced(to, bytes, { size: this.#sliceBytes, isGone })));
  }

  /** Does it after all that was done for this socket before, and after the delay. */
  #inTurn(to: Socket, act: () => unknown): void {
    const tail = this.#tails.get(to);
    if (tail === undefined && this.#delayMs === 0 && this.#sliceBytes === Infinity) return void act();
    const due = Promise.all([tail, this.#delayMs === 0 ? undefined : later(this.#delayMs)]);
    this.#tails.set(
      to,
      due.then(async () => void (await act())),
    );
  }

  #keeps(pair: Pair, of: "requests" | "replies", bytes: Buffer): boolean {
    const holding = this.#holding;
    if (holding === undefined || holding.of !== of) return false;
    if (holding.pair === undefined && holding.from.test(bytes.toString("latin1"))) {
      holding.pair = pair;
      pair.held = [];
      holding.onFirst();
    }
    if (holding.pair !== pair) return false;
    pair.held?.push(bytes);
    return pair.held !== undefined;
  }

  #replaced(bytes: Buffer): Buffer {
    const text = this.#replacement;
    this.#replacement = undefined;
    return text === undefined ? bytes : Buffer.from(text);
  }

  #dropsReply(): boolean {
    if (this.#repliesToDrop === 0 || this.#repliesToPass-- > 0) return false;
    if (--this.#repliesToDrop > 0) return true;
    this.reset();
    this.#onDropped?.();
    return true;
  }

  #forget(pair: Pair): void {
    if (pair.client.destroyed && pair.server.destroyed) this.#pairs.delete(pair);
  }
}

async function writeSliced(
  to: Socket,
  bytes: Buffer,
  { size, isGone }: { readonly size: number; readonly isGone: () => boolean },
): Promise<void> {
  if (bytes.length <= size) return void to.write(bytes);
  for (let at = 0; at < bytes.length && !isGone(); at += size) {
    to.write(bytes.subarray(at, at + size));
    await new Promise(setImmediate);
  }
}

async function handOn({ of, pair }: Holding): Promise<void> {
  if (pair === undefined) return;
  const { client, server, held = [] } = pair;
  delete pair.held;
  (of === "requests" ? server : client).write(Buffer.concat(held));
  if (!client.destroyed) return;
  await once(server, "data");
  server.destroy();
}

/**
 * Ends a connection by RST, now.
 *
 * n.b. `resetAndDestroy` ends the socket first; when anything destroys it before that has ended, the reset is refused and the
 * system's socket is never closed.
 */
function reset(socket: Socket): void {
  const isEnding = socket.writableEnded && !socket.writableFinished;
  Object.assign(socket, { resetAndClosing: !socket.connecting && !isEnding });
  socket.destroy();
}
