import type { Request } from "./protocol.js";

/**
 * Whether whoever asked has more use for an answer that comes with something else. One call together with the wait for its
 * result: the result. The end of all that a client owned: its next delivery.
 */
export function isPatient(requests: readonly Request[], ownsNothing: (client: number) => boolean): boolean {
  if (requests.every(({ op }) => op === "settle" || op === "credit"))
    return requests.every(({ client }) => ownsNothing(client));
  return isAwaitedCall(requests);
}

const isAwaitedCall = (requests: readonly Request[]): boolean =>
  requests.length === 2 &&
  requests.some((request) => request.op === "wait" && request.fields.ids.length === 1) &&
  requests.some((request) => request.op === "send" && request.fields.messages.rows.length === 1);
