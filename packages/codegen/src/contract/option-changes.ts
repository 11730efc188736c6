import type { CompatibilityMode } from "../config.js";
import type { Change, ChangeLevel } from "./change.js";
import type { ContractTask } from "./contract-file.js";
import type { OptionValue } from "./hash.js";
import { ruleOf, type RuleId } from "./rules.js";

/** What a changed option means to others. */
interface OptionRule {
  readonly rule: RuleId;
  readonly level: ChangeLevel;
  readonly why: string;
}

const NEW_MESSAGES = "it holds for messages that are sent from now on";

const retry: OptionRule = { rule: "RETRY_POLICY_CHANGED", level: "info", why: "it holds for every run from now on" };
const limit: OptionRule = { rule: "TIME_LIMIT_CHANGED", level: "info", why: NEW_MESSAGES };

const OPTION_RULES = new Map<string, OptionRule>([
  ["queue", { rule: "QUEUE_CHANGED", level: "dangerous", why: "messages of the old queue stay there" }],
  ["priority", { rule: "PRIORITY_CHANGED", level: "info", why: NEW_MESSAGES }],
  ["expires", { rule: "EXPIRES_CHANGED", level: "info", why: NEW_MESSAGES }],
  ["timeLimit", limit],
  ["softTimeLimit", limit],
  ...["maxRetries", "defaultRetryDelay", "retryBackoff", "retryBackoffMax", "retryJitter"].map(
    (name) => [name, retry] as const,
  ),
]);

const other: OptionRule = { rule: "OPTION_CHANGED", level: "info", why: NEW_MESSAGES };

/** What changed of a task's options, by their names. */
export function optionChanges(task: string, pair: OptionsPair, mode: CompatibilityMode): Change[] {
  const [before, after] = [pair.before.options, pair.after.options];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => before[name] !== after[name])
    .map((name) => optionChange(task, { name, before: before[name], after: after[name] }, mode));
}

/** A task of two contracts. */
export interface OptionsPair {
  readonly before: ContractTask;
  readonly after: ContractTask;
}

interface OptionChange {
  readonly name: string;
  readonly before: OptionValue | undefined;
  readonly after: OptionValue | undefined;
}

function optionChange(task: string, option: OptionChange, mode: CompatibilityMode): Change {
  const { rule, level, why } =
    option.name === "ignoreResult" ? ignoreResult(option) : (OPTION_RULES.get(option.name) ?? other);
  const [before, after] = [option.before, option.after].map((value) =>
    value === undefined ? "the default" : JSON.stringify(value),
  ) as [string, string];
  const { fix } = ruleOf(rule);
  return {
    rule,
    level: mode === "none" ? "info" : level,
    task,
    path: `option ${option.name}`,
    message: `${task}: ${option.name} was ${before} and is ${after}`,
    why,
    ...(fix !== undefined && { fix }),
    before,
    after,
  };
}

function ignoreResult({ after }: OptionChange): OptionRule {
  const rule = "IGNORE_RESULT_CHANGED";
  if (after === true) return { rule, level: "breaking", why: "callers that wait for its result get none any more" };
  return { rule, level: "info", why: "its result is stored from now on" };
}
