import { ANYTHING, type Swap } from "../../registers.js";
import { limit, type Connection } from "./connection.js";
import type { Statement } from "./driver.js";
import { Gather } from "./gather.js";
import { fromSql, lifetime, toSql } from "./text.js";

/** The registers of one prefix; swaps of one tick travel together, in their order. */
export class Swaps {
  readonly #connection: Connection;
  readonly #statement: Statement;
  readonly #swaps: Gather<Swap, string | undefined>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#statement = {
      name: "swap",
      text: `SELECT ${connection.schema.of("swap")}($1, $2, $3, $4, $5) AS answers`,
    };
    this.#swaps = new Gather({
      run: (chunk) => this.#run(chunk),
      bytesOf: ({ next }) => next?.length ?? 0,
      isOrdered: true,
    });
  }

  async swap(batch: readonly Swap[]): Promise<readonly (string | undefined)[]> {
    this.#connection.assertOpen();
    return this.#swaps.add(batch);
  }

  async #run(batch: readonly Swap[]): Promise<(string | undefined)[]> {
    const values = [
      batch.map(({ key }) => toSql(key)),
      batch.map(({ expected }) => (expected === ANYTHING ? "t" : "f")),
      batch.map(({ expected }) => (typeof expected === "string" ? toSql(expected) : null)),
      batch.map(({ next }) => (next === undefined ? null : toSql(next))),
      batch.map(({ ttlMs }) => lifetime(ttlMs)),
    ];
    const [row] = await this.#connection.perform((session) => session.query(this.#statement, values), limit());
    return (row!["answers"] as (string | null)[]).map((text) => (text === null ? undefined : fromSql(text)));
  }
}
