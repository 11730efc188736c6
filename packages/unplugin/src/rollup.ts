import type { UnpluginInstance } from "unplugin";
import { plugin, type TaskgenPluginOptions } from "./plugin.js";

export type { TaskgenPluginOptions } from "./plugin.js";

/** The plugin for rollup. */
export const taskgen: UnpluginInstance<TaskgenPluginOptions | undefined, false>["rollup"] = plugin.rollup;
