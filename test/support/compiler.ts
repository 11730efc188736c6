import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** The TypeScript versions that generated code must compile with, by the name of their package here. */
export const COMPILERS = ["typescript-5.9", "typescript-6.0", "typescript"] as const;

/** The path of a version's `tsc`. */
export const tscOf = (compiler: (typeof COMPILERS)[number]): string =>
  join(dirname(require.resolve(`${compiler}/package.json`)), "bin", "tsc");

/** The lines that `tsc` prints for a project: its errors. */
export async function compile(
  compiler: (typeof COMPILERS)[number],
  cwd: string,
  args: readonly string[] = [],
): Promise<string[]> {
  const output = await new Promise<string>((resolve, reject) => {
    execFile(
      process.execPath,
      [tscOf(compiler), "-p", cwd, "--pretty", "false", ...args],
      { cwd },
      (error, stdout, stderr) => {
        // tsc exits with 1 or 2 on errors of the code; anything else is an error of the run.
        if (error !== null && !(error.code === 1 || error.code === 2)) reject(new Error(stderr, { cause: error }));
        else resolve(stdout);
      },
    );
  });
  return output.split("\n").filter((line) => line !== "");
}
