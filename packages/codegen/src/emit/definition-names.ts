import { BUILTINS } from "../contract/type-model.js";
import { freeName, TAKEN } from "./imports.js";

/** What generated code and printed types call by these names, or cannot call a type. */
const RESERVED = [
  ...["AnyApp", "Map", "Set", "StreamStub", "StreamStubWith", "Stub", "StubWith", "Throws", "globalThis", "validators"],
  ...["abstract", "asserts", "infer", "intrinsic", "is", "keyof", "module", "namespace", "out", "readonly", "unique"],
];

/** A name for each definition under which it can be declared: `Page<User>` is `Page_User_`, a type `Map` is `Map_2`. */
export function definitionNames(definitions: Iterable<string>): ReadonlyMap<string, string> {
  const taken = new Set([...TAKEN, ...BUILTINS, ...RESERVED]);
  const names = new Map<string, string>();
  for (const definition of definitions) {
    const name = freeName(identifier(definition), taken);
    taken.add(name);
    names.set(definition, name);
  }
  return names;
}

const identifier = (name: string): string => name.replace(/[^A-Za-z0-9_$]+/g, "_").replace(/^(?=\d)/, "_") || "_";
