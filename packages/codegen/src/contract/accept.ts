import { changeKey, type Change } from "./change.js";
import {
  composeContract,
  historyOf,
  taskIn,
  versionOf,
  type AcceptedBreak,
  type ContractFile,
  type ContractTask,
  type ContractVersion,
  type TaskDraft,
} from "./contract-file.js";
import { contractText } from "./contract-text.js";
import { diffContracts, type DiffOptions } from "./diff.js";
import { shortHash } from "./hash.js";

/** How a contract takes the place of another. */
export interface AcceptOptions extends DiffOptions {
  /** Why breaking changes are accepted; without a reason they are refused. */
  readonly breaking?: string;
  /** The day, as `2026-11-30`. @default today, in UTC */
  readonly today?: string;
  /** How many days a contract stays in the history after it was replaced. @default 90 */
  readonly historyDays?: number;
  /** How many contracts of one task the history holds. @default 20 */
  readonly historyLimit?: number;
}

/** A new contract, or the breaking changes that nobody has taken the responsibility for. */
export type Acceptance =
  | { readonly isAccepted: true; readonly contract: ContractFile; readonly changes: readonly Change[] }
  | { readonly isAccepted: false; readonly breaking: readonly Change[]; readonly changes: readonly Change[] };

const DEFAULTS = { historyDays: 90, historyLimit: 20 } as const;

/** So many accepted breaks are remembered. */
const MAX_BREAKS = 50;

/**
 * The contract that takes the place of the previous one: `current` is what `contractOf` makes of the code and of `previous`. What a
 * changed task was before goes into its history. Accepting what is accepted already changes nothing.
 */
export function acceptContract(
  current: ContractFile,
  previous: ContractFile | undefined,
  options: AcceptOptions = {},
): Acceptance {
  const terms = { ...DEFAULTS, today: new Date().toISOString().slice(0, 10), ...options };
  if (previous === undefined) return { isAccepted: true, contract: current, changes: [] };
  const changes = diffContracts(previous, current, terms);
  const breaking = changes.filter(({ level }) => level === "breaking");
  const reason = terms.breaking?.trim() ?? "";
  if (breaking.length > 0 && reason === "") return { isAccepted: false, breaking, changes };
  const accepted: AcceptedBreak = { accepted: terms.today, reason, changes: breaking.map(changeKey) };
  const breaks = [...(breaking.length > 0 ? [accepted] : []), ...(previous.breaking ?? [])];
  const drafts = Object.keys(current.tasks).map((name) => draftOf(name, { current, previous }, terms));
  const contract = composeContract(drafts, { breaking: breaks.slice(0, MAX_BREAKS), codec: current.codec });
  return { isAccepted: true, contract: unlessSame(contract, previous), changes };
}

/** Another version of the tool alone does not touch the file. */
const unlessSame = (contract: ContractFile, previous: ContractFile): ContractFile =>
  contractText({ ...contract, tool: previous.tool }) === contractText(previous) ? previous : contract;

interface Terms extends AcceptOptions {
  readonly today: string;
  readonly historyDays: number;
  readonly historyLimit: number;
}

interface FilePair {
  readonly current: ContractFile;
  readonly previous: ContractFile;
}

function draftOf(name: string, { current, previous }: FilePair, terms: Terms): TaskDraft {
  const task = taskIn(current, name) as ContractTask;
  const replaced = taskIn(previous, name);
  const past = replaced === undefined ? [] : [{ ...versionOf(previous, replaced), replaced: terms.today }];
  const history = [...past, ...historyOf(previous, name)].filter(({ contract }) => contract !== task.contract);
  return {
    name,
    source: task.source,
    options: task.options,
    types: versionOf(current, task).types,
    history: history.filter((version) => isKept(name, version, terms)).slice(0, terms.historyLimit),
  };
}

/** Whether messages of a contract may still come, or are translated. */
function isKept(
  task: string,
  { contract, replaced }: ContractVersion,
  { today, historyDays, upcasts }: Terms,
): boolean {
  if (replaced === undefined || upcasts?.(task, shortHash(contract)) === true) return true;
  return Date.parse(today) - Date.parse(replaced) <= historyDays * 86_400_000;
}
