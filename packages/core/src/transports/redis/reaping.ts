import { queueKeys } from "./fetcher.js";
import type { QueueKeys } from "./keys.js";
import { reap } from "./scripts.js";
import type { Session } from "./session.js";

/** Why what a consumer owns is put back: as the script that does it is told. */
export const Reason = {
  mayHaveDied: 0,
  left: 1,
  /** And an order of its own may be on its way. */
  leftInDoubt: 2,
  /** It goes on under another name. */
  renamed: 3,
} as const;

/** Puts what a consumer owns back to the front of its queue. */
export async function putBack(
  session: Session,
  keys: QueueKeys,
  from: { readonly consumer: string; readonly reason: (typeof Reason)[keyof typeof Reason] },
): Promise<void> {
  const { consumer, reason } = from;
  const own = [keys.lease(consumer), keys.owned(consumer), keys.hand(consumer)];
  await session.script(reap, [...queueKeys(keys), ...own], [consumer, reason]);
}
