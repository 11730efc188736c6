import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type * as ts from "typescript-5.9";

/** What an editor shows of a name. */
export interface Shown {
  /** `file:line` of each definition. */
  readonly definitions: readonly string[];
  readonly type: string;
  readonly documentation: string;
}

/** An open project of an editor. */
export interface Editor {
  /** What is shown at the last letter of the first `text` in a file. */
  show(file: string, text: string): Promise<Shown>;
  close(): Promise<void>;
}

/** The offset of the last letter of the first `text`. */
export function offsetOf(source: string, text: string): number {
  const offset = source.indexOf(text);
  if (offset < 0) throw new Error(`no ${text} in the file`);
  return offset + text.length - 1;
}

const lineOf = (file: string, offset: number): number => readFileSync(file, "utf8").slice(0, offset).split("\n").length;

/** An editor on the language service that TypeScript has up to version 6. */
export function languageServiceEditor(compiler: typeof ts, cwd: string): Editor {
  const service = compiler.createLanguageService(serviceHost(compiler, cwd));
  const show = (file: string, text: string): Shown => {
    const path = join(cwd, file);
    const offset = offsetOf(readFileSync(path, "utf8"), text);
    const info = service.getQuickInfoAtPosition(path, offset);
    const definitions = service.getDefinitionAtPosition(path, offset) ?? [];
    return {
      definitions: definitions.map(
        ({ fileName, textSpan }) => `${relative(cwd, fileName)}:${lineOf(fileName, textSpan.start)}`,
      ),
      type: compiler.displayPartsToString(info?.displayParts),
      documentation: compiler.displayPartsToString(info?.documentation),
    };
  };
  return { show: async (file, text) => show(file, text), close: async () => service.dispose() };
}

function serviceHost(compiler: typeof ts, cwd: string): ts.LanguageServiceHost {
  const { sys } = compiler;
  const config = compiler.readConfigFile(join(cwd, "tsconfig.json"), (file) => sys.readFile(file));
  const { options, fileNames } = compiler.parseJsonConfigFileContent(config.config, sys, cwd);
  return {
    getCompilationSettings: () => options,
    getScriptFileNames: () => fileNames,
    getScriptVersion: () => "1",
    getScriptSnapshot: (file) => {
      const text = sys.readFile(file);
      return text === undefined ? undefined : compiler.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => cwd,
    getDefaultLibFileName: (given) => compiler.getDefaultLibFilePath(given),
    fileExists: (file) => sys.fileExists(file),
    readFile: (file, encoding) => sys.readFile(file, encoding),
    directoryExists: (path) => sys.directoryExists(path),
    getDirectories: (path) => sys.getDirectories(path),
    realpath: (path) => sys.realpath?.(path) ?? path,
  };
}
