import { canRevoke } from "../revoking.js";
import { encodeFailure } from "../wire/outcome.js";
import type { RemoteError } from "../wire/remote-error.js";
import { encodeNotice, MAX_NOTICE_IDS, REVOKE_PLACE, REVOKE_TOPIC, type RevokeNotice } from "../wire/revoke-notice.js";
import type { RevokeOptions } from "./async-result.js";
import type { Connection } from "./connection.js";

/** How long what is told of a revocation is kept, in milliseconds. */
export interface RevokeTimes {
  readonly resultTtlMs: number;
  readonly revocationTtlMs: number;
}

/** What callers are told: the same whether the task was stopped or never began. */
const REVOKED: RemoteError = { name: "TaskRevoked", code: "TASK_REVOKED", message: "it was revoked" };

/**
 * Revokes tasks: stores their end, so that nobody waits on; leaves marks for the workers that are not up, where the backend
 * can; tells those that are. Repeating it is safe.
 */
export async function revoke(
  connection: Connection,
  ids: string | readonly string[],
  options: RevokeOptions & RevokeTimes,
): Promise<void> {
  const unique = [...new Set([ids].flat())];
  for (let from = 0; from < unique.length; from += MAX_NOTICE_IDS) {
    await revokeChunk(connection, unique.slice(from, from + MAX_NOTICE_IDS), options);
  }
}

async function revokeChunk(
  { transport, results, sealer }: Connection,
  ids: readonly string[],
  { terminate = false, children = false, resultTtlMs, revocationTtlMs }: RevokeOptions & RevokeTimes,
): Promise<void> {
  const body = encodeFailure(REVOKED);
  const replyTo = results.address?.();
  const records = ids.map((id) => ({ id, state: "REVOKED", body, replyTo, ttlMs: resultTtlMs }) as const);
  await results.put(sealer === undefined ? records : records.map((record) => sealer.sealRecord(record)));
  const notice: RevokeNotice = { ids, ttlMs: revocationTtlMs, terminate, children };
  if (canRevoke(results)) await results.mark(ids.map((id) => ({ id, ttlMs: revocationTtlMs, terminate, children })));
  const told = encodeNotice(notice);
  await transport.broadcast(REVOKE_TOPIC, sealer === undefined ? told : sealer.sealBody(REVOKE_PLACE, told));
}
