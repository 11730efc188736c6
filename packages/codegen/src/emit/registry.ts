import type { AppLocation } from "../config.js";
import type { TaskModel } from "../model.js";
import { compareCodeUnits } from "../order.js";
import type { EmitOptions } from "./client.js";
import { importPath } from "./imports.js";
import { KeptTexts } from "./kept-texts.js";
import { limitKeyOf } from "./key-options.js";
import { block, HEADER, indent, propertyKey } from "./source.js";

/** The text of `registry.ts`: how a worker finds each task, loaded when it is first needed. */
export function emitRegistry(tasks: readonly TaskModel[], options: EmitOptions): string {
  const sorted = tasks.toSorted((a, b) => compareCodeUnits(a.name, b.name));
  const members = [
    "url: import.meta.url,",
    ...(options.app === undefined ? [] : [`app: () => ${load(options.app, options)},`]),
    ...setup(options),
    `tasks: ${block(sorted.map((task) => keptEntry(task, options)))},`,
  ];
  return [
    HEADER,
    'import type { Registry } from "@taskgen/core";',
    "",
    "/** Every task of this project, for workers. */",
    `export const registry: Registry = ${block(members)};`,
    "",
  ].join("\n");
}

function setup({ setup: files = [], outDir, extension }: EmitOptions): string[] {
  const entries = files.map(
    (file) => `{ source: ${JSON.stringify(file)}, load: () => import("${importPath(outDir, file, extension)}") },`,
  );
  return files.length === 0 ? [] : [`setup: [\n${indent(entries.join("\n"))}\n],`];
}

const entries = new KeptTexts();

function keptEntry(task: TaskModel, options: EmitOptions): string {
  const { contracts, validators, outDir, extension } = options;
  const { hash, accepts = [] } = contracts?.get(task.name) ?? {};
  const from = [hash, validators?.worker, outDir, extension, ...accepts].join(" ");
  return entries.of(task, from, () => entryText(task, options));
}

const entryText = (task: TaskModel, options: EmitOptions): string =>
  `${propertyKey(task.name)}: ${entry(task, options)},`;

/** A task as it stands in `registry.ts`. */
export const registryText = (task: TaskModel, options: EmitOptions): string => indent(indent(entryText(task, options)));

function entry(task: TaskModel, options: EmitOptions): string {
  const contract = options.contracts?.get(task.name);
  const limitKey = limitKeyOf(task.keyed);
  return block([
    `source: ${JSON.stringify(`${task.file}#${task.exportName}`)},`,
    ...(contract === undefined ? [] : [`hash: ${JSON.stringify(contract.hash)},`]),
    ...(contract === undefined || contract.accepts.length === 0 ? [] : [`accepts: ${list(contract.accepts)},`]),
    ...(options.validators?.worker === true ? [`args: () => ${validator(task.name, options)},`] : []),
    ...(limitKey === undefined ? [] : [`limitKey: ${JSON.stringify(limitKey)},`]),
    `load: () => ${load(task, options)},`,
  ]);
}

const list = (texts: readonly string[]): string => `[${texts.map((text) => JSON.stringify(text)).join(", ")}]`;

const validator = (name: string, { extension }: EmitOptions): string =>
  `import("./validators${extension}").then((m) => m.validators[${JSON.stringify(name)}])`;

const load = ({ file, exportName }: AppLocation, { outDir, extension }: EmitOptions): string =>
  `import("${importPath(outDir, file, extension)}").then((m) => m.${exportName})`;
