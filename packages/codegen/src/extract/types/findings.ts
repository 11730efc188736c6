import type { ts } from "#compiler";
import type { SerializationConfig } from "../../config.js";
import { placeOf, type Diagnostic, type Place, type RelatedPlace } from "../../diagnostics.js";
import type { TaskModel } from "../../model.js";
import { nodeSpan } from "../span.js";
import type { Fault } from "./faults.js";
import { isLibrary } from "./platform.js";
import { shownPath, type TypePlace } from "./type-path.js";

/** Where diagnostics of a task belong. */
export interface FindingsOptions {
  readonly task: TaskModel;
  readonly serialization: Required<SerializationConfig>;
  /** The path of a file relative to the project. */
  readonly relative: (fileName: string) => string;
}

/** What a diagnostic says besides where it is. */
export type Words = Pick<Diagnostic, "code" | "message" | "why" | "fix">;

/** Collects what is wrong with the types of one task. */
export class Findings {
  readonly #options: FindingsOptions;
  readonly #file: ts.SourceFile;
  readonly diagnostics: Diagnostic[] = [];

  /** @param file the one that declares the task. */
  constructor(file: ts.SourceFile, options: FindingsOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** The name of the task. */
  get task(): string {
    return this.#options.task.name;
  }

  /** It is an async generator. */
  get isStream(): boolean {
    return this.#options.task.streams === true;
  }

  get hasErrors(): boolean {
    return this.diagnostics.some(({ severity }) => severity === "error");
  }

  /** A type that does not travel, within something of the given name: `argument 1`, `result`. */
  addFault(fault: Fault, root: { readonly name: string; readonly node: ts.Node | undefined }, place: TypePlace): void {
    const { serialization, task } = this.#options;
    const severity = fault.setting === undefined ? "error" : serialization[fault.setting];
    if (severity === "off") return;
    const { code, why, fix } = fault;
    const path = place.path === "" ? root.name : `${root.name} ${shownPath(place.path)}`;
    const at = this.#place(root.node);
    const message = `${path} of task "${task.name}" ${fault.message}`;
    const related = this.#related(place, at);
    this.diagnostics.push({
      ...{ code, severity, message, why, fix, file: task.file, at },
      ...(related.length > 0 && { related }),
    });
  }

  add(words: Words, node: ts.Node | undefined, severity: Diagnostic["severity"] = "error"): void {
    this.diagnostics.push({ ...words, severity, file: this.#options.task.file, at: this.#place(node) });
  }

  /** A finding takes the place of those since `count`, which it is the reason for. */
  replaceSince(count: number, words: Words): void {
    this.diagnostics.length = count;
    this.add(words, undefined);
  }

  /** Other files' nodes are no place for a finding of this one; the task's own name stands for them. */
  #place(node: ts.Node | undefined): Place {
    const { file, span } = this.#options.task;
    const isHere = node !== undefined && node.getSourceFile() === this.#file;
    return placeOf(file, this.#file.text, isHere ? nodeSpan(this.#file, node) : span);
  }

  /** The property's own declaration, unless the frame shows it already. */
  #related({ path, declaration }: TypePlace, at: Place): RelatedPlace[] {
    const file = declaration?.getSourceFile();
    if (declaration === undefined || file === undefined || isLibrary(file.fileName)) return [];
    const place = placeOf(this.#options.relative(file.fileName), file.text, nodeSpan(file, declaration));
    if (place.file === at.file && place.line === at.line) return [];
    return [{ message: `${shownPath(path)} is declared here`, at: place }];
  }
}
