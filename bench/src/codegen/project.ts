import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));

const TASK_FILES = 1_000;
const SHARED_FILES = 20;
const INTERFACES = 10;

const TSCONFIG = {
  compilerOptions: {
    ...{ target: "es2023", lib: ["es2023"], module: "nodenext", types: ["node"], strict: true, noEmit: true },
    ...{ skipLibCheck: true, verbatimModuleSyntax: true, exactOptionalPropertyTypes: true },
  },
  include: ["src"],
};

/**
 * Writes a large project into a folder: 1,000 files with two tasks each, over 20 shared files with ten interfaces that contain
 * each other. Half of the tasks say what they return.
 * @returns the folder
 */
export async function largeProject(folder: string): Promise<string> {
  const files: Record<string, string> = {
    "package.json": '{ "name": "large", "type": "module" }\n',
    "tsconfig.json": JSON.stringify(TSCONFIG),
  };
  for (let i = 0; i < SHARED_FILES; i++) files[`src/shared/model${i}.ts`] = sharedFile(i);
  for (let i = 0; i < TASK_FILES; i++) files[taskFile(i)] = taskFileText(i);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await mkdir(join(folder, "node_modules"));
  for (const scope of ["@taskgen", "@types"]) await symlink(join(MODULES, scope), join(folder, "node_modules", scope));
  return folder;
}

/** The path of one of its files with tasks. */
export const taskFile = (i: number): string => `src/area${i % 25}/tasks/job${i}.task.ts`;

/** The text of one of its files with tasks. */
const taskFileText = (i: number): string => `import { task } from "@taskgen/core";
import type { Model${i % SHARED_FILES}_0 as Order, Model${i % SHARED_FILES}_5 as Part } from "../../shared/model${i % SHARED_FILES}.js";

/** Counts the parts of an order. */
export const count${i} = task(async (order: Order, factor = ${i}): Promise<number> => {
  const sizes = order.tags.map((tag) => tag.length * factor);
  return sizes.reduce((sum, size) => sum + size, 0);
});

/** Prices a part. */
export const price${i} = task({ queue: "area${i % 25}" }, async (part: Part, options: { rate: number; dryRun?: boolean }) => {
  const amount = part.size * options.rate;
  return { id: part.id, amount, at: new Date(), lines: part.tags.map((tag) => ({ tag, amount })) };
});
`;

function sharedFile(file: number): string {
  const texts = Array.from({ length: INTERFACES }, (_, i) => {
    const next = i + 1 < INTERFACES ? `  readonly next: Model${file}_${i + 1};\n` : "";
    return `export interface Model${file}_${i} {
  readonly id: string;
  readonly size: number;
  readonly kind: "a" | "b" | "kind${i}";
  readonly tags: readonly string[];
  readonly at?: Date;
${next}}
`;
  });
  return texts.join("\n");
}
