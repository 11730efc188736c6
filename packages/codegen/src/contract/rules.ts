import type { CompatibilityMode } from "../config.js";
import type { ChangeLevel, Direction } from "./change.js";
import type { Severity } from "./findings.js";

/** A kind of change, by a name that does not change. */
export interface Rule {
  /** What it finds, in a sentence without its end. */
  readonly summary: string;
  readonly fix?: string;
  /** Where types alone do not tell how grave it is. */
  readonly severity?: Severity;
}

const OPTIONAL_LATER = "add it as optional, and require it once the queue holds no message without it";
const KEEP = "keep it until nobody sends it any more; a task of another name may do without it at once";
const TAKE_BOTH =
  "take the old type too (`Old | New`) until the queue is drained, or translate old arguments with `versions`";

/** Every rule, in the order in which they are documented. */
export const RULES = {
  TASK_NO_DELETE: {
    summary: "a task is gone",
    fix: "keep the task until no client calls it and its queue is drained",
  },
  TASK_NO_RENAME: {
    summary: "a task has another name on the wire",
    fix: "give it its old name with the option `name`, or keep a task of the old name until its queue is drained",
  },
  TASK_ADDED: { summary: "a task is new" },
  PARAM_ADDED_REQUIRED: { summary: "a required parameter is new", fix: OPTIONAL_LATER },
  PARAM_ADDED_OPTIONAL: { summary: "an optional parameter is new" },
  PARAM_NO_DELETE: { summary: "a parameter is gone", fix: KEEP },
  PARAM_NO_REORDER: {
    summary: "parameters have changed their places",
    fix: "keep the order and add new parameters at the end; take one object where order should not matter",
    severity: "break",
  },
  PARAM_RENAMED: { summary: "a parameter has another name" },
  PARAM_OPTIONAL_TO_REQUIRED: { summary: "an optional parameter is required", fix: "leave it optional" },
  PARAM_REQUIRED_TO_OPTIONAL: { summary: "a required parameter is optional", fix: "deploy workers before clients" },
  PARAM_TYPE_COMPATIBLE: { summary: "a parameter has another type", fix: TAKE_BOTH },
  PROP_ADDED_REQUIRED: { summary: "a required property of an argument is new", fix: OPTIONAL_LATER },
  PROP_ADDED_OPTIONAL: { summary: "an optional property of an argument is new" },
  PROP_NO_DELETE: { summary: "a property of an argument is gone", fix: KEEP },
  PROP_OPTIONAL_TO_REQUIRED: { summary: "an optional property of an argument is required", fix: "leave it optional" },
  PROP_REQUIRED_TO_OPTIONAL: {
    summary: "a required property of an argument is optional",
    fix: "deploy workers before clients",
  },
  PROP_TYPE_COMPATIBLE: { summary: "a property of an argument has another type", fix: TAKE_BOTH },
  RESULT_TYPE_COMPATIBLE: {
    summary: "the result has another type",
    fix: "go on returning what clients know; add what is new as further properties, or make a task of another name",
  },
  ITEM_TYPE_COMPATIBLE: {
    summary: "what a task yields has another type, or the task is a stream no more, or again",
    fix: "go on yielding what clients know; add what is new as further properties, or make a task of another name",
  },
  ERROR_CODE_ADDED: {
    summary: "a task declares an error that it did not",
    fix: "deploy clients that handle it first; others get it as a plain TaskError",
    severity: "warn",
  },
  ERROR_CODE_REMOVED: {
    summary: "a task no longer declares an error",
    fix: "keep it declared while results with it are stored",
    severity: "warn",
  },
  ERROR_DATA_COMPATIBLE: {
    summary: "the data of a declared error have another type",
    fix: "go on giving what clients know, or declare an error of another code",
  },
  TYPES_CHANGED: { summary: "types are written otherwise and mean the same to both sides" },
  QUEUE_CHANGED: {
    summary: "a task has another queue",
    fix: "let a worker consume the old queue until it is empty",
  },
  PRIORITY_CHANGED: { summary: "a task has another priority" },
  EXPIRES_CHANGED: { summary: "messages of a task expire at another time" },
  IGNORE_RESULT_CHANGED: {
    summary: "the result of a task is stored no more, or again",
    fix: "keep the result while callers wait for it",
  },
  TIME_LIMIT_CHANGED: { summary: "a task has another time limit" },
  RETRY_POLICY_CHANGED: { summary: "a task is retried otherwise" },
  OPTION_CHANGED: { summary: "another option of a task has changed" },
  SERIALIZER_CHANGED: {
    summary: "values are written in another way",
    fix: "drain every queue, then deploy workers and clients together",
  },
} as const satisfies Record<string, Rule>;

/** The name of a rule. */
export type RuleId = keyof typeof RULES;

/** A rule by its name, with what only some rules have. */
export const ruleOf = (id: RuleId): Rule => RULES[id];

const PRIMARY: Readonly<Record<CompatibilityMode, readonly Direction[]>> = {
  backlog: ["args-backward", "result-forward"],
  full: ["args-backward", "result-forward", "args-forward", "result-backward"],
  "full-transitive": ["args-backward", "result-forward", "args-forward", "result-backward"],
  none: [],
};

/**
 * How grave a finding is.
 *
 * | severity | direction that the mode protects | other direction |
 * | --- | --- | --- |
 * | break | breaking | dangerous |
 * | warn | dangerous | info |
 * | note | info | info |
 */
export function levelOf(mode: CompatibilityMode, direction: Direction, severity: Severity): ChangeLevel {
  if (mode === "none" || severity === "note") return "info";
  const isProtected = PRIMARY[mode].includes(direction);
  if (severity === "break") return isProtected ? "breaking" : "dangerous";
  return isProtected ? "dangerous" : "info";
}
