import { ts } from "#compiler";
import { compareCodeUnits } from "../../order.js";
import { isOfPlatform } from "./platform-types.js";

const NAMED = ts.SymbolFlags.Class | ts.SymbolFlags.Interface;

/** The name that the project gives to a type: that of its alias, interface or class. */
export function definitionName(type: ts.Type): string | undefined {
  const { aliasSymbol } = type;
  if (aliasSymbol !== undefined && !isOfPlatform(aliasSymbol)) return nameOf(aliasSymbol);
  const symbol = type.getSymbol();
  return symbol !== undefined && symbol.flags & NAMED && !isOfPlatform(symbol) ? nameOf(symbol) : undefined;
}

/** A default export is called as it is declared; one without a name there has none. */
function nameOf(symbol: ts.Symbol): string | undefined {
  if (symbol.name !== "default") return isWord(symbol.name) ? symbol.name : undefined;
  const names = symbol.declarations?.map((declaration) => ts.getNameOfDeclaration(declaration));
  return names?.find((name) => name !== undefined && ts.isIdentifier(name) && name.text !== "default")?.getText();
}

const isWord = (name: string): boolean => /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) && !name.startsWith("__");

/**
 * Members of a union in an order that depends on what they are, not on which files the compiler has read: the numbers of
 * definitions with one name follow from it.
 */
export function orderMembers(checker: ts.TypeChecker, members: readonly ts.Type[]): readonly ts.Type[] {
  const named = members.filter((member) => definitionName(member) !== undefined);
  if (named.length < 2) return members;
  const keys = new Map(members.map((member) => [member, orderKey(checker, member)]));
  return members.toSorted((a, b) => compareCodeUnits(keys.get(a) as string, keys.get(b) as string));
}

function orderKey(checker: ts.TypeChecker, type: ts.Type): string {
  const declaration = (type.aliasSymbol ?? type.getSymbol())?.declarations?.[0];
  const place = declaration && `${declaration.getSourceFile().fileName}:${String(declaration.pos).padStart(9, "0")}`;
  return `${definitionName(type) ?? ""} ${place ?? ""} ${checker.typeToString(type)}`;
}
