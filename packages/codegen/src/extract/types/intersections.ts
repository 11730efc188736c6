import { ts } from "#compiler";
import type { TypeModel } from "../../contract/type-model.js";
import { extendedFault, FAULTS } from "./faults.js";
import { hasSymbolKey, isCallable, readMembers, type ObjectSite } from "./objects.js";
import { platformType } from "./platform-types.js";
import { isPrimitive } from "./primitives.js";
import type { TypeReader } from "./type-reader.js";

/** `A & B`: a branded value is the value; objects become one. */
export function readIntersection(
  reader: TypeReader,
  type: ts.IntersectionType,
  { place, named }: ObjectSite,
): TypeModel {
  const { checker } = reader;
  const primitive = type.types.find(isPrimitive);
  if (primitive !== undefined) return reader.read(primitive, place);
  const brands = type.types.filter((member) => isBrand(checker, member));
  const rest = type.types.filter((member) => !brands.includes(member));
  const whole = rest.find((member) => isWhole(checker, member));
  if (whole !== undefined && rest.length > 1) return reader.refuse(extendedFault(nameOf(whole)), place);
  if (rest.length === 1) return reader.read(rest[0] as ts.Type, place);
  if (rest.length === 0) return reader.unknown("{}", place);
  if (rest.some(isCallable)) return reader.refuse(FAULTS.function, place);
  const marks = new Set(brands.flatMap((brand) => checker.getPropertiesOfType(brand)).map(({ name }) => name));
  named();
  return readMembers(reader, type, place, ({ name }) => marks.has(name));
}

const nameOf = (type: ts.Type): string => type.getSymbol()?.name ?? "list";

/** A member that is more than its properties, so that others can only be lost: a list, a Date, a Map. */
const isWhole = (checker: ts.TypeChecker, type: ts.Type): boolean =>
  checker.isArrayType(type) ||
  checker.isTupleType(type) ||
  platformType(type.getSymbol()) !== undefined ||
  isClass(type);

const isClass = (type: ts.Type): boolean => ((type.getSymbol()?.flags ?? 0) & ts.SymbolFlags.Class) !== 0;

const MARK = /^__?(?:brand|flavor|nominal|opaque|tag)$/;

/** An object type that exists only for the compiler: nothing but properties under symbols, or of a name that marks are given. */
function isBrand(checker: ts.TypeChecker, type: ts.Type): boolean {
  if (type.flags & ts.TypeFlags.NonPrimitive) return true;
  if (isCallable(type) || checker.getIndexInfosOfType(type).length > 0) return false;
  return checker.getPropertiesOfType(type).every((property) => hasSymbolKey(property) || MARK.test(property.name));
}
