import type { TaskModel } from "../model.js";

/** Texts that are made of tasks, each kept for as long as its task and what else it is made of are the same. */
export class KeptTexts {
  readonly #kept = new WeakMap<TaskModel, { readonly from: string; readonly text: string }>();

  /** @param from what the text is made of besides the task */
  of(task: TaskModel, from: string, make: () => string): string {
    const kept = this.#kept.get(task);
    if (kept?.from === from) return kept.text;
    const text = make();
    this.#kept.set(task, { from, text });
    return text;
  }
}
