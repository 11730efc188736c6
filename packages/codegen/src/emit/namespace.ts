import type { TaskModel } from "../model.js";
import { compareCodeUnits } from "../order.js";

/** A folder of the client. */
export interface Namespace {
  /** By name, ordered. */
  readonly tasks: readonly TaskModel[];
  readonly folders: readonly (readonly [name: string, folder: Namespace])[];
}

/** Tasks as the tree that the client is. */
export function namespaceOf(tasks: readonly TaskModel[], depth = 0): Namespace {
  const here = tasks.filter(({ path }) => path.length === depth + 1);
  const below = tasks.filter(({ path }) => path.length > depth + 1);
  const names = [...new Set(below.map(({ path }) => path[depth] as string))].toSorted(compareCodeUnits);
  return {
    tasks: here.toSorted((a, b) => compareCodeUnits(keyOf(a), keyOf(b))),
    folders: names.map((name) => [
      name,
      namespaceOf(
        below.filter(({ path }) => path[depth] === name),
        depth + 1,
      ),
    ]),
  };
}

/** A task's name within its folder. */
export const keyOf = ({ path }: TaskModel): string => path[path.length - 1] as string;
