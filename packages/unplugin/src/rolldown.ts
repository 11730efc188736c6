import type { UnpluginInstance } from "unplugin";
import { plugin, type TaskgenPluginOptions } from "./plugin.js";

export type { TaskgenPluginOptions } from "./plugin.js";

/** The plugin for rolldown. */
export const taskgen: UnpluginInstance<TaskgenPluginOptions | undefined, false>["rolldown"] = plugin.rolldown;
