import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type * as TypeScript from "typescript-5.9";
import { compilerModule, type SCRIPTED } from "../compilers.js";
import type { Editor, Location, Suggestion } from "./editor.js";

/** The editor's view of a document through the language service of TypeScript 5.9 or 6.0, which runs in this process. */
export class ServiceEditor implements Editor {
  readonly #ts: typeof TypeScript;
  readonly #service: TypeScript.LanguageService;
  readonly #file: string;

  constructor(version: (typeof SCRIPTED)[number], project: string, file: string) {
    this.#ts = createRequire(import.meta.url)(compilerModule(version)) as typeof TypeScript;
    this.#service = this.#ts.createLanguageService(createHost(this.#ts, project, file));
    this.#file = file;
  }

  async hover(offset: number): Promise<string> {
    const info = this.#service.getQuickInfoAtPosition(this.#file, offset);
    const tags = (info?.tags ?? []).map((tag) => `@${tag.name} ${this.#text(tag.text)}`);
    return [this.#text(info?.displayParts), this.#text(info?.documentation), ...tags].join("\n");
  }

  async definitions(offset: number): Promise<Location[]> {
    const found = this.#service.getDefinitionAtPosition(this.#file, offset) ?? [];
    return found.map(({ fileName, textSpan }) => ({ file: fileName, line: lineAt(fileName, textSpan.start) }));
  }

  async suggestions(offset: number): Promise<Suggestion[]> {
    const found = this.#service.getCompletionsAtPosition(this.#file, offset, {})?.entries ?? [];
    return found.map(({ name, kindModifiers }) => ({
      name,
      detail: this.#detail(offset, name),
      deprecated: kindModifiers?.split(",").includes("deprecated") === true,
    }));
  }

  async signature(offset: number): Promise<string> {
    const [item] = this.#service.getSignatureHelpItems(this.#file, offset, {})?.items ?? [];
    if (item === undefined) return "";
    const parameters = item.parameters.map((parameter) => this.#text(parameter.displayParts));
    return this.#text(item.prefixDisplayParts) + parameters.join(", ") + this.#text(item.suffixDisplayParts);
  }

  async close(): Promise<void> {
    this.#service.dispose();
  }

  #detail(offset: number, name: string): string {
    const nothing = undefined;
    const details = this.#service.getCompletionEntryDetails(
      this.#file,
      offset,
      name,
      nothing,
      nothing,
      nothing,
      nothing,
    );
    return `${this.#text(details?.displayParts)}\n${this.#text(details?.documentation)}`;
  }

  #text(parts: TypeScript.SymbolDisplayPart[] | undefined): string {
    return this.#ts.displayPartsToString(parts);
  }
}

const lineAt = (file: string, offset: number): number => readFileSync(file, "utf8").slice(0, offset).split("\n").length;

/** Files as they are on disk, with the options of a `tsconfig.json`; `file` is the one root of the program. */
function createHost(ts: typeof TypeScript, project: string, file: string): TypeScript.LanguageServiceHost {
  const options = ts.getParsedCommandLineOfConfigFile(
    project,
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
        throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"));
      },
    },
  )?.options;
  return {
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCompilationSettings: () => options ?? {},
    getScriptFileNames: () => [file],
    getScriptVersion: () => "0",
    getScriptSnapshot: (name) =>
      ts.sys.fileExists(name) ? ts.ScriptSnapshot.fromString(readFileSync(name, "utf8")) : undefined,
    getCurrentDirectory: () => dirname(project),
    getDefaultLibFileName: (compilerOptions) => ts.getDefaultLibFilePath(compilerOptions),
  };
}
