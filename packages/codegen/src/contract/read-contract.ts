import { resolve } from "node:path";
import { placeOf, type Diagnostic } from "../diagnostics.js";
import { FileIndex, readText, type Content } from "../file-index.js";
import { defineLazily } from "../lazily.js";
import { mapValues } from "../map-values.js";
import { writeOutput, type GeneratedFile } from "../outputs.js";
import { RecordFile } from "../record-file.js";
import { isMissing } from "../write.js";
import { CONTRACT_SCHEMA } from "./canonical.js";
import type { ContractFile } from "./contract-file.js";
import type { Hashed } from "./emitted-contracts.js";
import { contractText } from "./contract-text.js";
import { damagedTasks, isWhole, missingDefinitions } from "./integrity.js";

/** A contract that was read, or why it was not. */
export interface ReadContract {
  /** `undefined` where there is none, and with diagnostics. */
  readonly contract: ContractFile | undefined;
  /** TG3004 */
  readonly diagnostics: readonly Diagnostic[];
}

/** The contract of a project. To see whether there is one costs nothing; what it says is parsed when it is looked at. */
export interface ReadLock extends ReadContract {
  /** A hash of its text; `undefined` where there is none, and with diagnostics. */
  readonly revision: string | undefined;
  /** The hashes of its tasks' types, now and before; `undefined` as the contract is. */
  readonly hashed: Hashed | undefined;
}

const NONE: ReadLock = { contract: undefined, diagnostics: [], revision: undefined, hashed: undefined };

/**
 * Reads the contract of a project; `file` is relative to it. Without the file there is none, which is no error.
 * @param before what was read before, which is given again where the text is the same
 */
export async function readContract(
  cwd: string,
  file: string,
  before?: ReadLock,
  index = new FileIndex(cwd),
): Promise<ReadLock> {
  const path = resolve(cwd, file);
  const content = lookAt(path, index);
  if (content === undefined) return NONE;
  const { hash: revision } = content;
  if (before?.revision === revision) return before;
  const sound = new RecordFile<string>(cwd, "sound-contract.records");
  const known = sound.read();
  if (known?.head === revision) return unparsed(path, revision, known.texts[0] as string);
  const text = content.text ?? readText(path);
  const { contract, diagnostics } = await parseContract(text, file);
  const hashed = contract && hashesOf(contract);
  if (isAsWritten(contract, text)) sound.write({ head: revision, texts: [JSON.stringify(hashed)] });
  return { contract, diagnostics, revision: contract && revision, hashed };
}

function lookAt(path: string, index: FileIndex): Content | undefined {
  try {
    return index.look(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** A contract whose text was found sound before. */
function unparsed(path: string, revision: string, hashed: string): ReadLock {
  const read = { ...NONE, revision };
  defineLazily(read, "contract", () => JSON.parse(readText(path)) as ContractFile);
  defineLazily(read, "hashed", () => JSON.parse(hashed) as Hashed);
  return read;
}

const hashesOf = ({ tasks }: ContractFile): Hashed => ({
  tasks: mapValues(tasks, ({ contract, history }) => ({
    contract,
    history: history.map((past) => ({ contract: past.contract })),
  })),
});

/** Whether a contract is what its text says, to the order of keys: then the text need not be checked again. */
const isAsWritten = (contract: ContractFile | undefined, text: string): boolean =>
  contract !== undefined && JSON.stringify(contract) === JSON.stringify(JSON.parse(text));

/** Reads the text of a contract; `file` names it in diagnostics, and may be something like `origin/main:tasks.contract.json`. */
export async function parseContract(text: string, file: string): Promise<ReadContract> {
  const normal = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
  const marker = normal.split("\n").findIndex((line) => /^(?:<{7}|>{7})(?: |$)/.test(line));
  if (marker >= 0) return conflict(file, normal, marker + 1);
  const json = parseJson(normal, file);
  return "failed" in json ? json.failed : await checkContract(json.value, file);
}

/** Writes the contract of a project, where its text differs. */
export const writeContract = (cwd: string, file: string, contract: ContractFile): GeneratedFile =>
  writeOutput(cwd, { path: file, text: contractText(contract) });

function conflict(file: string, text: string, line: number): ReadContract {
  return failure({
    message: `${file} has conflict markers of a merge`,
    fix: `keep either side (\`git checkout --ours ${file}\`), then run \`npx taskgen accept\``,
    file,
    at: placeOf(file, text, { line, column: 1, length: 7 }),
  });
}

async function checkContract(value: unknown, file: string): Promise<ReadContract> {
  const schema = (value as { readonly schema?: unknown } | null)?.schema;
  if (schema !== CONTRACT_SCHEMA) return failure({ ...foreignSchema(schema, file), file });
  const { validateContract } = await import("./contract-schema.js");
  const checked = validateContract(value);
  const problems = "problems" in checked ? checked.problems : problemsOf(checked.contract);
  if ("contract" in checked && problems.length === 0) return { contract: checked.contract, diagnostics: [] };
  return failure(
    ...problems.slice(0, 5).map((problem) => ({ message: `${file} is damaged: ${problem}`, fix: RESTORE, file })),
  );
}

const RESTORE = "it is not meant to be edited: restore it from version control and run `npx taskgen accept`";

function problemsOf(contract: ContractFile): string[] {
  const missing = missingDefinitions(contract);
  if (missing.length > 0) return missing.map((name) => `there is no definition of the type "${name}"`);
  const damaged = damagedTasks(contract).map(
    (name) => `the hashes of "${name}" are not those of its types and options`,
  );
  return damaged.length > 0 || isWhole(contract) ? damaged : ["its hash is not that of its tasks"];
}

function parseJson(text: string, file: string): { readonly value: unknown } | { readonly failed: ReadContract } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const message = `${file} is not JSON: ${(error as SyntaxError).message}`;
    return { failed: failure({ message, fix: RESTORE, file }) };
  }
}

function foreignSchema(schema: unknown, file: string): Pick<Diagnostic, "message" | "fix"> {
  if (typeof schema !== "number") return { message: `${file} is not a contract of tasks`, fix: RESTORE };
  return {
    message: `${file} has schema ${schema}; this version of taskgen reads schema ${CONTRACT_SCHEMA}`,
    fix: schema > CONTRACT_SCHEMA ? "install the version of taskgen that wrote it" : "run `npx taskgen accept`",
  };
}

const failure = (...findings: readonly Omit<Diagnostic, "code" | "severity">[]): ReadContract => ({
  contract: undefined,
  diagnostics: findings.map((finding) => ({ code: "TG3004", severity: "error", ...finding })),
});
