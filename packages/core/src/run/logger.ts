/** Writes a line, with or without fields. */
export interface LogMethod {
  (message: string): void;
  (fields: object, message?: string): void;
}

/** Where lines go: a pino logger is one, and so is `console`. */
export interface Logger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  /** A logger whose lines carry these fields too. */
  child?(bindings: object): Logger;
  /** Whether lines of a level are written at all. @default all but those of `debug` */
  isLevelEnabled?(level: string): boolean;
}

/**
 * Writes lines that carry the task's name and id as fields, to the logger of its worker. Fields that cannot travel there
 * are shown as text; long ones are cut.
 */
export interface TaskLog extends Logger {
  child(bindings: object): TaskLog;
}
