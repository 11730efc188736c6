import type { CallOptions } from "@taskgen/core";

/** Any task of the generated client. */
export interface AnyStub {
  readonly taskName: string;
  applyAsync(args: readonly unknown[], options: CallOptions): PromiseLike<unknown>;
}

/** Every task by its name on the wire, with the options that it was generated with: queue, priority, checks of arguments. */
export function stubsOf(tasks: object): Map<string, AnyStub> {
  const stubs = Object.values(tasks).flatMap((value: object) =>
    "taskName" in value ? [value as AnyStub] : [...stubsOf(value).values()],
  );
  return new Map(stubs.map((stub) => [stub.taskName, stub]));
}
