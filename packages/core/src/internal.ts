/**
 * What taskgen's own packages use besides the public names. No promise of stability.
 * @module
 */
export { stub } from "./call/stub.js";
export { internalsOf, type AppInternals } from "./call/app.js";
export type { Connection } from "./call/connection.js";
export type { StandIn } from "./call/stand-in.js";
export { LinkState, type LinkStatus, type Side, type SideState } from "./call/link-state.js";
export type { Routing } from "./call/routes.js";
export { urlsOf, workspaceRoot } from "./transports/default-broker.js";
export { definitionOf, taskDefinition } from "./define/task.js";
export type { Issue, Validator, Validators } from "./define/validator.js";
export { checkLimits } from "./define/check-limits.js";
export { TASK_DEFAULTS } from "./define/task-options.js";
export { Emitter } from "./emitter.js";
export { runAsTask, runningTask, type RunningTask, type TaskPlace } from "./run/current-task.js";
export type { Reporting } from "./define/progress.js";
export { KEPT_EVENTS } from "./result-backend.js";
export { brokerClock, type KeepingTime } from "./broker-time.js";
export { backoffDelay, type Backoff } from "./backoff.js";
export { defaultAmbient } from "./ambient.js";
export { createId } from "./id.js";
export { LONGEST_TIMER_MS, timeoutSignal } from "./timer.js";
export { openResults, openTransport, type ConnectionOptions } from "./transports/open.js";
export { installLink, LinkClient } from "./transports/link/client.js";
export { LinkHost, type LinkHostOptions, type OwnConnection } from "./transports/link/connections.js";
export { serveLink, type ResolveLink } from "./transports/link/host.js";
export { workerResults } from "./transports/link/worker-results.js";
export type { LinkRequest } from "./transports/link/opener.js";
export type { LinkPort } from "./transports/link/port.js";
export {
  canCollect,
  canFuse,
  canInspect,
  type DeadLetter,
  type Finish,
  type Fused,
  type Fusing,
  type Inspect,
  type QueueDepth,
  type Revocation,
  type Revoking,
} from "./powers.js";
export { canRevoke } from "./revoking.js";
export {
  canLimit,
  SLOT_MS,
  type Admission,
  type Entrant,
  type HeldSlot,
  type Limiting,
  type LimitRules,
  type Turns,
} from "./limiting.js";
export { parseRate, type ParsedRate } from "./define/rate.js";
export { ANYTHING, hasRegisters, type Registers, type Swap } from "./registers.js";
export {
  canStream,
  type StreamChunk,
  type Streaming,
  type StreamPage,
  type StreamPosition,
  type StreamPull,
} from "./streaming.js";
export { argumentKey } from "./define/argument-key.js";
export type {
  PutOutcome,
  ResultBackend,
  ResultBackendCaps,
  ResultEvent,
  ResultRecord,
  SequencedEvent,
} from "./result-backend.js";
export type {
  Deadline,
  Delivery,
  Envelope,
  OpenOptions,
  QueueSpec,
  SendOutcome,
  Settlement,
  SettleOutcome,
  Subscription,
  Transport,
  TransportCaps,
  TransportEvents,
  Unlisten,
} from "./transport.js";
export type { Codec } from "./wire/codec.js";
export { createDecoder } from "./wire/decoder.js";
export {
  decodeMessage,
  joinMessage,
  MAX_ANCESTORS,
  MESSAGE_VERSION,
  replaceHeader,
  type Descent,
  type Header,
  type Message,
} from "./wire/message.js";
export { decodeNotice, REVOKE_PLACE, REVOKE_TOPIC } from "./wire/revoke-notice.js";
export { RevocationMap } from "./transports/revocation-map.js";
export { describeIssues } from "./wire/issues.js";
export { decodeFailure, encodeFailure } from "./wire/outcome.js";
export { encodeMessage } from "./wire/encode-message.js";
export { sealOf, type MessageSeal } from "./wire/seal.js";
export { headOf, splitBody } from "./security/sealed-body.js";
export { openText, sealText } from "./run/sealed-text.js";
export { openSealer } from "./security/open-sealer.js";
export type { BodyPlace, Sealer, Sealing } from "./security/sealer.js";
export { pack, transferables, unpack, type Packed } from "./wire/pack.js";
export { fromRemoteError } from "./wire/remote-error.js";
export { toRemoteError, type EncodeData } from "./wire/to-remote-error.js";
