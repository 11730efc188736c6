import type { Logger, LogMethod } from "@taskgen/core";
import type { LogFields, LogLevel } from "@taskgen/worker";
import { eventOf } from "@taskgen/worker/internal";
import type { LineWriter, LogEntry } from "./log-line.js";

/** What a worker logs, as lines of a writer. */
export function loggerOf(writer: LineWriter): Logger {
  const at =
    (level: LogLevel): LogMethod =>
    (first: object | string, message?: string) => {
      if (writer.shows(level)) writer.announce(entryOf(level, first as LogFields, message ?? ""));
    };
  return {
    ...{ debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
    isLevelEnabled: (level) => writer.shows(level as LogLevel),
  };
}

function entryOf(level: LogLevel, given: LogFields, message: string): LogEntry {
  const of = eventOf(given) ?? "task-log";
  if (of === "task-log") return taskEntry(level, given, message);
  const { event, stack, ...fields } = given;
  return { event: of, level, message, fields, ...stackOf(stack) };
}

/** People are shown the fields of a task's own line after its message, the stack of an error below. */
function taskEntry(level: LogLevel, fields: LogFields, message: string): LogEntry {
  const { task, id, ...details } = fields;
  const { err } = details;
  if (typeof err !== "object" || err === null) return { event: "task-log", level, message, fields, details };
  const { stack, ...error } = err as LogFields;
  return { event: "task-log", level, message, fields, details: { ...details, err: error }, ...stackOf(stack) };
}

const stackOf = (stack: unknown): { readonly stack?: string } => (typeof stack === "string" ? { stack } : {});
