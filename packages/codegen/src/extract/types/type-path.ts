import type { ts } from "#compiler";

/** A place within the types of a task. */
export interface TypePlace {
  /** From the argument or the result on, as code would write it: `.items[].onDone`; empty at its root. */
  readonly path: string;
  /** What declares the nearest property. */
  readonly declaration: ts.Node | undefined;
}

/** Where an argument, a result or an error begins. */
export const ROOT: TypePlace = { path: "", declaration: undefined };

/** A step to something that has no declaration of its own: `[]`, `[0]`, `.values()[]`. */
export const stepInto = ({ path, declaration }: TypePlace, step: string): TypePlace => ({
  path: path + step,
  declaration,
});

/** A step to a property. */
export const stepToProperty = ({ path, declaration }: TypePlace, property: ts.Symbol): TypePlace => ({
  path: path + propertyStep(property.name),
  declaration: property.declarations?.[0] ?? declaration,
});

const propertyStep = (name: string): string =>
  /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;

/** A path for messages: the middle of a very long one is left out. */
export const shownPath = (path: string): string =>
  path.length <= LONGEST ? path : `${path.slice(0, LONGEST / 2)} … ${path.slice(-LONGEST / 2)}`;

const LONGEST = 160;
