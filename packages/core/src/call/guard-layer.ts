import type { PublishError } from "../errors.js";
import type { Swap } from "../registers.js";
import type { Codec } from "../wire/codec.js";
import type { Call, CallMarks } from "./call-message.js";

/** What became of a call. */
export interface Ending {
  /** Under the id that its result has. */
  readonly call: Call;
  /** `known`: another one was sent, or this one before; `dropped`: so it is not wanted. */
  readonly fate: "sent" | "known" | "dropped";
}

/** Sends calls, each in its way; resolves to what became of each. */
export type SendAll = (calls: readonly Call[]) => Promise<readonly (Ending | PublishError)[]>;

/** What a layer of a guard works with. */
export interface GuardPlace {
  readonly codec: Pick<Codec, "encode">;
  readonly now: () => number;
  /** How long results are kept, in milliseconds. */
  readonly resultTtlMs: number;
  /** See `Registers`; rejects when nobody answers in time. */
  readonly swap: (batch: readonly Swap[]) => Promise<readonly (string | undefined)[]>;
  /** The broker recognises a message that is sent twice. */
  readonly recognises: boolean;
}

/** A call whose message says more to workers. */
export const marked = ({ target, ...call }: Call, marks: CallMarks): Call => ({
  ...call,
  target: { ...target, marks: { ...target.marks, ...marks } },
});

/** That workers must take care of copies, where the broker does not. */
export const againstCopies = ({ recognises }: GuardPlace): CallMarks => (recognises ? {} : { unique: "claim" });
