import { hash } from "node:crypto";
import { compareCodeUnits } from "../order.js";
import { canonicalContract, CONTRACT_SCHEMA } from "./canonical.js";
import type { Signature } from "./rewrite.js";
import { TypeGraph } from "./type-graph.js";
import type { TaskTypes } from "./type-model.js";

/** A value of an option as the contract keeps it. */
export type OptionValue = string | number | boolean;

/** Options of a task that others depend on, by name. */
export type ContractOptions = Readonly<Record<string, OptionValue>>;

const sha256 = (text: string): string => hash("sha256", text, "hex");

const sorted = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).toSorted(([a], [b]) => compareCodeUnits(a, b));

/** The hash of a task's types: 64 hexadecimal digits. */
export const contractHash = (types: TaskTypes): string => hashIn(new TypeGraph(types.types), types);

/** The same in a graph that many tasks share. */
export const hashIn = (graph: TypeGraph, signature: Signature): string => sha256(canonicalContract(signature, graph));

/** The hash of the options of a task that others depend on. */
export const optionsHash = (options: ContractOptions): string =>
  sha256(JSON.stringify({ schema: CONTRACT_SCHEMA, options: sorted(options) }));

/** What the hash of a whole contract is made of. */
export interface HashedTask {
  readonly contract: string;
  readonly optionsHash: string;
}

/** One hash of all tasks and of how their values are written. */
export const setHash = (codec: string, tasks: Readonly<Record<string, HashedTask>>): string =>
  sha256(
    JSON.stringify({
      schema: CONTRACT_SCHEMA,
      codec,
      tasks: sorted(tasks).map(([name, { contract, optionsHash }]) => [name, contract, optionsHash]),
    }),
  );

/** How messages, generated code and people name a contract: the first 16 digits. */
export const shortHash = (hash: string): string => hash.slice(0, 16);
