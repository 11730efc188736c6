import { CodecError, PublishError, TransportError } from "../errors.js";
import { describeIssues } from "../wire/issues.js";
import type { Call, Unfit } from "./call-message.js";

/** What a call rejects with that was not sent, whatever the reason. Loads when it is needed. */
export function callFailure(call: Call, cause: unknown): unknown {
  if (cause instanceof TransportError) return publishFailure(call, cause);
  const refused = (code: "INVALID_ARGUMENTS" | "NOT_SERIALIZABLE", reason: string, error?: Error): PublishError =>
    new PublishError(code, `call of ${call.target.name}: ${reason}`, {
      ...{ cause: error, taskId: call.id, taskName: call.target.name },
    });
  if (isUnfit(cause)) return refused("INVALID_ARGUMENTS", describeIssues(cause.issues, call.target.sensitive));
  return cause instanceof CodecError
    ? refused("NOT_SERIALIZABLE", cause.message.replace(/^\[\w+\] /, ""), cause)
    : cause;
}

/** n.b. by its property: its class is part of a client's first load, which a bundler would cut up for it. */
const isUnfit = (cause: unknown): cause is Unfit => cause instanceof Error && "issues" in cause;

/** Which of many calls cannot travel, when encoding them all threw; n.b. all or none is sent. */
export function unsendable(calls: readonly Call[], cause: unknown, encode: (call: Call) => unknown): unknown {
  const failures = calls.map((call) => {
    try {
      return void encode(call);
    } catch (error) {
      return callFailure(call, error);
    }
  });
  const refused = failures.filter((each) => each instanceof PublishError);
  const other = failures.find((each) => each !== undefined && !(each instanceof PublishError));
  return other ?? (refused.length === 0 ? cause : notSent(refused, calls));
}

/** What a call rejects with that the broker did not take. */
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
