import type { TaskTypes } from "../contract/type-model.js";
import { compareCodeUnits } from "../order.js";
import { Definitions, type Definition } from "./definitions.js";
import { Recursion } from "./recursion.js";
import { constOf, ownKey, SchemaText } from "./schema-text.js";
import { block, HEADER, indent } from "./source.js";

/** The text of `validators.ts`: what checks the arguments of each task, by its wire name. */
export function emitValidators(tasks: ReadonlyMap<string, TaskTypes>): string {
  const definitions = new Definitions(tasks.values());
  const recursion = new Recursion();
  const members = [...tasks]
    .toSorted(([a], [b]) => compareCodeUnits(a, b))
    .map(([name, { args, types }]) => {
      return memberText(name, args, new SchemaText(definitions.scope(types), recursion));
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

const memberText = (name: string, args: TaskTypes["args"], text: SchemaText): string =>
  `${ownKey(name)}: validator(() => ${text.list("args", args)}),`;

/** A task as it stands in `validators.ts`, if the names of its types mean there what they mean to it. */
export function validatorText(name: string, task: TaskTypes): string {
  const scope = new Definitions([task]).scope(task.types);
  return indent(memberText(name, task.args, new SchemaText(scope, new Recursion())));
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
