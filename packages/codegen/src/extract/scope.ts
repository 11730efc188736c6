import { ts } from "#compiler";
import { CORE, type Factory, type ParameterFact } from "../facts.js";
import { unwrap } from "./expressions.js";
import { readOptions } from "./options.js";
import { readParameters } from "./parameters.js";

const CORE_TASK: Factory = { base: "core", layers: [] };

/** A name that leads to a module's exports. */
interface Namespace {
  readonly namespace: string;
}

/** The function declarations of one name. */
export interface FunctionShape {
  readonly overloaded: boolean;
  readonly generic: boolean;
  readonly parameters: readonly ParameterFact[];
  readonly generator: Generator | undefined;
}

/** Kinds of generators. */
export type Generator = "async" | "sync";

/** What kind of generator a function is, by its syntax. */
export const generatorOf = (fn: ts.FunctionDeclaration | ts.FunctionExpression): Generator | undefined => {
  if (fn.asteriskToken === undefined) return undefined;
  return fn.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true ? "async" : "sync";
};

/** What the names at the top level of a file stand for. */
export interface Scope {
  readonly file: ts.SourceFile;
  readonly names: Map<string, Factory | Namespace>;
  readonly functions: ReadonlyMap<string, FunctionShape>;
}

/** A scope that knows the file's imports and functions. */
export function createScope(file: ts.SourceFile): Scope {
  const names = new Map<string, Factory | Namespace>();
  for (const statement of file.statements) {
    if (ts.isImportDeclaration(statement)) addImports(names, statement);
  }
  return { file, names, functions: functionShapes(file) };
}

function addImports(
  names: Map<string, Factory | Namespace>,
  { importClause, moduleSpecifier }: ts.ImportDeclaration,
): void {
  if (importClause === undefined || importClause.isTypeOnly || !ts.isStringLiteral(moduleSpecifier)) return;
  const from = moduleSpecifier.text;
  if (importClause.name !== undefined) addImport(names, importClause.name.text, from, "default");
  const bindings = importClause.namedBindings;
  if (bindings === undefined) return;
  if (ts.isNamespaceImport(bindings)) {
    names.set(bindings.name.text, { namespace: from });
    return;
  }
  for (const { name, propertyName, isTypeOnly } of bindings.elements) {
    if (!isTypeOnly) addImport(names, name.text, from, (propertyName ?? name).text);
  }
}

function addImport(names: Map<string, Factory | Namespace>, local: string, from: string, name: string): void {
  const factory = importedFactory(from, name);
  if (factory !== undefined) names.set(local, factory);
}

/** What a module's export may make; a name of `@taskgen/core` other than `task` makes no tasks. */
function importedFactory(from: string, name: string): Factory | undefined {
  if (from !== CORE) return { base: { from, name }, layers: [] };
  return name === "task" ? CORE_TASK : undefined;
}

/** The factory that an expression stands for: `task`, `tg.task`, `httpTask`, `task.batch`, or `task.with({ … })`. */
export function factoryOf(scope: Scope, expression: ts.Expression): Factory | undefined {
  const value = unwrap(expression);
  if (ts.isIdentifier(value)) {
    const named = scope.names.get(value.text);
    return named && "base" in named ? named : undefined;
  }
  if (ts.isPropertyAccessExpression(value)) return memberFactory(scope, value);
  return ts.isCallExpression(value) ? derivedFactory(scope, value) : undefined;
}

function memberFactory(scope: Scope, { expression, name }: ts.PropertyAccessExpression): Factory | undefined {
  const owner = ts.isIdentifier(expression) ? scope.names.get(expression.text) : undefined;
  if (owner && "namespace" in owner) return importedFactory(owner.namespace, name.text);
  return name.text === "batch" ? factoryOf(scope, expression) : undefined;
}

/** `factory.with(options)`. */
function derivedFactory(scope: Scope, { expression, arguments: [options] }: ts.CallExpression): Factory | undefined {
  if (!ts.isPropertyAccessExpression(expression) || expression.name.text !== "with" || !options) return undefined;
  const parent = factoryOf(scope, expression.expression);
  return parent && { base: parent.base, layers: [...parent.layers, readOptions(scope.file, options)] };
}

function functionShapes(file: ts.SourceFile): Map<string, FunctionShape> {
  const shapes = new Map<string, FunctionShape>();
  for (const statement of file.statements) {
    if (!ts.isFunctionDeclaration(statement) || statement.name === undefined) continue;
    const generic = statement.typeParameters !== undefined || shapes.get(statement.name.text)?.generic === true;
    const parameters = readParameters(statement.parameters);
    const generator = generatorOf(statement) ?? shapes.get(statement.name.text)?.generator;
    const overloaded = shapes.has(statement.name.text);
    shapes.set(statement.name.text, { overloaded, generic, parameters, generator });
  }
  return shapes;
}
