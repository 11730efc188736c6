import type { Registry, Task } from "@taskgen/core";

/** A registry of tasks that are loaded already. */
export const registryOf = (tasks: Readonly<Record<string, Task>>): Registry => ({
  url: import.meta.url,
  tasks: Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [name, { source: `the test's ${name}`, load: async () => task }]),
  ),
});
