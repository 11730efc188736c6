import type { Rule } from "./check.js";

/** What a task said last is stored before its value, unless it could not be stored. */
export const lastReportFirst: Rule = (life) => {
  const record = life.of("record").find(({ outcome }) => outcome === "stored");
  if (record?.state !== "SUCCESS") return undefined;
  const isDoubtful = life.starts.length > 1 || life.of("expired").length + life.of("unappended").length > 0;
  if (isDoubtful || life.call?.ignoreResult === true) return undefined;
  const last = life.of("report").findLast(({ index }) => index < record.index);
  const told = life.of("event").findLast(({ index }) => index < record.index);
  if (last === undefined || told?.value === String(last.step)) return undefined;
  return `came to its value before it was told that it had come to step ${last.step}`;
};
