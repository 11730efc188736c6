export { plugin as taskgen, type TaskgenPluginOptions } from "./plugin.js";
export type { ProjectLocation } from "./project-build.js";
