import type { TaskTypes } from "../contract/type-model.js";
import { compareCodeUnits } from "../order.js";
import { Definitions, type Scope } from "./definitions.js";
import { JsonSchemaOf, type JsonSchema } from "./json-schema-of.js";

/**
 * The text of `tasks.schema.json`, for tools: a JSON Schema (draft 2020-12) of an object that has the arguments, the result
 * and the declared errors of each task under its wire name. `x-taskgen-type` stands for what JSON cannot say: it names
 * `bigint`, `undefined`, or a class, with the schemas of its type arguments in `x-taskgen-arguments`.
 */
export function emitJsonSchema(tasks: ReadonlyMap<string, TaskTypes>): string {
  const definitions = new Definitions(tasks.values());
  const sorted = [...tasks].toSorted(([a], [b]) => compareCodeUnits(a, b));
  const properties = fromEntries(
    sorted.map(([name, types]) => [name, taskSchema(types, definitions.scope(types.types))]),
  );
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Tasks",
    type: "object",
    properties,
    $defs: fromEntries(definitions.write(({ type, scope }) => new JsonSchemaOf(scope).of(type))),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function taskSchema({ args, item, result, errors }: TaskTypes, scope: Scope): JsonSchema {
  const schemas = new JsonSchemaOf(scope);
  const declared = Object.entries(errors).toSorted(([a], [b]) => compareCodeUnits(a, b));
  return {
    type: "object",
    properties: {
      args: schemas.args(args),
      ...(item !== undefined && { item: schemas.of(item) }),
      result: schemas.of(result),
      ...(declared.length > 0 && {
        errors: {
          type: "object",
          properties: fromEntries(declared.map(([code, data]) => [code, schemas.of(data)])),
        },
      }),
    },
  };
}

/** An object of any keys, `__proto__` among them. */
const fromEntries = (entries: readonly (readonly [string, JsonSchema])[]): JsonSchema => Object.fromEntries(entries);
