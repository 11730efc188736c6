/** One step into a value. */
export type Step =
  | { readonly argument: number }
  | { readonly property: string }
  | { readonly element: number }
  /** Any element of a list, key or value of a Map, member of a Set, or value under an index signature. */
  | { readonly any: "items" | "keys" | "values" | "members" | "entries" };

/** A path for people: `argument 1 .items[].onDone`; empty for the value itself. */
export function renderPath(path: readonly Step[]): string {
  const [first, ...rest] = path;
  if (first === undefined || !("argument" in first)) return path.map(renderStep).join("");
  return [renderStep(first), rest.map(renderStep).join("")].filter((text) => text !== "").join(" ");
}

const ANY = { items: "[]", keys: ".keys()", values: ".values()", members: "[]", entries: "[*]" } as const;

function renderStep(step: Step): string {
  if ("argument" in step) return `argument ${step.argument + 1}`;
  if ("element" in step) return `[${step.element}]`;
  if ("any" in step) return ANY[step.any];
  return /^[A-Za-z_$][\w$]*$/.test(step.property) ? `.${step.property}` : `[${JSON.stringify(step.property)}]`;
}
