import { asBuffer, connect, type Client } from "./redis-client.js";

const CALLS = "echo:calls";
const REPLIES = "echo:replies";

/** Two lists, one for each direction: the quickest way through a Redis and back. */
export class Echo {
  readonly #client: Client;
  readonly #waiting: Client;

  private constructor(client: Client, waiting: Client) {
    this.#client = client;
    this.#waiting = waiting;
  }

  static async open(url: string): Promise<Echo> {
    return new Echo(await connect(url), await connect(url));
  }

  async call(body: Uint8Array): Promise<Uint8Array> {
    const reply = pop(this.#waiting, REPLIES);
    await Promise.all([reply, this.#client.callBuffer("lpush", CALLS, asBuffer(body))]);
    return reply;
  }

  /** Answers calls for as long as it is open. */
  async serve(answer: (body: Uint8Array) => Uint8Array): Promise<never> {
    for (;;) await this.#client.callBuffer("lpush", REPLIES, asBuffer(answer(await pop(this.#waiting, CALLS))));
  }

  close(): void {
    this.#client.disconnect();
    this.#waiting.disconnect();
  }
}

const pop = async (client: Client, list: string): Promise<Buffer> =>
  ((await client.callBuffer("blpop", list, 0)) as [Buffer, Buffer])[1];
