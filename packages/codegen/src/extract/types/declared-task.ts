import { ts } from "#compiler";
import { unwrap } from "../expressions.js";

/** The call that declares a task. */
export interface DeclaredTask {
  readonly call: ts.CallExpression;
  /** Its function, as it is written there. */
  readonly fn: ts.Expression;
  /** Its options, as they are written there. */
  readonly options: ts.Expression | undefined;
}

/** The declaration behind an exported name of a file. */
export function declaredTask(
  checker: ts.TypeChecker,
  file: ts.SourceFile,
  exportName: string,
): DeclaredTask | undefined {
  const exported = checker.getSymbolAtLocation(file)?.exports?.get(ts.escapeLeadingUnderscores(exportName));
  const symbol = exported && exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const value = symbol?.declarations?.map(valueOf).find((expression) => expression !== undefined);
  const call = value && unwrap(value);
  if (call === undefined || !ts.isCallExpression(call)) return undefined;
  const fn = call.arguments.at(-1);
  return fn && { call, fn: unwrap(fn), options: call.arguments.length > 1 ? call.arguments[0] : undefined };
}

function valueOf(declaration: ts.Declaration): ts.Expression | undefined {
  if (ts.isVariableDeclaration(declaration)) return declaration.initializer;
  return ts.isExportAssignment(declaration) ? declaration.expression : undefined;
}
