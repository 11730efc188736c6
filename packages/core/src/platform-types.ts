/**
 * What our declarations name and the library of the language (es2022) does not declare. Where the DOM's or Node's types
 * are, these merge with theirs and add nothing; anywhere else our declarations compile all the same.
 * @module
 */
declare global {
  interface AbortSignal {}
  interface AsyncDisposable {}
  interface URL {}
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}

// oxlint-disable-next-line unicorn/require-module-specifiers -- only a module can declare globals
export {};
