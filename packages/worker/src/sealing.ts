import { CodecError, ConfigError, type SecurityOptions } from "@taskgen/core";
import {
  decodeFailure,
  openSealer,
  openText,
  sealText,
  type BodyPlace,
  type Header,
  type MessageSeal,
  type Sealer,
  type Sealing,
} from "@taskgen/core/internal";
import type { Outcome } from "./hooks.js";

/**
 * The encoded arguments of a message.
 * @throws CodecError `SIGNATURE_INVALID`, `ENCRYPTION_INVALID`
 */
export function openArguments(
  sealer: Sealer | undefined,
  id: string,
  { args, seal }: { readonly args: Uint8Array; readonly seal: MessageSeal | undefined },
): Uint8Array {
  if (sealer !== undefined) return sealer.openMessage(id, seal, args);
  if (seal?.enc === undefined) return args;
  throw new CodecError(
    "ENCRYPTION_INVALID",
    "the message is encrypted, and this worker has no keys: give its app createApp({ security })",
  );
}

/** Seals what a task returned, in the thread that ran it. */
export function sealValue(sealer: Sealer | undefined, id: string, outcome: Outcome): Outcome {
  const { verdict } = outcome;
  if (sealer === undefined || verdict.kind !== "success") return outcome;
  const body = sealer.sealBody({ purpose: "result", id, part: "SUCCESS" }, verdict.body);
  return { ...outcome, verdict: { ...verdict, body } };
}

/** How a message ended, as its header says it on the way to its own queue. */
type End = NonNullable<Header["ended"]>;

/** In place of the name of an error that is sealed in its message. */
const SEALED = "Sealed";

const placeOf = (id: string, { kind }: End): BodyPlace => ({ purpose: "end", id, part: kind });

/** n.b. no signature of a message holds its end, and it may quote arguments. */
export function sealEnd(sealer: Sealer | undefined, id: string, { kind, error }: End): End {
  if (sealer === undefined) return { kind, error };
  const message = sealText(sealer, placeOf(id, { kind, error }), JSON.stringify(error));
  return { kind, error: { name: SEALED, message } };
}

/** `undefined` when somebody made it up: its message goes on as if it were not there. */
export function openEnd(sealer: Sealer | undefined, id: string, end: End): End | undefined {
  const { name, message } = end.error;
  if (sealer === undefined && name !== SEALED) return end;
  try {
    const text = name === SEALED ? message : JSON.stringify(end.error);
    return { kind: end.kind, error: decodeFailure(openText(sealer, placeOf(id, end), text)) };
  } catch {
    return undefined;
  }
}

/**
 * What seals for the threads and processes of a worker: with the keys of their own app, which must be those of the worker's.
 * @throws ConfigError `OPTION_INVALID`
 */
export async function sharedSealer(
  own: SecurityOptions | undefined,
  workers: Sealing | undefined,
): Promise<Sealer | undefined> {
  const sealer = await openSealer(own, workers?.prefix ?? "");
  if (sealer?.sealing.fingerprint === workers?.fingerprint) return sealer;
  throw new ConfigError(
    "OPTION_INVALID",
    "the keys of the worker's app are not those of the app in its threads or processes: name the module of the app in taskgen.config (app), or set TASKGEN_SIGNING_KEYS and TASKGEN_ENCRYPTION_KEYS",
  );
}
