import { ConfigError, milliseconds, type TaskOptions } from "@taskgen/core";
import { checkLimits } from "@taskgen/core/internal";
import { checkLimitOptions } from "./limits/limit-options.js";
import { TASK_HOOKS } from "./hooks.js";
import { readSensitive } from "./sensitive.js";

/** Refuses options that the compiler could not check, before the task is called. */
export function checkTaskOptions(name: string, options: TaskOptions): void {
  checkDurations(name, options);
  checkLimits(`task ${name}`, options);
  checkLimitOptions(name, options);
  checkSchema(name, options.args);
  checkVersions(name, options.versions);
  checkHooks(name, options);
  checkProgress(name, options.progress);
  readSensitive(name, options.sensitive);
}

function checkProgress(name: string, channel: { readonly report?: unknown } | undefined): void {
  if (channel === undefined || typeof channel.report === "function") return;
  throw new ConfigError("OPTION_INVALID", `task ${name}: progress must be a channel that progress() made`);
}

function checkHooks(name: string, options: TaskOptions): void {
  const wrong = TASK_HOOKS.find((hook) => options[hook] !== undefined && typeof options[hook] !== "function");
  if (wrong !== undefined) throw new ConfigError("OPTION_INVALID", `task ${name}: ${wrong} must be a function`);
}

function checkDurations(name: string, options: TaskOptions): void {
  for (const option of [
    "timeLimit",
    "softTimeLimit",
    "defaultRetryDelay",
    "retryBackoffMax",
    "streamTimeout",
  ] as const) {
    const duration = options[option];
    if (duration === undefined) continue;
    try {
      milliseconds(duration);
    } catch (cause) {
      throw new ConfigError("OPTION_INVALID", `task ${name}: ${option} is ${JSON.stringify(duration)}`, { cause });
    }
  }
}

function checkSchema(name: string, schema: unknown): void {
  if (schema === undefined || [schema].flat().every(isStandardSchema)) return;
  throw new ConfigError(
    "OPTION_INVALID",
    `task ${name}: args must be a schema with "~standard" (zod, valibot, arktype …), or a list of such`,
  );
}

function isStandardSchema(schema: unknown): boolean {
  const standard = (schema as { readonly "~standard"?: { readonly validate?: unknown } } | null | undefined)?.[
    "~standard"
  ];
  return typeof standard?.validate === "function";
}

function checkVersions(name: string, versions: TaskOptions["versions"] = {}): void {
  for (const [hash, upcaster] of Object.entries(versions)) {
    if (/^[0-9a-f]{16}$/.test(hash) && typeof upcaster === "function") continue;
    const got = JSON.stringify(hash);
    throw new ConfigError(
      "OPTION_INVALID",
      `task ${name}: versions has ${got}; each is a contract's hash of 16 hexadecimal digits with a function`,
    );
  }
}
