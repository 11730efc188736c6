import type { Step } from "./refusal.js";

const MAX_KEY = 64;
const MAX_STEPS = 24;

/**
 * A path as code would write it: `.items[2].onDone`, `["two words"]`, `.values()[0]`.
 * The middle of a very long one is left out.
 */
export function renderSteps(steps: readonly Step[]): string {
  if (steps.length <= MAX_STEPS) return steps.map(renderStep).join("");
  const half = MAX_STEPS / 2;
  return `${renderSteps(steps.slice(0, half))} … ${renderSteps(steps.slice(-half))}`;
}

function renderStep(step: Step): string {
  if (typeof step === "number") return `[${step}]`;
  if (typeof step === "object") return `.${step.of}()[${step.at}]`;
  const key = step.length > MAX_KEY ? `${step.slice(0, MAX_KEY)}…` : step;
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/**
 * What an error calls a place in a value.
 * `argument` counts from 1: `argument 1 .items[2].onDone`. Any other name stands as it is: `result .a.b`.
 */
export function locate(what: string, steps: readonly Step[]): string {
  const [first, ...rest] = steps;
  if (what !== "argument") return join(what, steps);
  return typeof first === "number" ? join(`argument ${first + 1}`, rest) : join("argument list", steps);
}

const join = (subject: string, steps: readonly Step[]): string =>
  steps.length === 0 ? subject : `${subject} ${renderSteps(steps)}`;
