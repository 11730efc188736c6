import type { ts } from "#compiler";
import type { ObjectModel } from "../../contract/type-model.js";
import { isOwnData, readMembers } from "./objects.js";
import type { OptionType } from "./option-types.js";
import { isOfPlatform } from "./platform-types.js";
import { ROOT } from "./type-path.js";
import type { TypeReader } from "./type-reader.js";

/** A class that a task names in `throws`. */
export interface DeclaredError {
  readonly name: string;
  readonly instance: ts.Type;
  /** The literal types of its `code`; empty when it has none. */
  readonly codes: readonly string[];
}

/** The classes of `throws`. A list of any errors, such as that of options that do not fit, declares none. */
export function declaredErrors(checker: ts.TypeChecker, throws: OptionType): DeclaredError[] {
  const classes = "items" in throws ? throws.items : elementsOf(checker, throws.whole);
  const instances = classes.flatMap(membersOf).flatMap((type) => {
    const [constructor] = type.getConstructSignatures();
    return constructor === undefined ? [] : constructor.getReturnType();
  });
  return instances
    .filter((instance) => "items" in throws || !isAnyError(instance))
    .map((instance) => ({
      name: instance.getSymbol()?.name ?? "the class",
      instance,
      codes: codesOf(checker, instance),
    }));
}

const elementsOf = (checker: ts.TypeChecker, type: ts.Type): readonly ts.Type[] =>
  checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference) : [];

function isAnyError(instance: ts.Type): boolean {
  const symbol = instance.getSymbol();
  return symbol?.name === "Error" && isOfPlatform(symbol);
}

const membersOf = (type: ts.Type): readonly ts.Type[] => (type.isUnion() ? type.types : [type]);

function codesOf(checker: ts.TypeChecker, instance: ts.Type): string[] {
  const code = checker.getPropertyOfType(instance, "code");
  if (code === undefined) return [];
  const literals = membersOf(checker.getTypeOfSymbol(code)).map((type) =>
    type.isStringLiteral() || type.isNumberLiteral() ? String(type.value) : undefined,
  );
  return literals.every((literal) => literal !== undefined) ? literals : [];
}

/** What instances have besides their code and what every error has. Methods and private members are no part of a message. */
export const readErrorData = (reader: TypeReader, { instance }: DeclaredError): ObjectModel =>
  readMembers(
    reader,
    instance,
    ROOT,
    (property) => property.name === "code" || isOfPlatform(property) || isOfError(property) || !isOwnData(property),
  );

/** Members that a class declares again keep their meaning. */
const isOfError = ({ name }: ts.Symbol): boolean => ["name", "message", "stack", "cause"].includes(name);
