// oxlint-disable-next-line unicorn/require-module-specifiers -- its global declarations are what is wanted of it
export type {} from "./platform-types.js";
export {
  task,
  type BatchFactory,
  type Override,
  type Task,
  type TaskDefinition,
  type TaskFactory,
  type TaskFunction,
} from "./define/task.js";
export type { BatchFunction, BatchOptions, BatchTaskOptions, OfBatch } from "./define/batch.js";
export type { ArgumentsSchema, Upcaster } from "./define/arguments.js";
export type { StandardIssue, StandardProps, StandardResult, StandardSchemaV1 } from "./define/standard-schema.js";
export type { CallOptions, ErrorClass, ErrorMatcher, TaskOptions } from "./define/task-options.js";
export type { Debounce, Dedupe, KeyedLimit, KeyPath, Rate, Throttle } from "./define/limits.js";
export type { RetryPolicy, SendOptions } from "./define/retry-policy.js";
export type { Registry, RegistryEntry, SetupEntry, SetupModule } from "./define/registry.js";
export type { TaskEnd, TaskHooks } from "./define/task-hooks.js";
export { once, type OnceOptions } from "./run/once.js";
export { currentTask, type CurrentTask } from "./run/current-task.js";
export { progress } from "./run/progress.js";
export type { Progress, ReportOptions } from "./define/progress.js";
export type { Logger, LogMethod, TaskLog } from "./run/logger.js";
export {
  IgnoreTask,
  RejectTask,
  RetryTask,
  SoftTimeLimitExceeded,
  TaskAborted,
  type AbortCode,
  type RetryOptions,
} from "./run/control.js";
export type { Middleware, MiddlewareParts, OutgoingCall, Publish, RunMiddleware, RunTask } from "./run/middleware.js";
export { App, createApp, defaultApp, type AnyApp } from "./call/app.js";
export type { AppOptions } from "./call/app-options.js";
export type { KeyOptions, SecurityOptions } from "./security/options.js";
export type { AppEvents } from "./call/app-events.js";
export type { ContextHeader, ContextOptions, ContextStorage } from "./call/context.js";
export type { NamedRoute, QueueSettings, Route, RouteFunction, Routes, RouteTarget } from "./call/routes.js";
export type { OnPublishError } from "./call/publisher.js";
export type { NotSerializable } from "./call/not-serializable.js";
export type {
  StreamCall,
  StreamCalls,
  StreamCallsWith,
  StreamCallWith,
  Streamed,
  StreamOptions,
  StreamResult,
  StreamResultWith,
} from "./call/stream-call.js";
export type { StreamStub, StreamStubOf, StreamStubs, StreamStubWith } from "./call/stream-stub.js";
export type { Stub, StubOf, StubOptions, Stubs, StubWith } from "./call/stub.js";
export type {
  CallsWith,
  CallWith,
  ReportingCall,
  ReportingCalls,
  TaskCall,
  TaskCalls,
  TaskCallsWith,
  TaskCallWith,
} from "./call/task-call.js";
export type {
  AsyncResult,
  AsyncResultWith,
  DeclaredErrors,
  Extras,
  GetOptions,
  ProgressOptions,
  ReportingResult,
  Reports,
  ResultWith,
  RevokeOptions,
  UnknownExtras,
} from "./call/async-result.js";
export type { Settled } from "./call/settled.js";
export { TaskError } from "./call/task-error.js";
export type { RemoteError } from "./wire/remote-error.js";
export type { CodecLimits } from "./wire/codec.js";
export type { RunningState, State, TerminalState } from "./state.js";
export { milliseconds, type Duration } from "./duration.js";
export type { Ambient } from "./ambient.js";
export {
  CodecError,
  ConfigError,
  PublishError,
  ResultError,
  TaskgenError,
  TransportError,
  type CodecErrorCode,
  type ConfigErrorCode,
  type PublishErrorCode,
  type ResultErrorCode,
  type TransportErrorCode,
} from "./errors.js";
