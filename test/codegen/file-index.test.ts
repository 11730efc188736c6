import { rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { FileIndex } from "../../packages/codegen/dist/file-index.js";
import { taskProject, type TaskProject } from "../support/task-project.js";

const FILE = "src/a.ts";
const INDEX = "node_modules/.cache/taskgen/files.json";
const LATER_MS = 10_000;

/** Looks at the file as a process of its own would, some time after it was written, and keeps what it sees. */
function keep(project: TaskProject, laterMs = LATER_MS): string {
  const index = new FileIndex(project.cwd, () => Date.now() + laterMs);
  const { hash } = index.look(project.path(FILE));
  index.save();
  return hash;
}

/** Whether the next process reads the file to know its hash. */
const isRead = (project: TaskProject): boolean =>
  new FileIndex(project.cwd).look(project.path(FILE)).text !== undefined;

/** Sets the time of a file, in milliseconds from now. */
const date = (project: TaskProject, file: string, fromNowMs: number): void =>
  utimesSync(project.path(file), new Date(), new Date(Date.now() + fromNowMs));

/** A project whose index was written by a clock that is that of its file system. */
async function indexed(): Promise<TaskProject> {
  const project = await taskProject({ [FILE]: "const a = 1;\n" });
  keep(project);
  date(project, INDEX, LATER_MS);
  return project;
}

it("does not read a file of which the file system says what it said before", async () => {
  expect(isRead(await indexed())).toBe(false);
});

it.each<[string, (project: TaskProject) => void]>([
  ["a text of the same length", (project) => writeFileSync(project.path(FILE), "const a = 2;\n")],
  ["another length", (project) => writeFileSync(project.path(FILE), "const a = 10;\n")],
  ["another time", (project) => date(project, FILE, -LATER_MS)],
])("reads a file again with %s", async (_, change) => {
  const project = await indexed();
  change(project);
  expect(isRead(project)).toBe(true);
});

it("reads a file again whose text changes within a tick of the clock, its time put back", async () => {
  const project = await taskProject({ [FILE]: "const a = 1;\n" });
  const { atime, mtime } = statSync(project.path(FILE));
  const before = keep(project, 0);
  writeFileSync(project.path(FILE), "const a = 2;\n");
  utimesSync(project.path(FILE), atime, mtime);
  expect(new FileIndex(project.cwd).look(project.path(FILE)).hash).not.toBe(before);
});

it("does not trust what was seen shortly after a change, nor a file system whose clock is behind", async () => {
  const project = await taskProject({ [FILE]: "const a = 1;\n" });
  keep(project, 0);
  expect(isRead(project)).toBe(true);
  // The clock of the process is ahead of the one that dates the index.
  rmSync(project.path(INDEX));
  keep(project);
  expect(isRead(project)).toBe(true);
});

it("knows no byte order mark, and throws what reading a file throws", async () => {
  const project = await taskProject({ [FILE]: "const a = 1;\n" });
  const plain = keep(project);
  await project.write({ [FILE]: "\uFEFFconst a = 1;\n" });
  expect(new FileIndex(project.cwd).look(project.path(FILE))).toEqual({
    hash: plain,
    size: 16,
    text: "const a = 1;\n",
  });
  rmSync(project.path(FILE));
  expect(() => new FileIndex(project.cwd).look(project.path(FILE))).toThrow("ENOENT");
  expect(() => new FileIndex(project.cwd).look(project.path("src"))).toThrow("EISDIR");
});
