import { task, type Registry, type RegistryEntry } from "@taskgen/core";
import { definitionOf } from "@taskgen/core/internal";

/** A registry whose tasks have no limits: nothing in a test waits for its turn. */
export const unlimited = (registry: Registry): Registry => ({
  ...registry,
  tasks: Object.fromEntries(Object.entries(registry.tasks).map(([name, entry]) => [name, without(entry)])),
});

function without(entry: RegistryEntry): RegistryEntry {
  const load = async (): ReturnType<RegistryEntry["load"]> => {
    const loaded = await entry.load();
    const definition = definitionOf(loaded);
    if (definition === undefined) return loaded;
    const { rateLimit: _, limit: __, ...options } = definition.options;
    return task(options, definition.fn);
  };
  return { ...entry, load };
}
