import { ts } from "#compiler";
import type { IndexModel, ObjectModel, PropertyModel, TypeModel } from "../../contract/type-model.js";
import { compareCodeUnits } from "../../order.js";
import { classFault, errorClassFault, FAULTS, platformFault } from "./faults.js";
import { elementOfNamedList, inheritedFault, isError } from "./heritage.js";
import { isOfPlatform, platformType, type PlatformType } from "./platform-types.js";
import { stepInto, stepToProperty, type TypePlace } from "./type-path.js";
import type { TypeReader } from "./type-reader.js";

/** Where an object type is met. */
export interface ObjectSite {
  readonly place: TypePlace;
  /** Makes the type a definition, if it has a name. */
  readonly named: () => void;
}

/** An object type that is neither a list nor an intersection. */
export function readObject(reader: TypeReader, type: ts.Type, { place, named }: ObjectSite): TypeModel {
  const { checker } = reader;
  if (isCallable(type)) return reader.refuse(FAULTS.function, place);
  const platform = platformType(type.getSymbol());
  if (platform !== undefined) return readPlatform(reader, platform, { type: type as ts.TypeReference, place });
  const symbol = type.getSymbol();
  if (symbol !== undefined && symbol.flags & ts.SymbolFlags.Class && !reader.registered.has(symbol.name)) {
    return reader.refuse(isError(checker, type) ? errorClassFault(symbol.name) : classFault(symbol.name), place);
  }
  if (symbol !== undefined && isOfPlatform(symbol) && hasMethods(checker, type)) {
    return reader.refuse(platformFault(symbol.name, undefined), place);
  }
  const element = elementOfNamedList(checker, type);
  if (element !== undefined) return { kind: "array", element: reader.read(element, stepInto(place, "[]")) };
  const inherited = inheritedFault(checker, type);
  if (inherited !== undefined) return reader.refuse(inherited, place);
  if (isThenable(checker, type)) return reader.refuse(FAULTS.promise, place);
  if (isEmpty(checker, type)) return reader.unknown("{}", place);
  named();
  return readMembers(reader, type, place);
}

export const isCallable = (type: ts.Type): boolean =>
  type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0;

function readPlatform(
  reader: TypeReader,
  platform: PlatformType,
  { type, place }: { readonly type: ts.TypeReference; readonly place: TypePlace },
): TypeModel {
  if (platform.kind === "builtin") return platform;
  if (platform.kind === "fault") return reader.refuse(platform.fault, place);
  const [first, second] = reader.checker.getTypeArguments(type) as [ts.Type, ts.Type];
  if (platform.kind === "set") return { kind: "set", element: reader.read(first, stepInto(place, ".values()[]")) };
  const key = reader.read(first, stepInto(place, ".keys()[]"));
  return { kind: "map", key, value: reader.read(second, stepInto(place, ".values()[]")) };
}

function isThenable(checker: ts.TypeChecker, type: ts.Type): boolean {
  const then = checker.getPropertyOfType(type, "then");
  return then !== undefined && isCallable(checker.getTypeOfSymbol(then));
}

/** n.b. the symbol of an anonymous type is the platform's too, where an alias of the platform has made it. */
const hasMethods = (checker: ts.TypeChecker, type: ts.Type): boolean =>
  type.isClassOrInterface() &&
  checker.getPropertiesOfType(type).some((property) => isCallable(checker.getTypeOfSymbol(property)));

const isEmpty = (checker: ts.TypeChecker, type: ts.Type): boolean =>
  checker.getPropertiesOfType(type).length === 0 && checker.getIndexInfosOfType(type).length === 0;

/** The properties and index signatures of a type. */
export function readMembers(
  reader: TypeReader,
  type: ts.Type,
  place: TypePlace,
  isLeftOut: (property: ts.Symbol) => boolean = () => false,
): ObjectModel {
  const symbol = type.getSymbol();
  const isClass = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Class) !== 0;
  const properties = reader.checker
    .getPropertiesOfType(type)
    .filter((property) => !isLeftOut(property) && !isOfErrors(property) && (!isClass || isOwnData(property)))
    .toSorted((a, b) => compareCodeUnits(a.name, b.name))
    .flatMap((property) => readProperty(reader, property, place));
  const index = readIndex(reader, type, place);
  return { kind: "object", properties, ...(index.length > 0 && { index }) };
}

function readProperty(reader: TypeReader, property: ts.Symbol, place: TypePlace): PropertyModel[] {
  if (hasSymbolKey(property)) {
    const key = `[${reader.checker.symbolToString(property).replace(/^\[|\]$/g, "")}]`;
    reader.refuse(FAULTS.symbolKey, { path: place.path + key, declaration: property.declarations?.[0] });
    return [];
  }
  const at = stepToProperty(place, property);
  const type = reader.checker.getTypeOfSymbol(property);
  if ((property.flags & ts.SymbolFlags.Optional) === 0) return [{ name: property.name, type: reader.read(type, at) }];
  if (isCallable(reader.checker.getNonNullableType(type))) {
    reader.refuse(FAULTS.optionalFunction, at);
    return [];
  }
  return [{ name: property.name, type: reader.readOptional(type, at), optional: true }];
}

/** `[Symbol.iterator]`, `[tag]`: the compiler writes such names with a mark of its own. */
export const hasSymbolKey = ({ escapedName }: ts.Symbol): boolean => /^__[@#]/.test(escapedName as string);

/** What an interface over `Error` has from there, and what every error carries anyway. */
const isOfErrors = (property: ts.Symbol): boolean =>
  ["stack", "cause"].includes(property.name) && isOfPlatform(property);

const NOT_DATA = ts.SymbolFlags.Method | ts.SymbolFlags.Accessor | ts.SymbolFlags.Prototype;
const HIDDEN = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;

/** Whether an instance of a class has the property as public data of its own. */
export function isOwnData(property: ts.Symbol): boolean {
  if (property.flags & NOT_DATA || hasSymbolKey(property)) return false;
  return !property.declarations?.some((declaration) => ts.getCombinedModifierFlags(declaration) & HIDDEN);
}

function readIndex(reader: TypeReader, type: ts.Type, place: TypePlace): IndexModel[] {
  const infos = reader.checker.getIndexInfosOfType(type).map(({ keyType, type: value }) => {
    const at = stepInto(place, `[${reader.checker.typeToString(keyType)}]`);
    const isSymbol = keyType.flags & ts.TypeFlags.ESSymbolLike;
    const key = isSymbol ? reader.refuse(FAULTS.symbolKey, at) : reader.read(keyType, at);
    return { key, value: reader.read(value, at) };
  });
  return infos.toSorted((a, b) => compareCodeUnits(JSON.stringify(a.key), JSON.stringify(b.key)));
}
