import type { ContextOptions, ContextStorage } from "@taskgen/core";
import type { RunningTask } from "@taskgen/core/internal";

/** Gives a task what runs its parts with the storages of its app set from its headers. */
export type Entering = (task: RunningTask) => <T>(fn: () => T) => T;

/** `undefined` where nothing travels. */
export function entering(context: ContextOptions | undefined): Entering | undefined {
  const entries = Object.entries(context ?? {});
  if (entries.length === 0) return undefined;
  return (task) => {
    const stores = entries.map(([name, entry]) => ({ storage: storageOf(entry), value: valueOf(task, name, entry) }));
    return (fn) =>
      stores.reduceRight(
        (inner, { storage, value }) =>
          () =>
            storage.run(value, inner),
        fn,
      )();
  };
}

const storageOf = (entry: ContextOptions[string]): ContextStorage<unknown> =>
  "storage" in entry ? entry.storage : entry;

/** n.b. `undefined` is set too, lest the storage holds what it held where the message came in. */
function valueOf(task: RunningTask, name: string, entry: ContextOptions[string]): unknown {
  const text = Object.hasOwn(task.headers, name) ? task.headers[name] : undefined;
  if (text === undefined || !("storage" in entry)) return text;
  try {
    return entry.fromHeader(text);
  } catch (err) {
    task.log.warn({ err, header: name }, `the header ${name} cannot be read; the task runs without its value`);
    return undefined;
  }
}
