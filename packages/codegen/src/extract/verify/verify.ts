import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ts } from "#compiler";
import { placeOf, type Diagnostic } from "../../diagnostics.js";
import { PARTS, type Check, type Part } from "./checks.js";
import { PrintedProgram, type PrintedTypes } from "./printed-program.js";

/**
 * Compiles the printed types and the sources in one program, in memory, and compares them: whoever calls a task by the
 * printed types must not be able to send what its source does not take, or be given what they do not say.
 * Brands, enums, `readonly` and `void` count as what the model makes of them. Findings are TG3005.
 */
export function verifyPrintedTypes(printed: PrintedTypes): Diagnostic[] {
  const program = new PrintedProgram(printed);
  const [broken] = program.errors();
  if (broken !== undefined) return [notCompiling(broken)];
  const all = printed.tasks.flatMap((task) => PARTS.map((part): Check => ({ task, part })));
  const exact = program.compare(all, "exact");
  // what the model erases costs the compiler more than all else, so it is left out of account where it can be
  const erased = exact.differing.size === 0 ? exact : program.compare([...exact.differing.keys()], "erased");
  return [
    ...[...exact.others, ...erased.others].slice(0, 1).map(notCompiling),
    ...Array.from(erased.differing, ([check, error]) => notFitting(check, error, printed.cwd)),
  ];
}

const notCompiling = ({ messageText }: ts.Diagnostic): Diagnostic => ({
  code: "TG3005",
  severity: "error",
  message: `the types that were printed for other workspaces do not compile: ${reasonOf(messageText)}`,
  ...REPORT,
});

const REPORT = {
  why: "a package with these types would not be usable, or would promise what the tasks do not do",
  fix: "give the parameter or the result a plainer type; and please report it, since this is a fault of taskgen",
};

const DIRECTION: Readonly<Record<Part, string>> = {
  arguments: "would let callers send what the task does not take",
  result: "do not say what the task returns",
  errors: "do not say what the task throws",
};

function notFitting({ task, part }: Check, error: ts.Diagnostic, cwd: string): Diagnostic {
  const { file, span, name } = task;
  const text = readFileSync(join(cwd, file), "utf8");
  return {
    code: "TG3005",
    severity: "error",
    message: `the types that were printed for the ${part} of "${name}" ${DIRECTION[part]}: ${reasonOf(error.messageText)}`,
    ...REPORT,
    file,
    at: placeOf(file, text, span),
  };
}

/** The last link of the compiler's chain: the innermost of what does not fit. */
function reasonOf(message: string | ts.DiagnosticMessageChain): string {
  if (typeof message === "string") return message;
  const inner = message.next?.at(-1);
  return inner === undefined ? message.messageText : reasonOf(inner);
}
