import type { ContractFile } from "./contract-file.js";
import { hashIn, optionsHash, setHash } from "./hash.js";
import { eachRef, partsOf } from "./rewrite.js";
import { TypeGraph } from "./type-graph.js";

/** Names that refs lead to and that the file does not define. */
export function missingDefinitions({ types, tasks }: ContractFile): string[] {
  const missing = new Set<string>();
  const visit = (name: string): void => {
    if (!Object.hasOwn(types, name)) missing.add(name);
  };
  const signatures = Object.values(tasks).flatMap((task) => [task, ...task.history]);
  for (const type of [...Object.values(types), ...signatures.flatMap(partsOf)]) eachRef(type, visit);
  return [...missing].toSorted();
}

/** Whether the hash of the whole is that of its tasks. */
export const isWhole = ({ codec, tasks, hash }: ContractFile): boolean => setHash(codec, tasks) === hash;

/** Names of tasks whose hashes are not those of their types and options: the file was edited by hand. */
export function damagedTasks({ types, tasks }: ContractFile): string[] {
  const graph = new TypeGraph(types);
  return Object.entries(tasks)
    .filter(([, task]) => optionsHash(task.options) !== task.optionsHash || hashIn(graph, task) !== task.contract)
    .map(([name]) => name);
}
