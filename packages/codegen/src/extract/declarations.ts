import { ts } from "#compiler";
import type { Factory, FileFacts, Problem, Reexport, TaskFact } from "../facts.js";
import { docOf } from "./docs.js";
import { unwrap } from "./expressions.js";
import { factoryOf, type Scope } from "./scope.js";
import { nodeSpan } from "./span.js";
import { findTaskCall, readTaskCall } from "./task-call.js";

/** A declared task whose exported name is not known yet. */
type TaskDraft = Omit<TaskFact, "exportName">;

/** What the statements of a file declare, by local name, and the names under which it leaves the file. */
class Declarations {
  readonly scope: Scope;
  readonly tasks = new Map<string, TaskDraft>();
  /** Local name to exported name; the first one counts, a named export before `default`. */
  readonly exported = new Map<string, string>();
  readonly factories: Record<string, Factory> = {};
  readonly reexports: Reexport[] = [];
  readonly problems: Problem[] = [];

  constructor(scope: Scope) {
    this.scope = scope;
  }

  export(local: string, name: string): void {
    const known = this.exported.get(local);
    if (known === undefined || known === "default") this.exported.set(local, name);
    const factory = this.scope.names.get(local);
    if (factory && "base" in factory) this.factories[name] = factory;
  }

  facts(): FileFacts {
    const { factories, reexports, problems } = this;
    const tasks = [...this.tasks].map(([local, task]) => ({ ...task, exportName: this.exported.get(local) }));
    return { tasks, factories, reexports, problems };
  }
}

/** Reads the top level of a file. */
export function collectDeclarations(scope: Scope): FileFacts {
  const found = new Declarations(scope);
  for (const statement of scope.file.statements) {
    if (ts.isVariableStatement(statement)) addVariables(found, statement);
    else if (ts.isExpressionStatement(statement)) warnOfHiddenTask(found, statement.expression, undefined);
  }
  // Exports come last, since they may stand before what they export.
  for (const statement of scope.file.statements) {
    if (ts.isExportDeclaration(statement)) addExportDeclaration(found, statement);
    else if (ts.isExportAssignment(statement) && !statement.isExportEquals) addDefaultExport(found, statement);
  }
  return found.facts();
}

function addVariables(found: Declarations, statement: ts.VariableStatement): void {
  const isExported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
  const isConst = (statement.declarationList.flags & ts.NodeFlags.Const) !== 0;
  statement.declarationList.declarations.forEach((declaration, i) => {
    if (!ts.isIdentifier(declaration.name) || declaration.initializer === undefined) return;
    const doc = docOf(found.scope.file, declaration) ?? (i === 0 ? docOf(found.scope.file, statement) : undefined);
    addVariable(found, { name: declaration.name, initializer: declaration.initializer, isConst, doc });
    if (isExported) found.export(declaration.name.text, declaration.name.text);
  });
}

interface Variable {
  readonly name: ts.Identifier;
  readonly initializer: ts.Expression;
  readonly isConst: boolean;
  readonly doc: string | undefined;
}

function addVariable(found: Declarations, { name, initializer, isConst, doc }: Variable): void {
  const factory = factoryOf(found.scope, initializer);
  if (factory !== undefined) {
    found.scope.names.set(name.text, factory);
    return;
  }
  const draft = isConst ? readTaskCall(found.scope, initializer, name) : undefined;
  if (draft === undefined) warnOfHiddenTask(found, initializer, name);
  else found.tasks.set(name.text, { ...draft, doc });
}

/** TG1012: a task is made here, but not as the value of an exported constant. */
function warnOfHiddenTask(found: Declarations, expression: ts.Expression, name: ts.Identifier | undefined): void {
  const call = findTaskCall(found.scope, expression);
  if (call === undefined) return;
  found.problems.push({
    code: "TG1012",
    severity: "warning",
    message: name === undefined ? "this task has no name" : `the task in "${name.text}" is left out`,
    why: "only a constant whose value is a direct call of task() is a task that workers and callers can find",
    fix: "write export const … = task(…)",
    span: nodeSpan(found.scope.file, name ?? call),
  });
}

function addDefaultExport(found: Declarations, statement: ts.ExportAssignment): void {
  const value = unwrap(statement.expression);
  if (ts.isIdentifier(value)) {
    found.export(value.text, "default");
    return;
  }
  const factory = factoryOf(found.scope, value);
  if (factory !== undefined) found.factories["default"] = factory;
  else addDefaultTask(found, statement, value);
}

/** The local name of an anonymous default export, which no identifier can have. */
const DEFAULT_LOCAL = "*default*";

function addDefaultTask(found: Declarations, statement: ts.ExportAssignment, value: ts.Expression): void {
  const draft = readTaskCall(found.scope, value, ts.isCallExpression(value) ? value.expression : value);
  if (draft === undefined) return warnOfHiddenTask(found, value, undefined);
  found.tasks.set(DEFAULT_LOCAL, { ...draft, label: "default", doc: docOf(found.scope.file, statement) });
  found.export(DEFAULT_LOCAL, "default");
}

function addExportDeclaration(found: Declarations, statement: ts.ExportDeclaration): void {
  if (statement.isTypeOnly) return;
  const { file } = found.scope;
  const from =
    statement.moduleSpecifier && ts.isStringLiteral(statement.moduleSpecifier)
      ? statement.moduleSpecifier.text
      : undefined;
  if (statement.exportClause === undefined) {
    if (from !== undefined) found.reexports.push({ exportName: "*", from, name: "*", span: nodeSpan(file, statement) });
    return;
  }
  if (!ts.isNamedExports(statement.exportClause)) return;
  for (const element of statement.exportClause.elements) {
    const name = (element.propertyName ?? element.name).text;
    if (element.isTypeOnly) continue;
    if (from === undefined) found.export(name, element.name.text);
    else found.reexports.push({ exportName: element.name.text, from, name, span: nodeSpan(file, element) });
  }
}
