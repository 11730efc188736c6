import type { ts } from "#compiler";
import { tupleParts, type ListPart } from "./lists.js";
import { memberType, type OptionType } from "./option-types.js";
import type { Parameter } from "./signature.js";

/** What a Standard Schema says of its values. */
interface SchemaTypes {
  readonly input: ts.Type;
  readonly output: ts.Type;
}

/** The arguments that callers may send to a task with schemas, or why the schemas do not fit its parameters. */
export type SchemaArguments = { readonly parts: readonly ListPart[] } | { readonly misfit: string };

/**
 * Reads the option `args`: one schema of the list of arguments, or a list with one schema for each.
 * Callers send what goes into a schema; the function gets what comes out of it.
 */
export function schemaArguments(
  checker: ts.TypeChecker,
  args: OptionType,
  parameters: readonly Parameter[],
): SchemaArguments {
  const given = "items" in args ? ofEach(checker, args.items) : ofList(checker, args.whole);
  if (given === undefined) {
    return { misfit: "items" in args ? "is no list of schemas" : "is no schema of a list of arguments" };
  }
  const misfit = misfitOf(checker, given.outputs, parameters);
  if (misfit !== undefined) return { misfit };
  return { parts: given.inputs.map((part, i) => ({ ...part, name: part.name ?? parameters[i]?.name ?? `arg${i}` })) };
}

interface Given {
  readonly inputs: readonly ListPart[];
  readonly outputs: readonly ListPart[];
}

function ofEach(checker: ts.TypeChecker, list: readonly ts.Type[]): Given | undefined {
  const schemas = list.map((type) => schemaTypes(checker, type));
  if (schemas.includes(undefined)) return undefined;
  const part = (type: ts.Type): ListPart => ({
    name: undefined,
    type,
    optional: admitsUndefined(checker, type),
    rest: false,
  });
  const known = schemas as SchemaTypes[];
  return { inputs: known.map(({ input }) => part(input)), outputs: known.map(({ output }) => part(output)) };
}

function ofList(checker: ts.TypeChecker, schema: ts.Type): Given | undefined {
  const types = schemaTypes(checker, schema);
  const inputs = types && listParts(checker, types.input);
  const outputs = types && listParts(checker, types.output);
  return inputs && outputs && { inputs, outputs };
}

function listParts(checker: ts.TypeChecker, type: ts.Type): ListPart[] | undefined {
  if (checker.isTupleType(type)) return tupleParts(checker, type as ts.TypeReference);
  if (!checker.isArrayType(type)) return undefined;
  const [element] = checker.getTypeArguments(type as ts.TypeReference) as [ts.Type];
  return [{ name: undefined, type: element, optional: false, rest: true }];
}

function schemaTypes(checker: ts.TypeChecker, schema: ts.Type): SchemaTypes | undefined {
  const standard = memberType(checker, schema, "~standard");
  const types = standard && memberType(checker, standard, "types");
  const [input, output] = ["input", "output"].map((name) => {
    const member = types && checker.getPropertyOfType(types, name);
    return member && checker.getTypeOfSymbol(member);
  });
  return input && output && { input, output };
}

const admitsUndefined = (checker: ts.TypeChecker, type: ts.Type): boolean =>
  checker.isTypeAssignableTo(checker.getUndefinedType(), type);

/** Why the values that schemas let through cannot be the parameters. */
function misfitOf(
  checker: ts.TypeChecker,
  outputs: readonly ListPart[],
  parameters: readonly Parameter[],
): string | undefined {
  for (const [i, parameter] of parameters.entries()) {
    const output = partAt(outputs, i);
    if (output === undefined && !parameter.optional && !parameter.rest) return `says nothing of parameter ${i + 1}`;
    if (output !== undefined && !fits(checker, output, parameter)) {
      return `lets ${checker.typeToString(output.type)} through where parameter ${i + 1} takes ${checker.typeToString(parameter.type)}`;
    }
  }
  const surplus = outputs.find((part, i) => !part.rest && partAt(parameters, i) === undefined);
  return surplus && `is of ${outputs.length} arguments, and there are ${parameters.length} parameters`;
}

const partAt = <T extends ListPart>(parts: readonly T[], i: number): T | undefined =>
  parts[i] ?? parts.findLast((part) => part.rest);

function fits(checker: ts.TypeChecker, output: ListPart, parameter: ListPart): boolean {
  const { type } = output;
  if (checker.isTypeAssignableTo(type, parameter.type)) return true;
  const whenGiven = checker.getNonNullableType(type);
  const takesUndefined = parameter.optional || parameter.hasDefault === true;
  return takesUndefined && whenGiven !== type && checker.isTypeAssignableTo(whenGiven, parameter.type);
}
