import { ts } from "#compiler";
import { unionOf, type TaskTypes, type TupleElement, type TypeModel } from "../../contract/type-model.js";
import { CORE } from "../../facts.js";
import { unwrap } from "../expressions.js";
import { widenedModel } from "./literals.js";
import type { Modules, WrittenFile } from "./modules.js";
import { elementTypeOf, isInOrder } from "./tuples.js";
import { WrittenTypeReader } from "./type-reader.js";
import { decided, giveUp } from "./undecided.js";

/** What is known besides the texts of files. */
export interface Surroundings {
  readonly modules: Modules;
  /** The names that mean what the platform declares. */
  readonly platform: ReadonlySet<string>;
}

/** The types of a task that says all of them; `undefined` where the checker is to be asked, or there may be a finding. */
export function readWrittenTask(
  exportName: string,
  file: WrittenFile,
  { modules, platform }: Surroundings,
): TaskTypes | undefined {
  return decided(() => {
    const fn = functionOf(exportName, file, modules);
    const reader = new WrittenTypeReader(modules, platform);
    const args = { kind: "tuple" as const, elements: readParameters(reader, fn, file) };
    const result = readResult(reader, fn, { modules, platform, file });
    return { args, result, errors: {}, types: reader.definitions() };
  });
}

type InPlace = ts.ArrowFunction | ts.FunctionExpression;

/** The function in `export const name = task({ … }, function)`, where nothing else has a say in the types of the task. */
function functionOf(exportName: string, file: WrittenFile, modules: Modules): InPlace {
  const call = callOf(exportName, file.source);
  const imported = ts.isIdentifier(call.expression) ? modules.importOf(call.expression.text, file) : undefined;
  if (imported?.from !== CORE || imported.name !== "task") return giveUp();
  const [first, second, third] = call.arguments;
  if (third !== undefined || (second !== undefined && !isPlainOptions(first))) return giveUp();
  const fn = unwrap(second ?? first ?? giveUp());
  const isInPlace = ts.isArrowFunction(fn) || (ts.isFunctionExpression(fn) && fn.asteriskToken === undefined);
  return isInPlace && fn.typeParameters === undefined ? fn : giveUp();
}

function callOf(exportName: string, { statements }: ts.SourceFile): ts.CallExpression {
  const exported = statements
    .filter(ts.isVariableStatement)
    .filter(({ modifiers }) => modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))
    .flatMap(({ declarationList }) => declarationList.declarations)
    .filter(({ name }) => ts.isIdentifier(name) && name.text === exportName);
  const [variable] = exported;
  const value = variable?.initializer && unwrap(variable.initializer);
  return exported.length === 1 && value !== undefined && ts.isCallExpression(value) ? value : giveUp();
}

/** Options that are written out and have no types of their own. */
const isPlainOptions = (options: ts.Expression | undefined): boolean =>
  options !== undefined &&
  ts.isObjectLiteralExpression(options) &&
  options.properties.every(
    ({ name }) => name !== undefined && ts.isIdentifier(name) && !["args", "throws"].includes(name.text),
  );

function readParameters(reader: WrittenTypeReader, { parameters }: InPlace, file: WrittenFile): TupleElement[] {
  // One that has a default is optional where no required one follows.
  const required = parameters.findLastIndex((parameter) => isRequired(parameter));
  const elements = parameters.map((parameter, i): TupleElement => {
    const isOptional = parameter.questionToken !== undefined || (parameter.initializer !== undefined && i > required);
    const name = ts.isIdentifier(parameter.name) ? parameter.name.text : `arg${i}`;
    if (name === "this") return giveUp();
    const rest = parameter.dotDotDotToken !== undefined;
    const type = readParameter(reader, parameter, { file, isOptional });
    return { name, type, ...(isOptional && { optional: true }), ...(rest && { rest: true }) };
  });
  return isInOrder(elements) ? elements : giveUp();
}

const isRequired = ({ questionToken, initializer, dotDotDotToken }: ts.ParameterDeclaration): boolean =>
  questionToken === undefined && initializer === undefined && dotDotDotToken === undefined;

function readParameter(
  reader: WrittenTypeReader,
  { type, initializer, dotDotDotToken, questionToken }: ts.ParameterDeclaration,
  { file, isOptional }: { readonly file: WrittenFile; readonly isOptional: boolean },
): TypeModel {
  if (initializer !== undefined && questionToken !== undefined) return giveUp();
  if (type === undefined) {
    const model = initializer === undefined ? giveUp() : widenedModel(initializer);
    return isOptional ? model : unionOf([model, { kind: "undefined" }]);
  }
  if (dotDotDotToken !== undefined) return reader.read(elementTypeOf(type), file);
  if (isOptional) return reader.readOptional(type, file);
  const model = reader.read(type, file);
  return initializer === undefined ? model : unionOf([model, { kind: "undefined" }]);
}

/** What is written as the result, or what a promise of it is of. */
function readResult(
  reader: WrittenTypeReader,
  { type }: InPlace,
  { modules, platform, file }: Surroundings & { readonly file: WrittenFile },
): TypeModel {
  const node = type ?? giveUp();
  const name = ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName) ? node.typeName.text : undefined;
  const isPromise = name === "Promise" && platform.has(name) && modules.resolve(name, file) === undefined;
  if (!isPromise) return reader.read(node, file);
  const [value, ...others] = (node as ts.TypeReferenceNode).typeArguments ?? [];
  return value !== undefined && others.length === 0 ? reader.read(value, file) : giveUp();
}
