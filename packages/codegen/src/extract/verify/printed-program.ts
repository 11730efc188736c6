import { realpathSync } from "node:fs";
import type { ts } from "#compiler";
import type { TaskTypes } from "../../contract/type-model.js";
import { declareTasks } from "../../emit/declarations.js";
import type { TaskModel } from "../../model.js";
import { normalizePath } from "../../order.js";
import { LiveProgram } from "../types/live-program.js";
import { ProjectConfigs, type ProjectConfig } from "../types/tsconfigs.js";
import { checkingFile, type Check, type Measure } from "./checks.js";

/** Printed types and where they come from. */
export interface PrintedTypes {
  /** The project's folder; an absolute path. */
  readonly cwd: string;
  /** The folder of the generated files, relative to the project. */
  readonly outDir: string;
  /** The text of the client whose types come from the sources; what is on disk need not exist or be right. */
  readonly sourceClient: string;
  /** A module with the printed `Tasks`. */
  readonly printed: string;
  readonly tasks: readonly TaskModel[];
  /** The types that were printed, by wire name. */
  readonly types: ReadonlyMap<string, TaskTypes>;
}

/** What came of comparisons. */
export interface Compared {
  /** Those that do not hold, and why. */
  readonly differing: ReadonlyMap<Check, ts.Diagnostic>;
  /** Errors that are of no comparison. */
  readonly others: readonly ts.Diagnostic[];
}

const PRINTED = "taskgen-printed-types";
const RECEIVED = "taskgen-received-types";
const CHECKS = "taskgen-checks";

/** The program of a project, with printed types and comparisons that are nowhere but in memory. */
export class PrintedProgram {
  readonly #live: LiveProgram;
  readonly #outDir: string;
  readonly #folder: string;
  readonly #overlay: Readonly<Record<string, string>>;

  constructor({ cwd, outDir, sourceClient, printed, tasks, types }: PrintedTypes) {
    const root = normalizePath(realpathSync(cwd));
    this.#outDir = outDir;
    this.#folder = `${root}/${outDir}`;
    this.#live = new LiveProgram(root, configOf(root, tasks), {
      withJavaScript: tasks.some(({ file }) => /\.[cm]?jsx?$/.test(file)),
    });
    this.#overlay = {
      [this.#path("client")]: sourceClient,
      [this.#path(PRINTED)]: printed,
      [this.#path(RECEIVED)]: receivedTypes(tasks, types),
    };
  }

  /** The errors of the printed types by themselves. */
  errors(): readonly ts.Diagnostic[] {
    this.#live.overlay(this.#overlay);
    this.#live.include([this.#path(PRINTED)]);
    return this.#errorsOf(PRINTED).errors;
  }

  compare(wanted: readonly Check[], measure: Measure): Compared {
    const modules = { folder: this.#outDir, printed: `./${PRINTED}.js`, received: `./${RECEIVED}.js` };
    const { text, checks } = checkingFile(wanted, measure, modules);
    this.#live.overlay({ ...this.#overlay, [this.#path(CHECKS)]: text });
    this.#live.include([this.#path(CHECKS)]);
    const { file, errors } = this.#errorsOf(CHECKS);
    const checkOf = (error: ts.Diagnostic): Check | undefined =>
      checks.get(file.getLineAndCharacterOfPosition(error.start ?? 0).line);
    const differing = errors.flatMap((error) => {
      const check = checkOf(error);
      return check === undefined ? [] : [[check, error] as const];
    });
    return { differing: new Map(differing), others: errors.filter((error) => checkOf(error) === undefined) };
  }

  #errorsOf(name: string): FileErrors {
    const { program } = this.#live;
    const file = program.getSourceFile(this.#path(name)) as ts.SourceFile;
    return { file, errors: [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)] };
  }

  #path(name: string): string {
    return `${this.#folder}/${name}.ts`;
  }
}

interface FileErrors {
  readonly file: ts.SourceFile;
  readonly errors: readonly ts.Diagnostic[];
}

function receivedTypes(tasks: readonly TaskModel[], types: ReadonlyMap<string, TaskTypes>): string {
  const { imports, text } = declareTasks(tasks, types, "received");
  return `import type { ${imports.join(", ")} } from "@taskgen/core";\n${text}\n`;
}

/** The options that the first task is compiled with, except for those that ask for more than the model says. */
function configOf(root: string, tasks: readonly TaskModel[]): ProjectConfig {
  const configs = new ProjectConfigs(root);
  const config = configs.read(configs.pathFor(`${root}/${tasks[0]?.file ?? ""}`));
  return { ...config, options: { ...config.options, ...RELAXED } };
}

const RELAXED = {
  ...{ declaration: false, exactOptionalPropertyTypes: false, noUnusedLocals: false, noUnusedParameters: false },
  ...{ isolatedDeclarations: false, isolatedModules: false, verbatimModuleSyntax: false },
} satisfies ts.CompilerOptions;
