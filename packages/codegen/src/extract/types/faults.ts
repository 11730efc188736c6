import type { SerializabilityCode } from "../../diagnostics.js";
import type { SerializationConfig } from "../../config.js";

/** Why a type does not travel, or may not. */
export interface Fault {
  readonly code: SerializabilityCode;
  /** After the place: `argument 1 .done is a function`. */
  readonly message: string;
  readonly why: string;
  readonly fix: string;
  /** The setting that decides how it is reported; without one it is an error. */
  readonly setting?: Exclude<keyof SerializationConfig, "registered">;
}

const FUNCTION: Fault = {
  code: "TG2001",
  message: "is a function",
  why: "a message holds data, and a function has none",
  fix: "send what the function needs to know, and choose the function in the task",
};

const OPTIONAL_FUNCTION: Fault = {
  code: "TG2009",
  message: "is an optional function",
  why: "a message holds data: the property is no part of the contract, and a call that gives it is refused",
  fix: 'leave it out of the type, as in Omit<Options, "onProgress">',
  setting: "optionalFunction",
};

const SYMBOL: Fault = {
  code: "TG2002",
  message: "is a symbol",
  why: "a symbol is unique to the process that made it",
  fix: "use a string, or a union of string literals",
};

const SYMBOL_KEY: Fault = {
  code: "TG2002",
  message: "is a property under a symbol",
  why: "a symbol is unique to the process that made it, so the other side could not find the property",
  fix: "name the property with a string",
};

const PROMISE: Fault = {
  code: "TG2003",
  message: "is a Promise",
  why: "a Promise is a place in one process where a value will be",
  fix: "await it first, and send the value",
};

const STREAM: Fault = {
  code: "TG2004",
  message: "is a stream or an iterator",
  why: "it is consumed in the process where it is",
  fix: "send where the data is (a path, a URL, a key), an array, or its bytes as a Uint8Array",
};

const UNDECIDED: Fault = {
  code: "TG2007",
  message: "depends on a type parameter",
  why: "a type that is not decided has no one shape to describe or to check",
  fix: "write the concrete type",
};

const ENDLESS: Fault = {
  code: "TG2007",
  message: "is of a type that goes on without end",
  why: "each of its parts is another instance of a generic type, so that it has no one shape to describe or to check",
  fix: "write a type that refers to itself with the same type arguments",
};

const ANY: Fault = {
  code: "TG2008",
  message: "is any",
  why: "neither the compiler nor a validator can tell whether such a value survives the trip",
  fix: "write its type",
  setting: "any",
};

const UNRESOLVED: Fault = {
  code: "TG2008",
  message: "is of a type that cannot be found",
  why: "the contract would say any where the code says more",
  fix: "mend the import, install the package, or write dependencies' types into tsconfig.json; tsc reports the same place",
};

/** Faults that need no words of their own. */
export const FAULTS = {
  function: FUNCTION,
  optionalFunction: OPTIONAL_FUNCTION,
  symbol: SYMBOL,
  symbolKey: SYMBOL_KEY,
  promise: PROMISE,
  stream: STREAM,
  undecided: UNDECIDED,
  endless: ENDLESS,
  any: ANY,
  unresolved: UNRESOLVED,
} as const satisfies Record<string, Fault>;

/** `unknown`, `object`, `{}`. */
export const unknownFault = (name: string): Fault => ({ ...ANY, message: `is ${name}`, setting: "unknown" });

/** A class that the codec does not know. */
export const classFault = (name: string): Fault => ({
  code: "TG2005",
  message: `is an instance of the class ${name}`,
  why: "the other side does not know the class: methods and private members would be lost",
  fix: `send an interface of its data and make the ${name} in the task, or name the class in serialization.registered`,
});

/** A class of errors other than those of the platform. */
export const errorClassFault = (name: string): Fault => ({
  code: "TG2005",
  message: `is an instance of the class ${name}`,
  why: "an error arrives as a plain Error of that name: methods are lost, and instanceof is false",
  fix: "write Error, send an interface of its data, or throw it and declare it with throws",
});

const withArticle = (name: string): string => `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;

/** A class of the platform. */
export const platformFault = (name: string, advice: string | undefined): Fault => ({
  code: "TG2006",
  message: `is ${withArticle(name)}`,
  why: "the codec does not carry this class of the platform",
  fix: advice ?? "send the data that it is made of",
});

/** A list or an instance of a class that has more than the codec looks at. */
export const extendedFault = (name: string): Fault => ({
  code: "TG2006",
  message: `is ${withArticle(name)} with properties of its own`,
  why: "the codec carries what is in it, and leaves its other properties behind",
  fix: "send an object that has both",
});
