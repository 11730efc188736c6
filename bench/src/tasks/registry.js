/** What the generator writes, in the form in which it runs in production: compiled. */
export const registry = {
  url: import.meta.url,
  tasks: {
    add: { source: "src/tasks/tasks.ts#add", load: () => import("./tasks.js").then((m) => m.add) },
  },
};
