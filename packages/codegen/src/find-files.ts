import { glob } from "tinyglobby";
import type { ResolvedConfig } from "./config.js";
import { sortPaths } from "./order.js";

/** Files that declare tasks: relative to `cwd`, with `/`, ordered by code unit. Generated files are never among them. */
export async function findTaskFiles(cwd: string, config: ResolvedConfig): Promise<string[]> {
  const ignore = ["**/node_modules/**", "**/*.d.{ts,mts,cts}", `${config.outDir}/**`, ...config.exclude];
  return sortPaths(await glob([...config.include], { cwd, ignore, expandDirectories: false, onlyFiles: true }));
}
