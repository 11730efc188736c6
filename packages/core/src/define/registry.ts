import type { AnyApp } from "../call/app.js";
import type { Task } from "./task.js";
import type { Validator } from "./validator.js";

/** A task that a worker can load. */
export interface RegistryEntry {
  /** Where it is declared: `src/tasks/math.task.ts#add`. */
  readonly source: string;
  /** Hash of its contract. */
  readonly hash?: string;
  /** Hashes of the contracts it had before, whose messages may still be in a queue. */
  readonly accepts?: readonly string[];
  /** Where its arguments have the key of its option `limit`, with an index in place of a parameter's name: `"0.userId"`. */
  readonly limitKey?: string;
  /** Checks arguments against the types of its parameters, before it runs. */
  readonly args?: () => Promise<Validator | undefined>;
  readonly load: () => Promise<Task | TaskLike>;
}

/** A loaded export; checked to be a task when it is loaded. */
export type TaskLike = (...args: never[]) => unknown;

/** What a module named by `worker.setup` in the configuration may export. */
export interface SetupModule {
  /** Runs before the first task of a thread or process; one that throws or rejects is a failed start. */
  readonly setUp?: () => void | Promise<void>;
  /** Runs after the last task, where a thread or process ends in good order; it has five seconds. */
  readonly tearDown?: () => void | Promise<void>;
}

/** A set-up module that a worker can load. */
export interface SetupEntry {
  /** Where it is: `src/database.ts`. */
  readonly source: string;
  readonly load: () => Promise<SetupModule>;
}

/** The tasks of a worker by their wire names: the generated `registry`. A thread imports it itself, by its `url`. */
export interface Registry {
  readonly url: string;
  /** The app whose codec and middleware the tasks run with. @default the default app */
  readonly app?: () => Promise<AnyApp>;
  /** Run in this order by each thread or process that runs tasks, and torn down in reverse. @default none */
  readonly setup?: readonly SetupEntry[];
  readonly tasks: Readonly<Record<string, RegistryEntry>>;
}
