import type { Builtin } from "../contract/type-model.js";
import { block } from "./source.js";

/** How the global of a class tells its type, and what can be relied on where nobody declares the global. */
interface PlatformType {
  readonly shape: string;
  readonly otherwise: string;
}

/**
 * Classes that the library of the language does not declare. A consumer that knows them, from the DOM or from Node, gets
 * its own type; for any other the declarations still compile. The types of @taskgen/core could not do this: they would be
 * decided where core is compiled. n.b. `isBuffer` has one signature; each other member of `Buffer` is overloaded.
 */
const PLATFORM_TYPES: Readonly<Partial<Record<Builtin, PlatformType>>> = {
  URL: {
    shape: "{ prototype: infer T }",
    otherwise: block([
      ...["href", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"].map(
        (name) => `${name}: string;`,
      ),
      "readonly origin: string;",
      "toJSON(): string;",
      "toString(): string;",
    ]),
  },
  URLSearchParams: {
    shape: "{ prototype: infer T }",
    otherwise: block([
      "append(name: string, value: string): void;",
      "delete(name: string): void;",
      "get(name: string): string | null;",
      "getAll(name: string): string[];",
      "has(name: string): boolean;",
      "set(name: string, value: string): void;",
      "toString(): string;",
    ]),
  },
  Buffer: {
    shape: "{ isBuffer(value: unknown): value is infer T }",
    otherwise: `Uint8Array & ${block([
      "equals(other: Uint8Array): boolean;",
      "toString(encoding?: string, start?: number, end?: number): string;",
    ])}`,
  },
};

/** The declarations that printed types need for the classes of the platform in them. */
export function platformDeclarations(builtins: ReadonlySet<Builtin>): string[] {
  return Object.entries(PLATFORM_TYPES)
    .filter(([name]) => builtins.has(name as Builtin))
    .map(
      ([name, { shape, otherwise }]) =>
        `type ${name} = typeof globalThis extends { ${name}: ${shape} } ? T : ${otherwise};`,
    );
}
