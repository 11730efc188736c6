import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { ts as Compiler } from "ts-morph";
import { requireKept } from "./kept-code.js";

const require = createRequire(import.meta.url);

/** The main module of the package in which ts-morph has its compiler. */
const common = createRequire(require.resolve("ts-morph")).resolve("@ts-morph/common");

/** The compiler's API. ts-morph has much besides that is not needed here and takes as long to load. */
export const ts: typeof Compiler = loadCompiler();

function loadCompiler(): typeof Compiler {
  const path = join(dirname(common), "typescript.js");
  if (existsSync(path)) return requireKept(path) as typeof Compiler;
  return (requireKept(common) as { readonly ts: typeof Compiler }).ts;
}

interface LibraryFile {
  readonly fileName: string;
  readonly text: string;
}

/** The compiler's own declarations. */
export const libraryFiles = (): readonly LibraryFile[] =>
  (requireKept(common) as { readonly getLibFiles: () => readonly LibraryFile[] }).getLibFiles();
