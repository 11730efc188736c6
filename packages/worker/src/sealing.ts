import { ConfigError, SecurityError } from "@taskgen/core";
import type { MessageSeal, Sealer, Sealing } from "@taskgen/core/internal";
import type { Outcome } from "./hooks.js";

/**
 * The encoded arguments of a message.
 * @throws SecurityError `SIGNATURE_INVALID`, `ENCRYPTION_INVALID`
 */
export function openArguments(
  sealer: Sealer | undefined,
  id: string,
  { args, seal }: { readonly args: Uint8Array; readonly seal: MessageSeal | undefined },
): Uint8Array {
  if (sealer !== undefined) return sealer.openMessage(id, seal, args);
  if (seal?.enc === undefined) return args;
  throw new SecurityError(
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
 * The threads and processes of a worker must not take what its app refuses.
 * @throws ConfigError `OPTION_INVALID`
 */
export function checkKeys(own: Sealer | undefined, workers: Sealing | undefined): void {
  if (own?.sealing.fingerprint === workers?.fingerprint) return;
  throw new ConfigError(
    "OPTION_INVALID",
    "the keys of the worker's app are not those of the app in its threads or processes: name the module of the app in taskgen.config (app), or set TASKGEN_SIGNING_KEYS and TASKGEN_ENCRYPTION_KEYS",
  );
}
