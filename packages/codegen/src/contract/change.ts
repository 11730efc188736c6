import { compareCodeUnits } from "../order.js";
import type { RuleId } from "./rules.js";

/** How grave a change is: `breaking` stops a deploy, `dangerous` deserves a look, `info` is for the record. */
export type ChangeLevel = "breaking" | "dangerous" | "info";

/** Who reads what somebody else wrote, when only one of the two has been deployed. */
export type Direction =
  /** a new worker reads old messages: the backlog, retries, clients that are not deployed yet */
  | "args-backward"
  /** an old client reads a new result */
  | "result-forward"
  /** an old worker reads messages of a new client */
  | "args-forward"
  /** a new client reads an old result */
  | "result-backward";

/** One difference of two contracts. */
export interface Change {
  readonly rule: RuleId;
  readonly level: ChangeLevel;
  /** The wire name of the task; empty for what concerns all. */
  readonly task: string;
  /** `argument 1 .items[]`, `result .id`, `error CARD_DECLINED .balance`, `option queue`; empty for the task itself. */
  readonly path: string;
  /** Who is the first not to understand whom; absent where nobody reads. */
  readonly direction?: Direction;
  /** What happened, in one line that names the task. */
  readonly message: string;
  /** What that leads to. */
  readonly why?: string;
  /** What to do instead. */
  readonly fix?: string;
  /** The type or value there before and after, for people; absent where there is none. */
  readonly before?: string;
  readonly after?: string;
  /** The short hash of the contract that is compared, where it is one of the history. */
  readonly version?: string;
  /** Why somebody accepted it, which made it dangerous rather than breaking. */
  readonly accepted?: string;
}

/** What a change is about, whatever its level: how an accepted one is found again. */
export const changeKey = ({ rule, task, path }: Pick<Change, "rule" | "task" | "path">): string =>
  [rule, task, path].filter((text) => text !== "").join(" ");

const GRAVITY = { breaking: 0, dangerous: 1, info: 2 } as const satisfies Record<ChangeLevel, number>;

/** Each change once, as its gravest form; by task, then gravest first. */
export function sortChanges(changes: Iterable<Change>): Change[] {
  const gravest = new Map<string, Change>();
  for (const change of changes) {
    const known = gravest.get(changeKey(change));
    if (known === undefined || GRAVITY[change.level] < GRAVITY[known.level]) gravest.set(changeKey(change), change);
  }
  return [...gravest.values()].toSorted(
    (a, b) =>
      compareCodeUnits(a.task, b.task) ||
      GRAVITY[a.level] - GRAVITY[b.level] ||
      compareCodeUnits(a.path, b.path) ||
      compareCodeUnits(a.rule, b.rule),
  );
}
