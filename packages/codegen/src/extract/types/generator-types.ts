import { ts } from "#compiler";

/**
 * What an async generator yields and returns; only an `AsyncGenerator` says what it returns, and where it says `any`, which is its
 * default, it means nothing. Of anything else, itself.
 */
export function generatorTypes(
  checker: ts.TypeChecker,
  returned: ts.Type,
): readonly [item: ts.Type, result: ts.Type | undefined] {
  const [item, result] = checker.getTypeArguments(returned as ts.TypeReference);
  const isGenerator = returned.getSymbol()?.name === "AsyncGenerator";
  const isSaid = isGenerator && result !== undefined && (result.flags & ts.TypeFlags.Any) === 0;
  return [item ?? returned, isSaid ? result : undefined];
}
