import { PublishError } from "@taskgen/core";
import type { ClientBase } from "pg";
import type { AnyStub } from "./stubs.js";

const BATCH = 500;

interface Row {
  readonly id: string;
  readonly task: string;
  readonly args: readonly unknown[];
}

/**
 * Hands the oldest calls to the broker, and removes them once it has them; returns how many. Other relays skip them meanwhile.
 * When this process dies in between, they are sent again with the same ids, which the broker recognises.
 */
export async function sendWaiting(client: ClientBase, stubs: ReadonlyMap<string, AnyStub>): Promise<number> {
  await client.query("BEGIN");
  try {
    const { rows } = await client.query<Row>(
      `SELECT id, task, args FROM outbox WHERE error IS NULL ORDER BY position LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
    );
    // n.b. calls of one tick travel together
    const errors = await Promise.all(rows.map((row) => send(row, stubs.get(row.task))));
    const sent = rows.filter((_, i) => errors[i] === undefined).map(({ id }) => id);
    if (sent.length > 0) await client.query("DELETE FROM outbox WHERE id = ANY ($1::uuid[])", [sent]);
    for (const [i, { id }] of rows.entries()) {
      if (errors[i] !== undefined) await client.query("UPDATE outbox SET error = $2 WHERE id = $1", [id, errors[i]]);
    }
    await client.query("COMMIT");
    return sent.length;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {}); // the connection is lost, and with it the transaction
    throw error;
  }
}

/** Why this call can never be sent: it stays for somebody to look at. Throws when the broker does not take it now. */
async function send({ id, task, args }: Row, stub: AnyStub | undefined): Promise<string | undefined> {
  if (stub === undefined) return `there is no task ${task}`;
  try {
    await stub.applyAsync(args, { taskId: id });
    return undefined;
  } catch (error) {
    if (error instanceof PublishError && NEVER.has(error.code)) return error.message;
    throw error;
  }
}

const NEVER = new Set<string>(["NOT_SERIALIZABLE", "INVALID_ARGUMENTS", "PAYLOAD_TOO_LARGE", "PUBLISH_REFUSED"]);
