import { CodecError, ConfigError, type SecurityOptions } from "@taskgen/core";
import { openSealer, type MessageSeal, type Sealer, type Sealing } from "@taskgen/core/internal";
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
