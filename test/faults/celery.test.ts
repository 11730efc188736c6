import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { celeryTests } from "./celery.js";
import { table } from "./table.js";

const testFile = (file: string): URL => new URL(`../${file}`, import.meta.url);
const LETTERS = "a b c d e f g h i j k l m n o p q r".split(" ");
const NUMBERS = Array.from({ length: 54 }, (_, i) => `${i + 1}`);

describe("what Celery tests, and what it does not", () => {
  it("is answered in full", () => {
    const numbers = new Set(celeryTests.flatMap(({ no }) => no.split(", ")));
    expect([...numbers]).toEqual([...NUMBERS, ...LETTERS]);
    expect(celeryTests.filter(({ faults, ours, none }) => (faults ?? ours ?? none) === undefined)).toEqual([]);
  });

  it("names faults of the table", () => {
    const ids = new Set(table.map(({ id }) => id));
    expect(celeryTests.flatMap(({ faults = [] }) => faults).filter((id) => !ids.has(id))).toEqual([]);
  });

  it("names tests that exist", () => {
    const named = celeryTests.flatMap(({ ours = {} }) =>
      Object.entries(ours).flatMap(([file, names]) => names.map((name) => ({ file, name }))),
    );
    const isThere = ({ file, name }: (typeof named)[number]): boolean =>
      existsSync(testFile(file)) && readFileSync(testFile(file), "utf8").includes(name);
    expect(named.filter((one) => !isThere(one))).toEqual([]);
  });
});
