import type { PutOutcome, ResultRecord } from "../../result-backend.js";
import { replyChannel } from "./address.js";
import { inChunks } from "./chunks.js";
import type { Hub } from "./hub.js";
import { lifetime, packRecord, unpackRecord } from "./record-format.js";
import { attend, forget, put } from "./scripts.js";

/** How long a server that does not answer is waited for. */
const LIMIT_MS = 30_000;
/** How long an address is remembered for an id of which nothing is known. */
const ATTEND_MS = 24 * 3_600_000;

const limit = (): AbortSignal => AbortSignal.timeout(LIMIT_MS);

/** Terminal records by their ids. */
export class ResultStore {
  readonly #hub: Hub;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  async put(batch: readonly ResultRecord[]): Promise<readonly PutOutcome[]> {
    this.#hub.open();
    const chunks = this.#chunks(batch, ({ body }) => body.length);
    return (await Promise.all(chunks.map((chunk) => this.#putChunk(chunk)))).flat();
  }

  async get(ids: readonly string[]): Promise<readonly (ResultRecord | undefined)[]> {
    this.#hub.open();
    const read = async (chunk: readonly string[]): Promise<(ResultRecord | undefined)[]> => {
      const keys = this.#keys(chunk);
      const found = (await this.#hub.perform((session) => session.call("mget", ...keys), limit())) as (Buffer | null)[];
      return found.map((bytes, i) => unpackRecord(chunk[i]!, bytes));
    };
    return (await Promise.all(this.#chunks(ids).map(read))).flat();
  }

  /** The records that are there; of the others the address will be told. Waits for as long as it takes. */
  async attend(ids: readonly string[], address: string): Promise<readonly ResultRecord[]> {
    const ask = async (chunk: readonly string[]): Promise<ResultRecord[]> => {
      const keys = this.#keys(chunk);
      const reply = await this.#hub.perform((session) => session.script(attend, keys, [address, ATTEND_MS]));
      return (reply as (Buffer | null)[]).flatMap((bytes, i) => unpackRecord(chunk[i]!, bytes) ?? []);
    };
    return (await Promise.all(this.#chunks(ids).map(ask))).flat();
  }

  async forget(ids: readonly string[]): Promise<void> {
    this.#hub.open();
    const remove = (chunk: readonly string[]): Promise<unknown> =>
      this.#hub.perform((session) => session.script(forget, this.#keys(chunk), []), limit());
    await Promise.all(this.#chunks(ids).map(remove));
  }

  async #putChunk(chunk: readonly ResultRecord[]): Promise<PutOutcome[]> {
    const keys = this.#keys(chunk.map(({ id }) => id));
    const args = chunk.flatMap((record) => [
      record.id,
      packRecord(record),
      lifetime(record.ttlMs),
      replyChannel(record.replyTo),
    ]);
    return this.#hub.perform(async (session, repeated) => {
      const letters = ((await session.script(put, keys, args)) as Buffer).toString("latin1");
      return letters.split("").map((letter) => (letter === "1" || (letter === "S" && repeated) ? "stored" : "exists"));
    }, limit());
  }

  #keys(ids: readonly string[]): string[] {
    return ids.map((id) => this.#hub.keys.result(id));
  }

  /** n.b. on a Cluster every record may live elsewhere. */
  #chunks<T>(items: readonly T[], bytesOf: (item: T) => number = () => 0): T[][] {
    return inChunks(items, bytesOf, this.#hub.connection.place.cluster ? 1 : undefined);
  }
}
