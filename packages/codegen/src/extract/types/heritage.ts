import { ts } from "#compiler";
import { extendedFault, type Fault } from "./faults.js";
import { platformType } from "./platform-types.js";

/** Whether a class or an interface is an error of the platform, or goes back to one. */
export const isError = (checker: ts.TypeChecker, type: ts.Type): boolean =>
  isErrorOfPlatform(type) || basesOf(checker, type).some((base) => isError(checker, base));

function isErrorOfPlatform(type: ts.Type): boolean {
  const platform = platformType(type.getSymbol());
  return platform?.kind === "builtin" && platform.name === "Error";
}

/**
 * The elements of an interface that is an array by another name, with nothing of its own: such an interface is how recursive
 * types of JSON are written. `undefined` for any other type.
 */
export const elementOfNamedList = (checker: ts.TypeChecker, type: ts.Type): ts.Type | undefined =>
  isNamedList(checker, type) ? checker.getIndexTypeOfType(type, ts.IndexKind.Number) : undefined;

function isNamedList(checker: ts.TypeChecker, type: ts.Type): boolean {
  const [base, ...others] = basesOf(checker, type);
  if (base === undefined || others.length > 0 || hasOwnMembers(type)) return false;
  return checker.isArrayType(base) || isNamedList(checker, base);
}

const hasOwnMembers = (type: ts.Type): boolean =>
  [...(type.getSymbol()?.members?.values() ?? [])].some(({ flags }) => !(flags & ts.SymbolFlags.TypeParameter));

/** Why an interface over something that is more than its properties does not travel. Errors do, with what they have besides. */
export function inheritedFault(checker: ts.TypeChecker, type: ts.Type): Fault | undefined {
  for (const base of basesOf(checker, type)) {
    const fault = checker.isArrayType(base) || checker.isTupleType(base) ? extendedFault("list") : faultOf(base);
    const found = fault ?? inheritedFault(checker, base);
    if (found !== undefined) return found;
  }
  return undefined;
}

function faultOf(base: ts.Type): Fault | undefined {
  const platform = platformType(base.getSymbol());
  if (platform === undefined || isErrorOfPlatform(base)) return undefined;
  return platform.kind === "fault" ? platform.fault : extendedFault(base.getSymbol()?.name ?? platform.kind);
}

/** What a class or an interface extends. */
function basesOf(checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] {
  const declared = isReference(type) ? type.target : type;
  return declared.isClassOrInterface() ? checker.getBaseTypes(declared) : [];
}

const isReference = (type: ts.Type): type is ts.TypeReference =>
  (type.flags & ts.TypeFlags.Object) !== 0 && ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference) !== 0;
