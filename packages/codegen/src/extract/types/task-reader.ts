import type { ts } from "#compiler";
import {
  unionOf,
  type ObjectModel,
  type TaskTypes,
  type TupleModel,
  type TypeModel,
} from "../../contract/type-model.js";
import { batchResult, itemOf } from "./batches.js";
import { declaredErrors, readErrorData, type DeclaredError } from "./declared-errors.js";
import type { DeclaredTask } from "./declared-task.js";
import type { Fault } from "./faults.js";
import type { Findings } from "./findings.js";
import { elementOf, type ListPart } from "./lists.js";
import { optionNode, optionType, type OptionType } from "./option-types.js";
import { schemaArguments } from "./schema-types.js";
import { generatorTypes } from "./generator-types.js";
import { readSignature, type Parameter, type TaskSignature } from "./signature.js";
import {
  circularResult,
  genericTask,
  isCircular,
  misfitSchema,
  sameCode,
  overloadedTask,
  unclearParameters,
  withoutCode,
} from "./task-findings.js";
import { ROOT, type TypePlace } from "./type-path.js";
import { TypeReader } from "./type-reader.js";

/** What a task is read with. */
export interface TaskReaderOptions {
  readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  readonly registered: ReadonlySet<string>;
  readonly findings: Findings;
}

/** What is being read, for diagnostics. */
interface Root {
  readonly name: string;
  readonly node: ts.Node | undefined;
}

/** Reads one task. */
export class TaskReader {
  readonly #options: TaskReaderOptions;
  readonly #task: DeclaredTask;
  readonly #reader: TypeReader;
  #root: Root = { name: "", node: undefined };
  #resultIsVague = false;

  constructor(task: DeclaredTask, options: TaskReaderOptions) {
    this.#task = task;
    this.#options = options;
    const { checker, registered } = options;
    this.#reader = new TypeReader({ checker, registered, report: (fault, place) => this.#report(fault, place) });
  }

  /** The types of the task; `undefined` when an error stands in the way. */
  read(): TaskTypes | undefined {
    const { checker, findings } = this.#options;
    const signature = readSignature(checker, this.#task.fn);
    if (signature === undefined || this.#isUnclear(signature)) return undefined;
    const isBatch = optionType(checker, this.#task, "batch") !== undefined;
    const parameters = isBatch ? itemOf(checker, signature.parameters) : signature.parameters;
    const throws = optionType(checker, this.#task, "throws");
    const args = optionType(checker, this.#task, "args");
    const types = {
      args: args === undefined ? this.#parameters(parameters) : this.#schema(args, parameters),
      ...this.#outcome(signature, isBatch),
      errors: throws === undefined ? {} : this.#errors(throws),
    };
    return findings.hasErrors ? undefined : { ...types, types: this.#reader.definitions() };
  }

  /** Functions that have no one list of parameters. */
  #isUnclear({ signature, isOverloaded, unclear }: TaskSignature): boolean {
    const { findings } = this.#options;
    const { fn } = this.#task;
    if (isOverloaded) findings.add(overloadedTask(fn), fn);
    if (signature.typeParameters !== undefined) findings.add(genericTask(fn), fn);
    if (unclear !== undefined) findings.add(unclearParameters(), unclear);
    return findings.hasErrors;
  }

  #parameters(parameters: readonly Parameter[]): TupleModel {
    const nodes = parameters.map(({ node }) => node);
    return this.#arguments(parameters, (i) => nodes[i]);
  }

  #schema(args: OptionType, parameters: readonly Parameter[]): TupleModel {
    const node = optionNode(this.#task, "args");
    const read = schemaArguments(this.#options.checker, args, parameters);
    if ("parts" in read) return this.#arguments(read.parts, () => node);
    this.#options.findings.add(misfitSchema(this.#options.findings.task, read.misfit), node);
    return { kind: "tuple", elements: [] };
  }

  #arguments(parts: readonly ListPart[], nodeAt: (index: number) => ts.Node | undefined): TupleModel {
    const elements = parts.map((part, i) => {
      this.#root = { name: `argument ${i + 1}`, node: nodeAt(i) };
      return elementOf(part, this.#argument(part));
    });
    return { kind: "tuple", elements };
  }

  #argument({ type, optional, hasDefault }: ListPart): TypeModel {
    if (optional) return this.#reader.readOptional(type, ROOT);
    const model = this.#reader.read(type, ROOT);
    return hasDefault === true ? unionOf([model, { kind: "undefined" }]) : model;
  }

  /** The result, and what a stream yields. */
  #outcome({ signature, resultNode }: TaskSignature, isBatch: boolean): Pick<TaskTypes, "item" | "result"> {
    const { checker, findings } = this.#options;
    const returned = checker.getReturnTypeOfSignature(signature);
    if (!findings.isStream) return { result: this.#result("result", returned, resultNode, isBatch) };
    const [item, result] = generatorTypes(checker, returned);
    return {
      item: this.#result("item", item, resultNode),
      result: result === undefined ? { kind: "undefined" } : this.#result("result", result, resultNode),
    };
  }

  #result(name: "item" | "result", returned: ts.Type, resultNode: ts.Node | undefined, isBatch = false): TypeModel {
    const { checker, findings, program } = this.#options;
    this.#root = { name, node: resultNode };
    this.#resultIsVague = false;
    const before = findings.diagnostics.length;
    const value = checker.getAwaitedType(returned) ?? returned;
    const model = isBatch
      ? unionOf(batchResult(checker, value).map((one) => this.#reader.read(one, ROOT)))
      : this.#reader.read(value, ROOT);
    if (this.#resultIsVague && resultNode === undefined && isCircular(program, this.#task.call)) {
      findings.replaceSince(before, circularResult(findings.task));
    }
    return model;
  }

  #errors(throws: OptionType): Record<string, ObjectModel> {
    const node = optionNode(this.#task, "throws");
    const errors = declaredErrors(this.#options.checker, throws);
    const known = new Map<string, DeclaredError>();
    for (const error of errors) {
      const rival = error.codes.map((code) => known.get(code)).find((other) => other !== undefined);
      if (rival !== undefined) this.#options.findings.add(sameCode(error.name, rival.name), node, "warning");
      for (const code of error.codes) known.set(code, error);
    }
    return Object.fromEntries(errors.flatMap((error) => this.#error(error, node)));
  }

  #error(error: DeclaredError, node: ts.Node | undefined): [code: string, data: ObjectModel][] {
    if (error.codes.length === 0) this.#options.findings.add(withoutCode(error.name), node, "warning");
    this.#root = { name: `error ${error.codes[0] ?? error.name}`, node };
    const data = readErrorData(this.#reader, error);
    return error.codes.map((code) => [code, data]);
  }

  #report(fault: Fault, place: TypePlace): void {
    if (fault.code === "TG2008") this.#resultIsVague = true;
    this.#options.findings.addFault(fault, this.#root, place);
  }
}
