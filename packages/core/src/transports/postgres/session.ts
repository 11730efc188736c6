import { ConnectionPool } from "./connection-pool.js";
import { createClient, discard, type PgClient, type SqlRow, type SqlValue, type Statement } from "./driver.js";
import { ConnectionLost, isReply, textOf, wantsReconnect } from "./failure.js";
import type { PostgresPlace } from "./place.js";

/** How long a polite end may take. */
const FAREWELL_MS = 500;

export interface SessionOptions {
  readonly place: PostgresPlace;
  /** How long the server may work on a statement, in milliseconds; one second later it counts as silent. */
  readonly patienceMs: number;
  readonly onEnd: (session: Session, reason: string) => void;
}

/** All connections to a server for as long as all of them live: the end of one is the end of all. */
export class Session {
  /** Why it ended; undefined while it lives. */
  ended: string | undefined;
  readonly #options: SessionOptions;
  readonly #clients = new Set<PgClient>();
  readonly #pool: ConnectionPool;
  #listening: Promise<PgClient> | undefined;
  #isProbing = false;
  #statements = 0;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#pool = new ConnectionPool(options.place.connections, () => this.#connect());
  }

  /** How many statements were run. */
  get statements(): number {
    return this.#statements;
  }

  /** Makes the first connection; rejects with what went wrong. */
  async open(): Promise<void> {
    try {
      await this.#pool.use(async () => {});
    } catch (error) {
      this.end(textOf(error));
      throw error;
    }
  }

  async query(statement: Statement, values: readonly SqlValue[] = []): Promise<readonly SqlRow[]> {
    return this.#pool.use((client) => this.#run(client, statement, values));
  }

  /** Several statements on one connection, all of them or none. */
  async transaction<T>(work: (query: (text: string) => Promise<readonly SqlRow[]>) => Promise<T>): Promise<T> {
    return this.#pool.use(async (client) => {
      const query = (text: string): Promise<readonly SqlRow[]> => this.#run(client, { text }, []);
      await query("BEGIN");
      try {
        const value = await work(query);
        await query("COMMIT");
        return value;
      } catch (error) {
        if (this.ended === undefined) await query("ROLLBACK");
        throw error;
      }
    });
  }

  /** Takes what is told on a channel, on a connection of its own. Resolves when nothing can be missed any more. */
  async listen(channel: string, onTold: (payload: string) => void): Promise<void> {
    try {
      await (this.#listening ??= this.#listen(channel, onTold));
    } catch (error) {
      this.#listening = undefined;
      if (isReply(error)) throw error;
      this.end(textOf(error));
      throw new ConnectionLost(this.ended);
    }
  }

  /** Asks for signs of life: a network that swallows everything looks exactly like silence. */
  async probe(): Promise<void> {
    if (this.#isProbing) return;
    this.#isProbing = true;
    const ask = { text: "SELECT 1" };
    const listening = this.#listening?.then((client) => this.#run(client, ask, []));
    await Promise.allSettled([this.query(ask), listening]);
    this.#isProbing = false;
  }

  /** Ends all connections at once, whether or not the server still answers. */
  end(reason: string): void {
    if (this.#finish(reason)) for (const client of this.#clients) discard(client);
  }

  /** Says goodbye; what the server does not answer soon is ended all the same. Resolves when all are gone. */
  async close(): Promise<void> {
    if (!this.#finish("closed")) return;
    await Promise.all([...this.#clients].map(farewell));
  }

  async #listen(channel: string, onTold: (payload: string) => void): Promise<PgClient> {
    const client = await this.#connect();
    client.on("notification", ({ payload = "" }) => onTold(payload));
    await this.#run(client, { text: `LISTEN "${channel}"` }, []);
    return client;
  }

  #finish(reason: string): boolean {
    if (this.ended !== undefined) return false;
    this.ended = reason;
    this.#pool.close(new ConnectionLost(reason));
    this.#options.onEnd(this, reason);
    return true;
  }

  async #connect(): Promise<PgClient> {
    const client = await createClient(this.#options.place);
    this.#assertAlive();
    let isReady = false;
    client.on("error", (error) => void (isReady && this.end(textOf(error))));
    client.on("end", () => {
      this.#clients.delete(client);
      if (isReady) this.end("the server ended a connection");
    });
    this.#clients.add(client);
    try {
      const connecting = client.connect();
      client.unref();
      await connecting;
      client.unref(); // n.b. through TLS it is another socket now
      await this.#bounded(client.query({ text: settings(this.#options.patienceMs) }), () => discard(client));
      this.#assertAlive();
    } catch (error) {
      discard(client);
      throw error;
    }
    isReady = true;
    return client;
  }

  #assertAlive(): void {
    if (this.ended !== undefined) throw new ConnectionLost(this.ended);
  }

  async #run(client: PgClient, statement: Statement, values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    this.#assertAlive();
    this.#statements++;
    const silent = (): void => this.end(`no answer for ${this.#options.patienceMs} ms`);
    try {
      return (await this.#bounded(client.query({ ...statement, values }), silent)).rows;
    } catch (error) {
      if (isReply(error) && !wantsReconnect(error)) throw error;
      this.end(textOf(error));
      throw isReply(error) ? error : new ConnectionLost(this.ended);
    }
  }

  async #bounded<T>(answer: Promise<T>, silent: () => void): Promise<T> {
    const timer = setTimeout(silent, this.#options.patienceMs + 1_000).unref();
    return answer.finally(() => clearTimeout(timer));
  }
}

/** n.b. what looks again within one statement's time must see what others have committed. */
const settings = (patienceMs: number): string =>
  `SET statement_timeout = ${patienceMs}; SET default_transaction_isolation = 'read committed'`;

async function farewell(client: PgClient): Promise<void> {
  const timer = setTimeout(() => discard(client), FAREWELL_MS);
  await client.end().catch(() => {});
  clearTimeout(timer);
}
