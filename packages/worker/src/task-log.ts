import type { LogMethod, TaskLog } from "@taskgen/core";
import { plainFields } from "./plain-fields.js";
import type { LogFields, LogLevel, LogLine } from "./pool/pool.js";

/** The log of one task; its lines are plain data. Nothing that is given to it makes it throw. */
export function createTaskLog(write: (line: LogLine) => void, bindings?: LogFields): TaskLog {
  const at =
    (level: LogLevel): LogMethod =>
    (first: unknown, message?: string) => {
      if (typeof first !== "object" || first === null) return write(lineOf(level, textOf(first), bindings));
      return write(lineOf(level, textOf(message ?? messageOf(first)), { ...bindings, ...plainFields(first) }));
    };
  return {
    ...{ debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
    child: (more) => createTaskLog(write, { ...bindings, ...plainFields(more) }),
  };
}

const lineOf = (level: LogLevel, message: string, fields: LogFields | undefined): LogLine =>
  fields === undefined ? { level, message } : { level, message, fields };

/** As pino does: an error alone is its own message. */
const messageOf = (fields: object): string => (fields instanceof Error ? fields.message : "");

function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "[unreadable]";
  }
}
