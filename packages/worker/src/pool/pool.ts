import type { AbortCode, RegistryEntry, TaskOptions } from "@taskgen/core";
import type { MessageSeal } from "@taskgen/core/internal";
import type { Verdict } from "../verdict.js";

/** One delivery as a pool runs it: plain data, so that it can cross a thread boundary. */
export interface Job {
  readonly id: string;
  readonly task: string;
  readonly retries: number;
  /** How many workers died with it before. */
  readonly redeliveries: number;
  /** More deaths than this end it. */
  readonly maxRedeliveries: number;
  readonly rootId: string;
  readonly parentId: string | undefined;
  /** Those between the two. */
  readonly ancestors: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** Encoded. */
  readonly args: Uint8Array;
  /** What seals them, `undefined` where nothing does. */
  readonly seal: MessageSeal | undefined;
  /** Hash of the contract that they were made for. */
  readonly contract: string | undefined;
  /** Not started after this, epoch milliseconds. */
  readonly expires: number | undefined;
  readonly timeLimitMs: number | undefined;
  readonly softTimeLimitMs: number | undefined;
  /** Acknowledged before it runs: never run again. */
  readonly early: boolean;
  /** Gets a thread or process of its own. */
  readonly isolate: boolean;
  /** The pool reports when it begins. */
  readonly trackStarted: boolean;
  /** It has no right to start after this, epoch milliseconds; set when it may run. */
  startBy?: number | undefined;
  /** How many children of this worker's pool died while it ran, by a culprit unknown; counted by the pool. */
  charges?: number;
  /** Neither its value nor what it yields is kept. */
  readonly storesNothing: boolean;
}

/** A job that ended. */
export interface Ended<J extends Job> {
  readonly job: J;
  readonly verdict: Verdict;
  readonly runtimeMs: number;
  /** It was told to stop before it began. */
  readonly unbegun?: true;
}

/** Why a job's signal aborts. */
export interface StopReason {
  readonly code: AbortCode;
  readonly message: string;
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/** Plain data: texts, numbers, truth values, lists and objects of them. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A line of `currentTask().log`. */
export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields?: LogFields | undefined;
}

/** What a running job reported of itself. */
export interface JobReport<J extends Job> {
  readonly job: J;
  readonly state: string;
  /** Encoded. */
  readonly value: string;
}

/** What a pool tells its worker. Batches, never single posts at steady load. */
export interface PoolEvents<J extends Job> {
  readonly ended: (batch: readonly Ended<J>[]) => void;
  /** Only for jobs with `trackStarted`. */
  readonly started: (job: J) => void;
  /** A line of `currentTask().log`. */
  readonly log: (job: J, line: LogLine) => void;
  /** Told before what became of the job. */
  readonly reported: (batch: readonly JobReport<J>[]) => void;
  /** A running job begins or ends to wait for another task; its slot is free meanwhile. */
  readonly joining: (job: J, waiting: boolean) => void;
  /** Something that no job's verdict tells, such as a thread that died; the pool goes on. */
  readonly warning: (error: Error) => void;
  /** `concurrency` changed. */
  readonly resized: () => void;
  /** The pool cannot go on; the worker must stop. */
  readonly fatal: (error: Error) => void;
}

/** A task's options as plain data: what the worker must know before it runs one. */
export type PlainTaskOptions = Pick<
  TaskOptions,
  | ("queue" | "priority" | "timeLimit" | "softTimeLimit" | "expires" | "ack" | "ignoreResult" | "trackStarted")
  | ("isolate" | "sensitive" | "rateLimit" | "limit" | "dedupe" | "debounce" | "throttle")
> &
  Pick<RegistryEntry, "limitKey"> & {
    /** It is an async generator. */
    readonly streams?: true;
    /** It declares a channel for its progress. */
    readonly reports?: true;
    /** Its calls run together. */
    readonly batch?: BatchPlan;
  };

/** How calls of one task are collected. */
export interface BatchPlan {
  readonly maxSize: number;
  readonly maxWaitMs: number;
}

/** How many threads or processes a pool may have. */
export interface Autoscale {
  /** It grows to this many while tasks wait that none has room for. */
  readonly max: number;
  /** It shrinks to this many, one not needed for 30 seconds at a time. @default 1 */
  readonly min: number;
}

/** Runs jobs. Nothing in it touches a broker or a store. */
export interface Pool<J extends Job> {
  /** How many threads or processes it runs now; 0 when none. */
  readonly children: number;
  /**
   * How many jobs to give it at once; `resized` tells of changes. One that may grow asks for those of the next child too: they
   * are what it grows for.
   */
  readonly concurrency: number;
  /** It can begin jobs now: at least one of its threads or processes is up. */
  readonly ready: boolean;
  /** Loads every task module once; resolves to the options of each task by name. Rejects when one cannot be loaded. */
  start(on: PoolEvents<J>): Promise<Readonly<Record<string, PlainTaskOptions>>>;
  /** Takes jobs, also more than `concurrency`: those that cannot begin wait in the pool. */
  run(jobs: readonly J[]): void;
  /**
   * Aborts a running job's signal; a job that has not begun is dropped without a verdict. True when it runs: its verdict
   * comes, and when what runs it dies before, it does not run again.
   */
  abort(job: J, code: AbortCode, message: string): boolean;
  /**
   * Ends a job with this verdict, whatever it does: its signal aborts, and what runs it is ended by force after the grace of
   * the others. A job that has not begun ends at once.
   */
  terminate(job: J, reason: StopReason, verdict: Verdict): void;
  /** Gives back the jobs that have not begun; they end without a verdict. */
  takeBack(): readonly J[];
  /**
   * Ends all threads or processes, whatever they run, within a bounded time; those in good order tear down what they had set
   * up. Stopping twice is safe.
   */
  stop(): Promise<void>;
}
