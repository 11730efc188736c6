import { isDeepStrictEqual } from "node:util";
import type { ClientBase } from "pg";
import type { TaskMap } from "./_generated/client.js";

type TaskName = Extract<keyof TaskMap, string>;
type ArgumentsOf<Name extends TaskName> = Parameters<TaskMap[Name]["delay"]>;

/** Where relays are told that there is something to send. */
export const CHANNEL = "outbox";

/**
 * Calls a task if, and only if, this transaction is committed; resolves to the id that the task will have. Arguments are kept as
 * JSON.
 */
export async function enqueue<Name extends TaskName>(
  transaction: ClientBase,
  task: Name,
  ...args: ArgumentsOf<Name>
): Promise<string> {
  const json = JSON.stringify(args);
  if (!isDeepStrictEqual(JSON.parse(json), args)) throw new TypeError(`arguments of ${task} do not survive JSON`);
  const { rows } = await transaction.query<{ id: string }>(
    `WITH added AS (INSERT INTO outbox (task, args) VALUES ($1, $2) RETURNING id)
     SELECT id, pg_notify('${CHANNEL}', '') FROM added`,
    [task, json],
  );
  return rows[0]!.id;
}
