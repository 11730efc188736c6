import { asBuffer, connect, type Client } from "./redis-client.js";

const QUEUE = "queue";
const OWNED = "owned";
const BELL = "bell";
const RESULTS = "results";
const ID_LENGTH = 36;
const LIFE_MS = 3_600_000;

/** KEYS: [1] queue, [2] owned. ARGV: [1] how many at most; [2] length of an id. Returns messages, which are owned now. */
const TAKE = `
local messages = redis.call('LPOP', KEYS[1], ARGV[1]) or {}
local fields = {}
for i, message in ipairs(messages) do
  fields[2 * i - 1] = string.sub(message, 1, ARGV[2])
  fields[2 * i] = message
end
if #messages > 0 then redis.call('HSET', KEYS[2], unpack(fields)) end
return messages
`;

/** KEYS: [1] owned, then the result of each. ARGV: [1] channel; [2] life of a result in ms; [3…] n ids, then n results. */
const FINISH = `
local n = #KEYS - 1
redis.call('HDEL', KEYS[1], unpack(ARGV, 3, n + 2))
local frames = {}
for i = 1, n do
  redis.call('SET', KEYS[i + 1], ARGV[n + 2 + i], 'PX', ARGV[2])
  frames[i] = ARGV[2 + i] .. ARGV[n + 2 + i]
end
redis.call('PUBLISH', ARGV[1], table.concat(frames, '\\n'))
`;

export interface RawMessage {
  readonly id: string;
  readonly body: Uint8Array;
}

/** The least that a queue with owned messages and stored results can do: no leases, no priorities, nothing repeated or counted. */
export class RawQueue {
  readonly #client: Client;
  readonly #waiting: Client;
  readonly #take: string;
  readonly #finish: string;

  private constructor(clients: readonly [Client, Client], scripts: readonly [string, string]) {
    [this.#client, this.#waiting] = clients;
    [this.#take, this.#finish] = scripts;
  }

  static async open(url: string): Promise<RawQueue> {
    const client = await connect(url);
    const load = async (script: string): Promise<string> => String(await client.callBuffer("script", "load", script));
    return new RawQueue([client, await connect(url)], [await load(TAKE), await load(FINISH)]);
  }

  async push(messages: readonly RawMessage[]): Promise<void> {
    const values = messages.map(({ id, body }) => Buffer.concat([Buffer.from(id, "latin1"), body]));
    const pushed = this.#client.callBuffer("rpush", QUEUE, ...values);
    await Promise.all([pushed, this.#client.callBuffer("rpush", BELL, "1")]);
  }

  async take(limit: number): Promise<RawMessage[]> {
    const reply = await this.#client.callBuffer("evalsha", this.#take, 2, QUEUE, OWNED, limit, ID_LENGTH);
    return (reply as Buffer[]).map(split);
  }

  async finish(messages: readonly RawMessage[], results: readonly Uint8Array[]): Promise<void> {
    const ids = messages.map(({ id }) => id);
    const keys = [OWNED, ...ids.map((id) => `result:${id}`)];
    const args = [RESULTS, LIFE_MS, ...ids, ...results.map(asBuffer)];
    await this.#client.callBuffer("evalsha", this.#finish, keys.length, ...keys, ...args);
  }

  /** Resolves when something was pushed. Nothing else can wait meanwhile. */
  async rung(): Promise<void> {
    await this.#waiting.callBuffer("blpop", BELL, 0);
  }

  async onResults(listener: (results: readonly RawMessage[]) => void): Promise<void> {
    await this.#waiting.callBuffer("subscribe", RESULTS);
    this.#waiting.on("messageBuffer", (_, message) => {
      const frames: RawMessage[] = [];
      for (let at = 0; at < message.length;) {
        const end = message.indexOf("\n", at);
        const next = end < 0 ? message.length : end;
        frames.push(split(message.subarray(at, next)));
        at = next + 1;
      }
      listener(frames);
    });
  }

  close(): void {
    this.#client.disconnect();
    this.#waiting.disconnect();
  }
}

const split = (bytes: Buffer): RawMessage => ({
  id: bytes.toString("latin1", 0, ID_LENGTH),
  body: bytes.subarray(ID_LENGTH),
});
