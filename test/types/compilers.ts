import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A version of TypeScript that is installed beside the tests. */
export interface Compiler {
  /** Such as `5.9`. */
  readonly version: string;
  /** The program that `args` are for. */
  readonly program: string;
  /** Arguments before those of the compiler. */
  readonly args: readonly string[];
}

/** A finding of a compiler. */
export interface CompilerDiagnostic {
  /** As the compiler wrote it; empty when it is about no file. */
  readonly file: string;
  /** Counted from 1; 0 when it is about no file. */
  readonly line: number;
  /** Such as `TS2345`. */
  readonly code: string;
  readonly message: string;
}

/** What one run of a compiler said. */
export interface Compilation {
  readonly diagnostics: readonly CompilerDiagnostic[];
  /** Every file of the program, as absolute paths. */
  readonly files: readonly string[];
}

const require = createRequire(import.meta.url);

/** The versions whose compiler is a JavaScript module. */
export const SCRIPTED = ["5.9", "6.0"] as const;

/** The module of such a version. */
export const compilerModule = (version: (typeof SCRIPTED)[number]): string => require.resolve(`typescript-${version}`);

/** The compiler of TypeScript 7, a native program: without its launcher, so that killing it leaves nothing behind. */
export function nativeCompiler(): Compiler {
  const home = createRequire(require.resolve("typescript/package.json"));
  const target = home.resolve(`@typescript/typescript-${process.platform}-${process.arch}/package.json`);
  return { version: "7.0", program: join(dirname(target), "lib", "tsc"), args: [] };
}

/** Every version that users' programs must compile with. */
export const COMPILERS: readonly Compiler[] = [
  ...SCRIPTED.map((version) => ({
    version,
    program: process.execPath,
    args: [join(dirname(compilerModule(version)), "tsc.js")],
  })),
  nativeCompiler(),
];

/** Checks the program of one `tsconfig.json` without writing anything. The signal kills the compiler. */
export function compile(compiler: Compiler, project: string, signal: AbortSignal): Promise<Compilation> {
  const args = [...compiler.args, "-p", project, "--noEmit", "--pretty", "false", "--listFiles"];
  const options = { cwd: dirname(project), signal, killSignal: "SIGKILL", maxBuffer: 64 * 1024 * 1024 } as const;
  return new Promise((resolve, reject) => {
    execFile(compiler.program, args, options, (error, stdout, stderr) => {
      // n.b. a compiler that found something exits with 1 or 2; one that could not run has no number for a code
      if (error !== null && typeof error.code !== "number") reject(error);
      else if (stderr !== "") reject(new Error(stderr));
      else resolve(parse(stdout));
    });
  });
}

const LOCATED = /^(.+)\((\d+),\d+\): error (TS\d+): (.*)$/;
const GLOBAL = /^error (TS\d+): (.*)$/;

function parse(output: string): Compilation {
  const lines = output.split(/\r?\n/);
  return { diagnostics: lines.flatMap(diagnosticOf), files: lines.filter((line) => /^\/|^[A-Za-z]:\//.test(line)) };
}

function diagnosticOf(text: string): CompilerDiagnostic[] {
  const [, file, line, code, message] = LOCATED.exec(text) ?? [];
  if (file !== undefined) return [{ file, line: Number(line), code: code ?? "", message: message ?? "" }];
  const [, globalCode, globalMessage] = GLOBAL.exec(text) ?? [];
  return globalCode === undefined ? [] : [{ file: "", line: 0, code: globalCode, message: globalMessage ?? "" }];
}
