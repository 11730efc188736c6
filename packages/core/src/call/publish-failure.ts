import { PublishError, type TransportError } from "../errors.js";
import type { Call } from "./call-message.js";

/** What a call rejects with that the broker did not take. Loads when it is needed. */
export function publishFailure({ id, target: { name } }: Call, cause: TransportError): PublishError {
  const details = { cause, taskId: id, taskName: name };
  const reason = cause.message.replace(/^\[\w+\] /, "");
  if (cause.code === "PAYLOAD_TOO_LARGE")
    return new PublishError("PAYLOAD_TOO_LARGE", `call of ${name} (${id}): ${reason}`, details);
  if (cause.certain)
    return new PublishError("NOT_ENQUEUED", `call of ${name} (${id}) was not enqueued: ${reason}`, details);
  return new PublishError(
    "ENQUEUE_UNKNOWN",
    `call of ${name} (${id}) may not have been enqueued: ${reason}; sending it again with this taskId is safe`,
    details,
  );
}

/** Why none of many calls, or not all of them, were sent. */
export const notSent = (failures: readonly PublishError[], calls: readonly Call[]): AggregateError =>
  new AggregateError(
    failures,
    `${failures.length} of ${calls.length} calls of ${calls[0]!.target.name} were not sent: ${failures[0]!.message}`,
  );
