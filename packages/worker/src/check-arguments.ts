import type { RegistryEntry, TaskOptions, Upcaster } from "@taskgen/core";
import { describeIssues, type Validator } from "@taskgen/core/internal";
import { Misfit, schemaCheck, type Conform, type Describe } from "./schema-check.js";
import { readSensitive, redactIssues } from "./sensitive.js";

export type ArgumentErrorCode = "INVALID_ARGUMENTS" | "CONTRACT_MISMATCH";

/** The arguments of a message do not fit its task: REJECTED and a dead letter. */
export class ArgumentsRefused extends Error {
  override readonly name = "ArgumentsRefused";
  readonly code: ArgumentErrorCode;

  constructor(code: ArgumentErrorCode, message: string, details: ErrorOptions) {
    super(message, details);
    this.code = code;
  }
}

/**
 * Decides what a task runs with, given the decoded arguments and the hash of the contract they were made for. Arguments of
 * an earlier contract go through its upcaster first. At once where nothing is asynchronous.
 * @throws ArgumentsRefused
 */
export type CheckArguments = (
  args: readonly unknown[],
  received: string | undefined,
) => readonly unknown[] | Promise<readonly unknown[]>;

/** A task with what its registry knows of it. */
export interface CheckedTask {
  readonly name: string;
  readonly options: TaskOptions;
  readonly entry: Pick<RegistryEntry, "hash" | "accepts">;
  /** Derived from the types of its parameters. */
  readonly validator: Validator | undefined;
}

/** The check of one task, or `undefined` where nothing can be checked. A schema of the task's own wins over its types. */
export function argumentCheck(task: CheckedTask): CheckArguments | undefined {
  const { args: schema, versions = {} } = task.options;
  const hidden = readSensitive(task.name, task.options.sensitive)?.args ?? [];
  const describe: Describe = (issues) => describeIssues(redactIssues(issues, hidden));
  const conform = schema === undefined ? validatorCheck(task.validator, describe) : schemaCheck(schema, describe);
  if (conform === undefined && Object.keys(versions).length === 0) return undefined;
  return (args, received) => {
    const upcaster = upcasterFor(task, received);
    try {
      const fitting =
        upcaster === undefined
          ? (conform?.(args) ?? args)
          : upcast(upcaster, args).then((upcasted) => conform?.(upcasted) ?? upcasted);
      return fitting instanceof Promise ? fitting.catch((error: unknown) => refuse(task, received, error)) : fitting;
    } catch (error) {
      return refuse(task, received, error);
    }
  };
}

function validatorCheck(validator: Validator | undefined, describe: Describe): Conform | undefined {
  if (validator === undefined) return undefined;
  return (args) => {
    const issues = validator.check(args);
    if (issues.length > 0) throw new Misfit(describe(issues));
    return args;
  };
}

function upcasterFor({ options, entry }: CheckedTask, received: string | undefined): Upcaster | undefined {
  const { versions } = options;
  if (versions === undefined || received === undefined || received === entry.hash) return undefined;
  return Object.hasOwn(versions, received) ? versions[received] : undefined;
}

async function upcast(upcaster: Upcaster, args: readonly unknown[]): Promise<readonly unknown[]> {
  try {
    const upcasted: unknown = await upcaster(args);
    if (Array.isArray(upcasted)) return upcasted as readonly unknown[];
  } catch (cause) {
    throw new Misfit(`their upcaster threw ${describeThrown(cause)}`, { cause });
  }
  throw new Misfit("their upcaster gave no list");
}

/** n.b. anything but a `Misfit` was thrown by code of the task's author: a schema, or what it calls. */
function refuse(task: CheckedTask, received: string | undefined, error: unknown): never {
  const reason = error instanceof Misfit ? error.message : `their schema threw ${describeThrown(error)}`;
  const cause = error instanceof Misfit ? error.cause : error;
  const code = isForeign(task, received) ? "CONTRACT_MISMATCH" : "INVALID_ARGUMENTS";
  const message = `the arguments do not fit the task ${task.name}${contracts(task, received)}: ${reason}`;
  throw new ArgumentsRefused(code, message, cause === undefined ? {} : { cause });
}

/** Made for another contract than that of today; `false` also where either says none. */
const isForeign = ({ entry }: CheckedTask, received: string | undefined): received is string =>
  received !== undefined && entry.hash !== undefined && received !== entry.hash;

function contracts(task: CheckedTask, received: string | undefined): string {
  if (!isForeign(task, received)) return "";
  const { entry, options } = task;
  const known = entry.accepts?.includes(received) === true || Object.hasOwn(options.versions ?? {}, received);
  // n.b. a header may hold any text
  const origin = known ? `the earlier ${received}` : `the unknown ${JSON.stringify(received.slice(0, 64))}`;
  return ` (contract ${entry.hash} is expected, ${origin} was received)`;
}

function describeThrown(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return "something that cannot be read";
  }
}
