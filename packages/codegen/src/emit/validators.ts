import type { TaskTypes } from "../contract/type-model.js";
import { compareCodeUnits } from "../order.js";
import { Definitions, type Definition } from "./definitions.js";
import { Recursion } from "./recursion.js";
import { constOf, ownKey, SchemaText } from "./schema-text.js";
import { block, HEADER } from "./source.js";

/** The text of `validators.ts`: what checks the arguments of each task, by its wire name. */
export function emitValidators(tasks: ReadonlyMap<string, TaskTypes>): string {
  const definitions = new Definitions(tasks.values());
  const recursion = new Recursion();
  const members = [...tasks]
    .toSorted(([a], [b]) => compareCodeUnits(a, b))
    .map(([name, { args, types }]) => {
      const text = new SchemaText(definitions.scope(types), recursion).list("args", args);
      return `${ownKey(name)}: validator(() => ${text}),`;
    });
  const consts = definitions.write((definition) => constText(definition, recursion));
  return [
    HEADER,
    importLine(tasks.size > 0, consts.length > 0),
    "",
    ...consts.flatMap(([, text]) => [text, ""]),
    "/** Checks the arguments of each task, by its name on the wire. Each is built when it is first used. */",
    `export const validators: Validators = ${block(members)};`,
    "",
  ].join("\n");
}

function importLine(hasTasks: boolean, hasConsts: boolean): string {
  if (!hasTasks) return 'import type { Validators } from "@taskgen/core/validators";';
  const names = ["t", "validator", ...(hasConsts ? ["type Named"] : []), "type Validators"];
  return `import { ${names.join(", ")} } from "@taskgen/core/validators";`;
}

function constText(definition: Definition, recursion: Recursion): string {
  const { name, type, scope } = definition;
  const word = recursion.isSeparate(definition) ? "separate" : "inlined";
  return `const ${constOf(name)}: Named = t.${word}(() => ${new SchemaText(scope, recursion).of(type)});`;
}
