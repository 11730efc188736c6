import { ANYTHING, type Swap } from "../../registers.js";
import { inChunks } from "./chunks.js";
import type { RedisValue } from "./driver.js";
import type { Hub } from "./hub.js";
import { lifetime } from "./record-format.js";
import { swap } from "./scripts.js";

/** How long a server that does not answer is waited for. */
const LIMIT_MS = 30_000;

/** The registers of one prefix. */
export class Registers {
  readonly #hub: Hub;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  async swap(batch: readonly Swap[]): Promise<readonly (string | undefined)[]> {
    this.#hub.open();
    // n.b. on a Cluster every register may live elsewhere
    const most = this.#hub.connection.place.cluster ? 1 : undefined;
    const chunks = inChunks(batch, ({ next = "" }) => next.length, most);
    return (await Promise.all(chunks.map((chunk) => this.#swapChunk(chunk)))).flat();
  }

  async #swapChunk(chunk: readonly Swap[]): Promise<(string | undefined)[]> {
    const keys = chunk.map(({ key }) => this.#hub.keys.register(key));
    const args = chunk.flatMap(argumentsOf);
    const asked = this.#hub.perform((session) => session.script(swap, keys, args), AbortSignal.timeout(LIMIT_MS));
    return ((await asked) as readonly (Buffer | null)[]).map((held) => held?.toString());
  }
}

/** n.b. an empty text is something that a register may hold, so what it holds is told by a letter before. */
const argumentsOf = ({ expected, next, ttlMs }: Swap): RedisValue[] => [
  expected === ANYTHING ? "*" : expected === undefined ? "-" : `=${expected}`,
  next === undefined ? "-" : `=${next}`,
  lifetime(ttlMs),
];
