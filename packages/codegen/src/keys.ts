import { closestName } from "./closest-name.js";
import type { PlacedLayer } from "./factory-layers.js";
import type { KeyedFact, ParameterFact, Problem, TaskFact } from "./facts.js";
import type { KeyedModel } from "./model.js";

/** An option with a key and where it is written, and what is wrong with the key. */
interface Resolved {
  readonly file: string;
  readonly model: KeyedModel;
  readonly problem?: Problem;
}

/** The options of a task that have keys, their first names turned into indexes of its parameters; the last layer wins. */
export function resolveKeys(fact: TaskFact, layers: readonly PlacedLayer[]): Resolved[] {
  const placed = new Map<string, { readonly file: string; readonly keyed: KeyedFact }>();
  for (const { file, layer } of layers)
    for (const keyed of layer.keyed ?? []) placed.set(keyed.option, { file, keyed });
  return Array.from(placed.values(), ({ file, keyed }) => ({ file, ...resolve(fact, keyed, file) }));
}

function resolve(fact: TaskFact, { option, values, key }: KeyedFact, file: string): Omit<Resolved, "file"> {
  if (key === undefined) return { model: { option, values } };
  const { path, span } = key;
  const [first = "", ...rest] = path.split(".");
  const found = indexOf(fact, first, rest);
  const index = typeof found === "number" ? found : 0;
  const model = { option, values: { key: [index, ...rest].join("."), ...values }, written: { path, file, span } };
  return typeof found === "number" ? { model } : { model, problem: { ...found, span } };
}

type Finding = Omit<Problem, "span">;

function indexOf({ label, parameters }: TaskFact, first: string, rest: readonly string[]): number | Finding {
  if (rest.includes("") || first === "")
    return notKey(
      `a key is written as "userId", "order.customer.id" or "0.tenant"`,
      "write the names with a dot between them",
    );
  if (/^\d+$/.test(first)) return indexIn(label, parameters, Number(first));
  if (parameters === undefined)
    return notKey(
      `the parameters of task "${label}" are not written in its file, so that "${first}" cannot be looked up`,
      `write the parameter's index, such as "0"`,
    );
  const index = parameters.findIndex(({ name }) => name === first);
  if (index < 0) return unknownName(label, parameters, [first, ...rest]);
  return parameters[index]!.isRest === true ? restByName(first, index) : index;
}

function indexIn(label: string, parameters: readonly ParameterFact[] | undefined, index: number): number | Finding {
  if (parameters === undefined || index < parameters.length || parameters.at(-1)?.isRest === true) return index;
  return notKey(
    `task "${label}" has no argument ${index}; the first one is 0`,
    "write the index or the name of a parameter",
  );
}

function unknownName(
  label: string,
  parameters: readonly ParameterFact[],
  [first, ...rest]: readonly [string, ...string[]],
): Finding {
  const taken = parameters.findIndex(({ parts }) => parts?.includes(first) === true);
  if (taken >= 0)
    return notKey(
      `"${first}" is a part of parameter ${taken} of task "${label}"`,
      `write "${[taken, first, ...rest].join(".")}"`,
    );
  const close = closestName(
    first,
    parameters.flatMap(({ name }) => name ?? []),
  );
  return notKey(
    `task "${label}" has no parameter "${first}"`,
    close === undefined ? "write the name or the index of a parameter" : `write "${close}"`,
  );
}

const restByName = (name: string, index: number): Finding =>
  notKey(`"${name}" is a list of arguments`, `write the index of one, such as "${index}"`);

const notKey = (message: string, fix: string): Finding => ({
  code: "TG1015",
  severity: "error",
  message,
  why: "a key is a path into the arguments of a call, by the parameter's name or index",
  fix,
});
