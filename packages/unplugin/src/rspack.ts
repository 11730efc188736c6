import type { UnpluginInstance } from "unplugin";
import { plugin, type TaskgenPluginOptions } from "./plugin.js";

export type { TaskgenPluginOptions } from "./plugin.js";

/** The plugin for rspack. */
export const taskgen: UnpluginInstance<TaskgenPluginOptions | undefined, false>["rspack"] = plugin.rspack;
