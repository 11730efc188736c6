import { canCollect } from "../powers.js";
import type { ResultBackend, ResultRecord } from "../result-backend.js";
import type { Sealer } from "../security/sealer.js";
import { openStored } from "../security/stored.js";
import type { GetOptions } from "./async-result.js";
import { join } from "./join.js";
import type { ResultReader } from "./result-reader.js";
import type { ResultOrigin } from "./stored-result.js";
import { ignored } from "./wait-failure.js";
import { waitSignal } from "./wait-signal.js";

/** Where values are read. */
export interface ValueSource {
  readonly results: ResultBackend;
  readonly reader: ResultReader;
  readonly sealer: Sealer | undefined;
}

/** The values of many results of one app, in order, with one wait for all; rejects with the first failure. */
export async function collectValues<R>(
  origins: readonly ResultOrigin[],
  source: ValueSource,
  options: GetOptions,
): Promise<R[]> {
  const none = origins.find((origin) => origin.ignored);
  if (none !== undefined) throw ignored(none);
  const values = await join(options, () => new Collection<R>(origins, source).wait(options));
  return origins.map(({ id }) => values.get(id) as R);
}

class Collection<R> {
  /** n.b. calls that are the same have one id. */
  readonly #origins: ReadonlyMap<string, ResultOrigin>;
  readonly #source: ValueSource;
  readonly #values = new Map<string, R>();

  constructor(origins: readonly ResultOrigin[], source: ValueSource) {
    this.#origins = new Map(origins.map((origin) => [origin.id, origin]));
    this.#source = source;
  }

  async wait(options: GetOptions): Promise<ReadonlyMap<string, R>> {
    const { results, reader } = this.#source;
    const { signal, timedOut } = waitSignal(options);
    try {
      await collect(results, [...this.#origins.keys()], (record) => this.#read(record), signal);
      return this.#values;
    } catch (error) {
      const [task] = [...this.#origins.values()].filter(({ id }) => !this.#values.has(id));
      throw reader.failure(error, { task: task!, options, timedOut: timedOut(), location: results.location });
    }
  }

  #read(record: ResultRecord): void {
    const origin = this.#origins.get(record.id)!;
    const { reader, sealer } = this.#source;
    const settled = reader.settled<R>(openStored(record, { origin, sealer, purpose: "result" }), origin);
    if (!settled.ok) throw settled.error;
    this.#values.set(record.id, settled.value);
  }
}

async function collect(
  results: ResultBackend,
  ids: readonly string[],
  told: (record: ResultRecord) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (canCollect(results)) return results.collect(ids, told, signal);
  await Promise.all(ids.map(async (id) => told(await results.wait(id, signal))));
}
