import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { FrameReader, nameOf, type FrameName, type Method } from "./frames.js";

/** Where the bit `multiple` of an acknowledgement is. */
const MULTIPLE_AT = 19;

/** Which of a client's methods something happens to. */
export interface Place {
  readonly method: Method;
  /** A text in the frame, such as the name of a queue. */
  readonly naming?: string;
  /** @default 1 */
  readonly nth?: number;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

interface Frame {
  readonly bytes: Buffer;
  readonly method: Method | undefined;
}

interface Trap {
  readonly place: Place;
  readonly spring: (pair: Pair, frame: Buffer) => void;
  left: number;
}

/** Stands between clients and RabbitMQ, counts methods, and injects faults at exact places of the conversation. */
export class FrameProxy {
  /** Sent by clients, by name. */
  readonly sent = new Map<FrameName, number>();
  /** Sent by servers, by name. */
  readonly received = new Map<FrameName, number>();
  readonly #listener: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #pairs = new Set<Pair>();
  readonly #held: (Frame & { readonly client: Socket })[] = [];
  #trap: Trap | undefined;
  #holdFrom: Method | undefined;
  #onHeld: (() => void) | undefined;

  private constructor(listener: Server, target: { readonly host: string; readonly port: number }) {
    this.#listener = listener;
    this.#target = target;
    listener.on("connection", (client) => this.#accept(client));
  }

  /** A proxy before the server of a URL, on a free loopback port; closed after the test. */
  static async start(url: string): Promise<FrameProxy> {
    const { hostname: host, port } = new URL(url);
    const listener = createServer({ noDelay: true }).listen(0, "127.0.0.1");
    await once(listener, "listening");
    const proxy = new FrameProxy(listener, { host, port: Number(port) });
    onTestFinished(() => proxy.#close());
    return proxy;
  }

  get url(): string {
    return `amqp://127.0.0.1:${(this.#listener.address() as AddressInfo).port}`;
  }

  /** Ends all connections. */
  cut(): void {
    for (const { client } of this.#pairs) client.destroy();
  }

  /** Ends a connection instead of handing over a method, once `before` is over. Resolves when it did. */
  cutAt(place: Place, before: () => Promise<unknown> = async () => {}): Promise<void> {
    return this.#at(place, async ({ client }) => {
      await before();
      client.destroy();
    });
  }

  /** Hands over an acknowledgement, and its delivery tag once more, which the broker does not know any more. */
  acknowledgeTwice(): Promise<void> {
    return this.#at({ method: "ack" }, async ({ server }, frame) => {
      const again = Buffer.from(frame);
      again[MULTIPLE_AT] = 0;
      server.write(Buffer.concat([frame, again]));
    });
  }

  /** Keeps what servers send, from a method on. */
  hold(from: Method): void {
    this.#holdFrom = from;
  }

  /** Resolves when a server's method is among what is kept. */
  async held(method: Method): Promise<void> {
    while (!this.#held.some((one) => one.method === method)) {
      await new Promise<void>((resolve) => (this.#onHeld = resolve));
    }
  }

  /** Hands over what was kept, in one piece for each client. */
  release(): void {
    this.#holdFrom = undefined;
    const frames = this.#held.splice(0);
    for (const client of new Set(frames.map((one) => one.client))) {
      client.write(Buffer.concat(frames.filter((one) => one.client === client).map(({ bytes }) => bytes)));
    }
  }

  #at(place: Place, spring: (pair: Pair, frame: Buffer) => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const trap: Trap = {
        place,
        left: place.nth ?? 1,
        spring: (pair, frame) => void spring(pair, frame).then(resolve, reject),
      };
      this.#trap = trap;
    });
  }

  #accept(client: Socket): void {
    const server = connect({ ...this.#target, noDelay: true });
    const pair = { client, server };
    this.#pairs.add(pair);
    const fromClient = new FrameReader("client", (bytes, method) => this.#fromClient({ bytes, method }, pair));
    const fromServer = new FrameReader("server", (bytes, method) => this.#fromServer({ bytes, method }, client));
    client.on("data", (bytes) => fromClient.read(bytes));
    server.on("data", (bytes) => fromServer.read(bytes));
    client
      .on("error", () => {})
      .on("close", () => {
        this.#pairs.delete(pair);
        server.destroy();
      });
    server.on("error", () => {}).on("close", () => client.destroy());
  }

  #fromClient({ bytes, method }: Frame, pair: Pair): void {
    count(this.sent, nameOf(bytes, method));
    const trap = this.#trap;
    if (trap === undefined || !isAt(trap.place, { bytes, method }) || --trap.left > 0)
      return void pair.server.write(bytes);
    this.#trap = undefined;
    trap.spring(pair, bytes);
  }

  #fromServer(frame: Frame, client: Socket): void {
    count(this.received, nameOf(frame.bytes, frame.method));
    const isHeld = this.#held.length > 0 || frame.method === this.#holdFrom;
    if (this.#holdFrom === undefined || !isHeld) return void client.write(frame.bytes);
    this.#held.push({ ...frame, client });
    this.#onHeld?.();
  }

  async #close(): Promise<void> {
    this.cut();
    this.#listener.close();
    await once(this.#listener, "close");
  }
}

const count = (counts: Map<FrameName, number>, name: FrameName): void =>
  void counts.set(name, (counts.get(name) ?? 0) + 1);

const isAt = ({ method, naming = "" }: Place, frame: Frame): boolean =>
  frame.method === method && frame.bytes.includes(naming);
