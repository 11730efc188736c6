export type { AppLocation, ImportExtension, TaskgenConfig } from "./config.js";
export { compareContract, staleDiagnostics, upcastsOf, type CurrentContract } from "./check-contract.js";
export { acceptContract, type Acceptance, type AcceptOptions } from "./contract/accept.js";
export { changeDiagnostic } from "./contract/change-diagnostic.js";
export type { Change, ChangeLevel, Direction } from "./contract/change.js";
export {
  contractOf,
  taskTypesOf,
  type AcceptedBreak,
  type ContractFile,
  type ContractTask,
  type PastContract,
  type TypedTask,
} from "./contract/contract-file.js";
export { contractText } from "./contract/contract-text.js";
export { describeTask, describeType } from "./contract/describe.js";
export { diffContracts, type DiffOptions } from "./contract/diff.js";
export { emittedContracts, type ContractHashes } from "./contract/emitted-contracts.js";
export { contractHash, optionsHash, shortHash } from "./contract/hash.js";
export { mergeContracts } from "./contract/merge-contracts.js";
export { parseContract, readContract, writeContract, type ReadContract } from "./contract/read-contract.js";
export { RULES, type Rule, type RuleId } from "./contract/rules.js";
export { staleTasks, type StaleTask } from "./contract/staleness.js";
export type { TaskTypes, TupleModel, TypeModel } from "./contract/type-model.js";
export type { Diagnostic, DiagnosticCode, Place, RelatedPlace, Severity } from "./diagnostics.js";
export { EXPLANATIONS, type Explanation } from "./explanations.js";
export { formatDiagnostics, type DiagnosticFormat } from "./format-diagnostics.js";
export { generate, type GenerateOptions, type GenerateResult, type RunOptions } from "./generate.js";
export { Generator } from "./generator.js";
export { loadConfig, type LoadedConfig } from "./load-config.js";
export type { ClientOptions, Span, TaskModel } from "./model.js";
export type { GeneratedFile, Output } from "./outputs.js";
export { readTypes, TypePhase, type ReadTypesOptions, type TypePhaseOptions } from "./type-phase.js";
export type { TypesRead } from "./type-phase/answer.js";
export { buildContractPackage, type BuildContractOptions } from "./portable/build.js";
export { watchProject, type WatchedRun, type WatchOptions } from "./watch/watch-project.js";
