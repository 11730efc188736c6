import type { TerminalState } from "@taskgen/core";
import {
  decodeMessage,
  encodeFailure,
  replaceHeader,
  type Delivery,
  type Envelope,
  type Finish,
  type Header,
  type ResultRecord,
  type Sealer,
} from "@taskgen/core/internal";
import { homeOf, isCompanion } from "./limits/companion.js";
import { sealEnd } from "./sealing.js";
import type { Verdict } from "./verdict.js";

/** What a verdict is turned into settlements with. */
export interface Conclusion {
  readonly delivery: Delivery;
  /** `undefined` when the header could not be read. */
  readonly header: Header | undefined;
  readonly verdict: Verdict;
  /** The caller wants no result: nothing is stored. */
  readonly ignoreResult: boolean;
  /** The task stores no value. */
  readonly ignoresValue: boolean;
}

/** Settings of `conclude`. */
export interface ConcludeOptions {
  readonly ttlMs: number;
  readonly now: () => number;
  /** Seals what is stored and said here; a value comes sealed. */
  readonly sealer: Sealer | undefined;
}

/** What a verdict means for the broker and the result store; pure. */
export function conclude(conclusion: Conclusion, options: ConcludeOptions): Finish {
  const { delivery, header, verdict, ignoreResult, ignoresValue } = conclusion;
  const { id, replyTo } = delivery.envelope;
  const { sealer } = options;
  const ttlMs = Math.max(options.ttlMs, header?.keep ?? 0);
  const home = isCompanion(delivery.envelope.queue) ? goHome(delivery.envelope, verdict, sealer) : undefined;
  if (home !== undefined) return { settlement: { delivery, to: "retry", next: home } };
  const record = (state: TerminalState, body: Uint8Array): ResultRecord | undefined => {
    if (ignoreResult) return undefined;
    const plain = { id, state, task: header?.task, body, replyTo, ttlMs };
    return sealer === undefined || state === "SUCCESS" ? plain : sealer.sealRecord(plain);
  };
  switch (verdict.kind) {
    case "success":
      if (ignoresValue)
        return { settlement: { delivery, to: "done" }, record: record("IGNORED", encodeFailure(VALUELESS)) };
      return { settlement: { delivery, to: "done" }, record: record("SUCCESS", verdict.body) };
    case "failure":
      return { settlement: { delivery, to: "done" }, record: record("FAILURE", encodeFailure(verdict.error)) };
    case "ignore":
      return {
        settlement: { delivery, to: "done" },
        record: record("IGNORED", encodeFailure(verdict.error ?? IGNORED)),
      };
    case "revoke":
      return { settlement: { delivery, to: "done" }, record: record("REVOKED", encodeFailure(verdict.error)) };
    case "reject":
      return {
        settlement: dead(delivery, verdict.error, sealer),
        record: record("REJECTED", encodeFailure(verdict.error)),
      };
    case "worker-lost":
      return {
        settlement: dead(delivery, verdict.error, sealer),
        record: record("FAILURE", encodeFailure(verdict.error)),
      };
    case "late":
      return { settlement: { delivery, to: "release" } };
    case "retry":
      return {
        settlement: {
          delivery,
          to: "retry",
          next: retried(delivery.envelope, header!, options.now() + verdict.delayMs),
        },
      };
    default:
      return verdict satisfies never;
  }
}

/** The same task, one retry later. Who dies with it is counted anew. */
const retried = (envelope: Envelope, { redeliveries: _, ...header }: Header, eta: number): Envelope =>
  later(envelope, { ...header, retries: (header.retries ?? 0) + 1 }, eta);

/** The same message with another header, not before `eta`. */
export const later = (envelope: Envelope, header: Header, eta: number): Envelope => ({
  ...envelope,
  queue: homeOf(envelope.queue),
  eta,
  body: replaceHeader(envelope.body, header),
});

/** A dead letter is one of the queue that its message was sent to; whoever takes from that one makes it so. */
function goHome(envelope: Envelope, verdict: Verdict, sealer: Sealer | undefined): Envelope | undefined {
  if (verdict.kind !== "reject" && verdict.kind !== "worker-lost") return undefined;
  const { header } = decodeMessage(envelope.body);
  const ended = sealEnd(sealer, envelope.id, verdict);
  return { ...later(envelope, { ...header, ended }, 0), eta: undefined };
}

const dead = (
  delivery: Delivery,
  error: { readonly code?: string; readonly name: string; readonly message: string },
  sealer: Sealer | undefined,
): Finish["settlement"] => ({
  delivery,
  to: "dead",
  // n.b. a message may quote the arguments, which are encrypted beside it
  reason: sealer?.encrypts === true ? (error.code ?? error.name) : `${error.code ?? error.name}: ${error.message}`,
});

const VALUELESS = { name: "IgnoreResult", message: "it ran; the task has ignoreResult, so its value is not stored" };

const IGNORED = { name: "IgnoreTask", message: "the task asked to be ignored" };
