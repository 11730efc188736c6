import type { Ambient } from "../ambient.js";
import type { SendOptions } from "../define/retry-policy.js";
import type { ErrorClass } from "../define/task-options.js";
import { milliseconds, type Duration } from "../duration.js";
import { ConfigError } from "../errors.js";
import type { Middleware } from "../run/middleware.js";
import type { SecurityOptions } from "../security/options.js";
import type { CodecLimits } from "../wire/limits.js";
import type { ContextOptions } from "./context.js";
import type { OnPublishError } from "./publisher.js";
import type { QueueSettings, Routes } from "./routes.js";

/** Settings of an app. */
export interface AppOptions extends SendOptions {
  /**
   * The broker's URL: `sqlite:./path.db`, `memory:`.
   * @default TASKGEN_BROKER_URL, otherwise `.taskgen/tasks.db` under the workspace root; in production an error
   */
  readonly broker?: string | undefined;
  /** The result backend's URL. @default TASKGEN_RESULT_BACKEND, otherwise the broker's */
  readonly backend?: string | undefined;
  /** Separates two services on one broker. @default "taskgen" */
  readonly prefix?: string | undefined;
  /** The queue of tasks that name none. @default "default" */
  readonly queue?: string | undefined;
  /** Where calls go whose task names no queue or priority. @default the app's queue */
  readonly routes?: Routes | undefined;
  /** Settings of queues by their names. */
  readonly queues?: Readonly<Record<string, QueueSettings>> | undefined;
  /** How long results are kept. @default "1h" */
  readonly resultTtl?: Duration | undefined;
  /** How long a revocation holds: longer than the longest delay of any task that may be revoked. @default "30d" */
  readonly revocationTtl?: Duration | undefined;
  /** Bytes of messages that may wait to be sent; beyond it calls are refused. @default 128 MiB */
  readonly maxBufferedBytes?: number | undefined;
  /** Where failed publishes go. @default the call rejects, and is an unhandled rejection when nobody awaits it */
  readonly onPublishError?: OnPublishError | undefined;
  /** Where failures of a connection go that no call can report. @default a process warning */
  readonly onError?: ((error: Error) => void) | undefined;
  /** Classes of declared errors (`throws`) that come back as instances of themselves. @default none */
  readonly errors?: readonly ErrorClass[] | undefined;
  /** Wraps the tasks of this app, their calls and their runs; the first is the outermost. `app.use` adds to it. @default none */
  readonly middleware?: readonly Middleware[] | undefined;
  /**
   * Values that travel with calls, by the names of their headers: what a storage holds at a call, it holds in the task. A
   * header that the call names itself wins. @default none
   */
  readonly context?: ContextOptions | undefined;
  /** Bounds on what is encoded and decoded. */
  readonly limits?: Partial<CodecLimits> | undefined;
  /** Keys that sign and encrypt what travels. @default TASKGEN_SIGNING_KEYS and TASKGEN_ENCRYPTION_KEYS, otherwise none */
  readonly security?: SecurityOptions | undefined;
  /** A worker's lease; a dead worker is noticed within it. @default "30s" */
  readonly lease?: Duration | undefined;
  /** How often a worker renews its lease; shorter than it. @default "5s" */
  readonly heartbeat?: Duration | undefined;
  /** Time, randomness, ids and failpoints, for tests. */
  readonly ambient?: Partial<Ambient> | undefined;
}

/** The options with every default but the URLs', which are looked up when they are needed. */
export interface ResolvedOptions {
  readonly prefix: string;
  readonly queue: string;
  readonly resultTtlMs: number;
  readonly revocationTtlMs: number;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly context: ContextOptions | undefined;
  readonly limits: Partial<CodecLimits>;
  readonly ambient: Ambient;
}

/** The defaults of options that are used as they are given. */
export const APP_DEFAULTS = {
  prefix: "taskgen",
  queue: "default",
  resultTtl: "1h",
  revocationTtl: "30d",
  lease: "30s",
  heartbeat: "5s",
} as const satisfies AppOptions;

/** Fills in the defaults. @throws ConfigError `OPTION_INVALID`, `DURATION_INVALID` */
export function resolveOptions(options: AppOptions): Omit<ResolvedOptions, "ambient"> {
  return {
    prefix: options.prefix ?? APP_DEFAULTS.prefix,
    queue: options.queue ?? APP_DEFAULTS.queue,
    resultTtlMs: milliseconds(options.resultTtl ?? APP_DEFAULTS.resultTtl),
    revocationTtlMs: milliseconds(options.revocationTtl ?? APP_DEFAULTS.revocationTtl),
    ...leaseOf(options),
    context: options.context,
    limits: options.limits ?? {},
  };
}

function leaseOf({ lease = APP_DEFAULTS.lease, heartbeat = APP_DEFAULTS.heartbeat }: AppOptions): {
  readonly leaseMs: number;
  readonly heartbeatMs: number;
} {
  const leaseMs = milliseconds(lease);
  const heartbeatMs = milliseconds(heartbeat);
  if (heartbeatMs < leaseMs) return { leaseMs, heartbeatMs };
  throw new ConfigError(
    "OPTION_INVALID",
    `heartbeat (${heartbeat}) must be shorter than lease (${lease}), best a sixth of it: a lease that is not renewed in time is lost`,
  );
}
