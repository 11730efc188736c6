import { PublishError } from "../errors.js";
import type { Emitter } from "../emitter.js";
import type { Call } from "./call-message.js";
import type { Side, SideState } from "./link-state.js";

/** What an app tells those who listen. Calls that a task makes are told by the app of its thread. */
export interface AppEvents {
  /** The broker has a call. */
  readonly published: { readonly id: string; readonly task: string };
  /** A call was not sent, or may not have been; the call itself rejects all the same. */
  readonly "publish-failed": { readonly id: string; readonly task: string; readonly error: Error };
  /** The connection to the broker or the result backend came up, went down or is blocked. */
  readonly state: SideState & { readonly side: Side };
}

/** Where one call of many has such an error, none of them was sent. */
const UNSENT: ReadonlySet<string> = new Set(["NOT_SERIALIZABLE", "INVALID_ARGUMENTS", "PUBLISH_REFUSED"]);

/** Tells what becomes of calls that are on their way together. */
export function tellPublished(events: Emitter<AppEvents>, calls: readonly Call[], sent: Promise<unknown>): void {
  const published = ({ id, target }: Call): void => events.emit("published", () => ({ id, task: target.name }));
  sent.then(
    () => calls.forEach(published),
    (failure: Error) => {
      for (const call of calls) {
        const error = errorOf(call, failure);
        if (error === undefined) published(call);
        else events.emit("publish-failed", () => ({ id: call.id, task: call.target.name, error }));
      }
    },
  );
}

/** `undefined` for one that was sent although others were not. */
function errorOf({ id }: Call, failure: Error): Error | undefined {
  if (!(failure instanceof AggregateError)) return failure;
  const errors = failure.errors as readonly Error[];
  const own = errors.find((error) => error instanceof PublishError && error.taskId === id);
  const noneSent = errors.some((error) => !(error instanceof PublishError) || UNSENT.has(error.code));
  return own ?? (noneSent ? failure : undefined);
}
