import type { CompatibilityMode } from "../config.js";
import type { Definitions } from "./alternatives.js";
import type { Change, Direction } from "./change.js";
import { canRead, canReadArguments } from "./compare.js";
import type { ContractVersion } from "./contract-file.js";
import { describeType } from "./describe.js";
import type { Finding } from "./findings.js";
import { levelOf, ruleOf, type RuleId } from "./rules.js";
import { renderPath, type Step } from "./type-path.js";
import type { TaskTypes } from "./type-model.js";

/** Two versions of a task's types. */
export interface TypesPair {
  readonly task: string;
  readonly before: ContractVersion;
  readonly after: ContractVersion;
}

/** What a direction found of one part of a task. */
interface Located {
  readonly direction: Direction;
  readonly finding: Finding;
  /** `item`, `result`, `error CARD_DECLINED`; empty for arguments, whose paths say it. */
  readonly part: string;
}

/** What changed between two versions of a task's types, in all four directions. */
export function typeChanges(pair: TypesPair, mode: CompatibilityMode): Change[] {
  const changes = [...findingsOf(pair.before.types, pair.after.types)].map((found) => changeOf(found, pair, mode));
  return changes.length > 0 ? changes : [rewritten(pair)];
}

const rewritten = ({ task }: TypesPair): Change => ({
  rule: "TYPES_CHANGED",
  level: "info",
  task,
  path: "",
  message: `${task}: the types are written otherwise and mean the same to both sides`,
});

function* findingsOf(before: TaskTypes, after: TaskTypes): Iterable<Located> {
  yield* locate("args-backward", "", canReadArguments(before, after));
  yield* locate("result-forward", "item", readItems(after, before));
  yield* locate("result-forward", "result", canRead(resultOf(after), resultOf(before)));
  yield* errorFindings("result-forward", after, before);
  yield* locate("args-forward", "", canReadArguments(after, before));
  yield* locate("result-backward", "item", readItems(before, after));
  yield* locate("result-backward", "result", canRead(resultOf(before), resultOf(after)));
  yield* errorFindings("result-backward", before, after);
}

const resultOf = ({ result, types }: TaskTypes) => ({ type: result, definitions: types });

/** What a task yields; where only one side is a stream, the other yields nothing that could be read. */
function readItems(written: TaskTypes, reader: TaskTypes): readonly Finding[] {
  if (written.item === undefined && reader.item === undefined) return [];
  return canRead(itemOf(written), itemOf(reader));
}

const itemOf = ({ item = { kind: "undefined" }, types }: TaskTypes) => ({ type: item, definitions: types });

const locate = (direction: Direction, part: string, findings: readonly Finding[]): Located[] =>
  findings.map((finding) => ({ direction, part, finding }));

/** Errors by code; one that only the written side declares is unknown to the reader. */
function* errorFindings(direction: Direction, written: TaskTypes, reader: TaskTypes): Iterable<Located> {
  for (const [code, data] of Object.entries(written.errors)) {
    const part = `error ${code}`;
    const known = Object.hasOwn(reader.errors, code) ? reader.errors[code] : undefined;
    if (known === undefined) {
      yield { direction, part, finding: { kind: "ignored", severity: "warn", path: [], written: data } };
    } else {
      const from = { type: data, definitions: written.types };
      yield* locate(direction, part, canRead(from, { type: known, definitions: reader.types }));
    }
  }
}

const isBackward = (direction: Direction): boolean => direction === "args-backward" || direction === "result-backward";

function changeOf({ direction, finding, part }: Located, pair: TypesPair, mode: CompatibilityMode): Change {
  const rule = ruleFor(part, finding, isBackward(direction));
  const { fix, severity = finding.severity } = ruleOf(rule);
  const path = [part, renderPath(finding.path)].filter((text) => text !== "").join(" ");
  return {
    rule,
    level: levelOf(mode, direction, finding.severity === "note" ? "note" : severity),
    task: pair.task,
    path,
    direction,
    message: `${pair.task}: ${happening(path, finding, { pair, isBackward: isBackward(direction) })}`,
    why: consequence(direction, finding),
    ...(fix !== undefined && { fix }),
    ...texts(finding, direction, pair),
  };
}

/** The rule that a finding is a case of. */
function ruleFor(part: string, finding: Finding, backward: boolean): RuleId {
  if (part === "result") return "RESULT_TYPE_COMPATIBLE";
  if (part === "item") return "ITEM_TYPE_COMPATIBLE";
  if (part !== "") {
    const isCode = finding.kind === "ignored" && finding.path.length === 0;
    return isCode ? (backward ? "ERROR_CODE_REMOVED" : "ERROR_CODE_ADDED") : "ERROR_DATA_COMPATIBLE";
  }
  const last = finding.path.at(-1);
  if (finding.kind === "moved") return "PARAM_NO_REORDER";
  if (finding.kind === "renamed") return "PARAM_RENAMED";
  const subject = finding.path.some((step) => "property" in step) ? "PROP" : "PARAM";
  const isMember = last !== undefined && ("property" in last || "argument" in last);
  return `${subject}_${isMember ? eventOf(finding, backward) : "TYPE_COMPATIBLE"}`;
}

type MemberEvent =
  | "ADDED_REQUIRED"
  | "ADDED_OPTIONAL"
  | "NO_DELETE"
  | "OPTIONAL_TO_REQUIRED"
  | "REQUIRED_TO_OPTIONAL"
  | "TYPE_COMPATIBLE";

/** What happened to a parameter or property; backward, the reader is the new side. */
function eventOf({ kind, optional }: Finding, backward: boolean): MemberEvent {
  if (kind === "missing") return backward ? "ADDED_REQUIRED" : "NO_DELETE";
  if (kind === "sometimes-missing") return backward ? "OPTIONAL_TO_REQUIRED" : "REQUIRED_TO_OPTIONAL";
  if (kind === "ignored") return backward ? "NO_DELETE" : optional ? "ADDED_OPTIONAL" : "ADDED_REQUIRED";
  return "TYPE_COMPATIBLE";
}

const EVENTS = {
  ADDED_REQUIRED: "was added and is required",
  ADDED_OPTIONAL: "was added",
  NO_DELETE: "was removed",
  OPTIONAL_TO_REQUIRED: "is no longer optional",
  REQUIRED_TO_OPTIONAL: "is now optional",
  TYPE_COMPATIBLE: "changed its type",
} as const satisfies Record<MemberEvent, string>;

interface Context {
  readonly pair: TypesPair;
  readonly isBackward: boolean;
}

function happening(path: string, finding: Finding, { pair, isBackward: backward }: Context): string {
  const step = finding.path.length === 1 ? finding.path[0] : undefined;
  const [before, after] = [pair.before.types, pair.after.types].map((types) => parameterName(types, step));
  if (finding.kind === "moved") return `parameter "${after}" took the place of "${before}"`;
  if (finding.kind === "renamed") return `parameter "${before}" is now called "${after}"`;
  const name =
    step !== undefined && "argument" in step ? (backward ? (after ?? before) : (before ?? after)) : undefined;
  const subject = name === undefined ? path : `parameter "${name}"`;
  const isAddition = finding.kind === "ignored" && !backward;
  const event = isAddition ? "ADDED_OPTIONAL" : eventOf(finding, backward);
  return `${subject === "result" || subject === "item" ? `the ${subject}` : subject} ${EVENTS[event]}`;
}

function parameterName({ args }: TaskTypes, step: Step | undefined): string | undefined {
  if (step === undefined || !("argument" in step)) return undefined;
  return args.elements[step.argument]?.name;
}

const BREAKS = {
  "args-backward":
    "messages that wait in the queue, or come from clients not deployed yet, are rejected by new workers",
  "args-forward": "calls of new clients are rejected by workers that are not deployed yet",
  "result-forward": "clients that are not deployed yet get results that they do not expect",
  "result-backward": "results that are stored already are not what new clients expect",
} as const satisfies Record<Direction, string>;

function consequence(direction: Direction, { kind, severity }: Finding): string {
  if (kind === "moved") return "what is written by one side is taken for another parameter by the other";
  if (kind === "renamed")
    return "arguments are matched by their places, so a name changes nothing as long as its meaning stays";
  if (kind === "anything") return `${BREAKS[direction]}, wherever the value is not of the new type`;
  if (severity === "break") return BREAKS[direction];
  return isBackward(direction) ? "new code does not see what old code wrote there" : "old code does not see it";
}

/** The types there, before and after; what names alone do not tell apart is spelled out. */
function texts(finding: Finding, direction: Direction, { before, after }: TypesPair): Pick<Change, "before" | "after"> {
  const backward = isBackward(direction);
  const [old, now] = backward ? [finding.written, finding.reader] : [finding.reader, finding.written];
  const write = (type: Finding["written"], definitions?: Definitions): string | undefined =>
    type && describeType(type, definitions && { definitions });
  const isSame = write(old) === write(now);
  const [from, to] = isSame
    ? [write(old, before.types.types), write(now, after.types.types)]
    : [write(old), write(now)];
  return {
    ...(from !== undefined && { before: from }),
    ...(to !== undefined && { after: to }),
  };
}
