import { ts } from "#compiler";
import type { ParameterFact } from "../facts.js";

/** The parameters of a function as they are written; `this` is none. */
export const readParameters = (parameters: readonly ts.ParameterDeclaration[]): ParameterFact[] =>
  parameters.filter(({ name }) => !(ts.isIdentifier(name) && name.text === "this")).map(readParameter);

function readParameter({ name, dotDotDotToken }: ts.ParameterDeclaration): ParameterFact {
  const isRest = dotDotDotToken !== undefined && { isRest: true as const };
  return ts.isIdentifier(name) ? { name: name.text, ...isRest } : { parts: partsOf(name), ...isRest };
}

/** The properties that an object is taken apart to. */
function partsOf(pattern: ts.BindingPattern): string[] {
  if (!ts.isObjectBindingPattern(pattern)) return [];
  return pattern.elements.flatMap(({ name, propertyName = name, dotDotDotToken }) =>
    dotDotDotToken === undefined && ts.isIdentifier(propertyName) ? [propertyName.text] : [],
  );
}
