const entry = (name) => [
  name,
  { source: `src/tasks/scale-tasks.ts#${name}`, load: () => import("./scale-tasks.js").then((m) => m[name]) },
];

/** Tasks that do more than nothing. */
export const registry = {
  url: import.meta.url,
  tasks: Object.fromEntries(["add", "echo", "due", "nap", "flaky", "burn"].map(entry)),
};
