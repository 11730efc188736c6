import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { CliError } from "../cli-error.js";
import { loadCodegen } from "../load-codegen.js";
import { isError } from "../read-project.js";
import type { Finding } from "./finding.js";

/** The configuration, the tasks, and what was generated of them. */
export async function checkProject(cwd: string, explicit: string | undefined): Promise<Finding[]> {
  try {
    const { generate, loadConfig } = await loadCodegen(cwd);
    const { config, file, diagnostics } = await loadConfig(cwd, explicit);
    const where = file === undefined ? "no configuration; the defaults hold" : relative(cwd, file);
    if (diagnostics.some(isError)) {
      return [{ level: "wrong", what: `the configuration ${where} is not valid`, fix: "`npx taskgen` says why" }];
    }
    const result = await generate({ cwd, config, check: true });
    const errors = result.diagnostics.filter(isError).length;
    if (errors > 0) {
      return [{ level: "wrong", what: `the tasks have errors (${errors})`, fix: "`npx taskgen` shows them" }];
    }
    const stale = result.files.filter(({ status }) => status === "stale").map(({ path }) => path);
    const contract = config.contract?.file ?? "tasks.contract.json";
    return [
      { level: "ok", what: `configuration: ${where}` },
      { level: "ok", what: `tasks: ${result.tasks.length}` },
      stale.length === 0
        ? { level: "ok", what: "generated files are current" }
        : { level: "wrong", what: `stale: ${stale.join(", ")}`, fix: "run `npx taskgen`" },
      existsSync(join(cwd, contract))
        ? { level: "ok", what: `contract: ${contract}` }
        : { level: "note", what: `there is no ${contract}`, fix: "`npx taskgen accept` writes one" },
    ];
  } catch (error) {
    if (error instanceof CliError && error.code === "CODEGEN_MISSING") {
      return [{ level: "note", what: "@taskgen/codegen is not installed: nothing can be generated here" }];
    }
    return [{ level: "wrong", what: `the project: ${error instanceof Error ? error.message : String(error)}` }];
  }
}
