import { describe, expect, it } from "vitest";
import {
  contractOf,
  diffContracts,
  RULES,
  type Change,
  type ContractFile,
  type RuleId,
  type TaskModel,
  type TaskTypes,
  type TypeModel,
} from "@taskgen/codegen";
import { boolean, date, list, literals, number, object, ref, string, task, union } from "../support/type-models.js";

interface Declared {
  readonly types?: TaskTypes;
  readonly options?: Record<string, string | number | boolean>;
  readonly source?: string;
}

const model = (name: string, { options = {}, source = `src/${name}.task.ts#run` }: Declared): TaskModel => ({
  path: name.split("."),
  name,
  file: source.split("#")[0] as string,
  exportName: source.split("#")[1] as string,
  span: { line: 1, column: 1, length: 1 },
  doc: undefined,
  options,
});

const contract = (tasks: Record<string, Declared>): ContractFile =>
  contractOf(
    Object.entries(tasks).map(([name, declared]) => ({
      model: model(name, declared),
      types: declared.types ?? task({}),
    })),
  );

const of = (args: Record<string, TypeModel>, rest: Partial<TaskTypes> = {}): Record<string, Declared> => ({
  charge: { types: task(args, rest) },
});
const result = (type: TypeModel): Record<string, Declared> => of({}, { result: type });
const errors = (declared: TaskTypes["errors"]): Record<string, Declared> => of({}, { errors: declared });
const options = (given: Declared["options"] & object): Record<string, Declared> => ({ charge: { options: given } });

const brief = ({ rule, level, task: name, path }: Change): string =>
  [level, rule, name, path].filter(Boolean).join(" ");

interface Case {
  readonly before: Record<string, Declared>;
  readonly after: Record<string, Declared>;
  /** What backlog, full and none say. */
  readonly backlog: readonly string[];
  readonly full?: readonly string[];
  readonly message: string;
}

const opts = (properties: Record<string, TypeModel>): Record<string, Declared> => of({ opts: object(properties) });

const CASES: Readonly<Record<Exclude<RuleId, "SERIALIZER_CHANGED">, Case>> = {
  TASK_NO_DELETE: {
    before: { charge: {}, refund: {} },
    after: { charge: {} },
    backlog: ["breaking TASK_NO_DELETE refund"],
    message: "refund: the task is gone",
  },
  TASK_NO_RENAME: {
    before: { "billing.charge": { source: "src/charge.task.ts#charge" } },
    after: { "payments.charge": { source: "src/charge.task.ts#charge" } },
    backlog: ["breaking TASK_NO_RENAME billing.charge", "info TASK_ADDED payments.charge"],
    message: 'billing.charge: the task is now called "payments.charge"',
  },
  TASK_ADDED: {
    before: {},
    after: { charge: {} },
    backlog: ["info TASK_ADDED charge"],
    message: "charge: the task is new",
  },
  PARAM_ADDED_REQUIRED: {
    before: of({ a: string }),
    after: of({ a: string, b: string }),
    backlog: ["breaking PARAM_ADDED_REQUIRED charge argument 2"],
    message: 'charge: parameter "b" was added and is required',
  },
  PARAM_ADDED_OPTIONAL: {
    before: of({ a: string }),
    after: of({ a: string, "b?": string }),
    backlog: ["info PARAM_ADDED_OPTIONAL charge argument 2"],
    full: ["dangerous PARAM_ADDED_OPTIONAL charge argument 2"],
    message: 'charge: parameter "b" was added',
  },
  PARAM_NO_DELETE: {
    before: of({ a: string, b: string }),
    after: of({ a: string }),
    backlog: ["dangerous PARAM_NO_DELETE charge argument 2"],
    full: ["breaking PARAM_NO_DELETE charge argument 2"],
    message: 'charge: parameter "b" was removed',
  },
  PARAM_NO_REORDER: {
    before: of({ from: string, to: string }),
    after: of({ to: string, from: string }),
    backlog: ["breaking PARAM_NO_REORDER charge argument 1", "breaking PARAM_NO_REORDER charge argument 2"],
    message: 'charge: parameter "to" took the place of "from"',
  },
  PARAM_RENAMED: {
    before: of({ amount: number }),
    after: of({ cents: number }),
    backlog: ["info PARAM_RENAMED charge argument 1"],
    message: 'charge: parameter "amount" is now called "cents"',
  },
  PARAM_OPTIONAL_TO_REQUIRED: {
    before: of({ "a?": string }),
    after: of({ a: string }),
    backlog: ["breaking PARAM_OPTIONAL_TO_REQUIRED charge argument 1"],
    message: 'charge: parameter "a" is no longer optional',
  },
  PARAM_REQUIRED_TO_OPTIONAL: {
    before: of({ a: string }),
    after: of({ "a?": string }),
    backlog: ["dangerous PARAM_REQUIRED_TO_OPTIONAL charge argument 1"],
    full: ["breaking PARAM_REQUIRED_TO_OPTIONAL charge argument 1"],
    message: 'charge: parameter "a" is now optional',
  },
  PARAM_TYPE_COMPATIBLE: {
    before: of({ at: date, all: list(string) }),
    after: of({ at: string, all: list(number) }),
    backlog: [
      "breaking PARAM_TYPE_COMPATIBLE charge argument 1",
      "breaking PARAM_TYPE_COMPATIBLE charge argument 2 []",
    ],
    message: 'charge: parameter "at" changed its type',
  },
  PROP_ADDED_REQUIRED: {
    before: opts({}),
    after: opts({ dryRun: boolean }),
    backlog: ["breaking PROP_ADDED_REQUIRED charge argument 1 .dryRun"],
    message: "charge: argument 1 .dryRun was added and is required",
  },
  PROP_ADDED_OPTIONAL: {
    before: opts({}),
    after: opts({ "dryRun?": boolean }),
    backlog: ["info PROP_ADDED_OPTIONAL charge argument 1 .dryRun"],
    message: "charge: argument 1 .dryRun was added",
  },
  PROP_NO_DELETE: {
    before: opts({ dryRun: boolean, "tag?": string }),
    after: opts({}),
    backlog: ["dangerous PROP_NO_DELETE charge argument 1 .dryRun", "info PROP_NO_DELETE charge argument 1 .tag"],
    full: ["breaking PROP_NO_DELETE charge argument 1 .dryRun", "info PROP_NO_DELETE charge argument 1 .tag"],
    message: "charge: argument 1 .dryRun was removed",
  },
  PROP_OPTIONAL_TO_REQUIRED: {
    before: opts({ "dryRun?": boolean }),
    after: opts({ dryRun: boolean }),
    backlog: ["breaking PROP_OPTIONAL_TO_REQUIRED charge argument 1 .dryRun"],
    message: "charge: argument 1 .dryRun is no longer optional",
  },
  PROP_REQUIRED_TO_OPTIONAL: {
    before: opts({ dryRun: boolean }),
    after: opts({ "dryRun?": boolean }),
    backlog: ["dangerous PROP_REQUIRED_TO_OPTIONAL charge argument 1 .dryRun"],
    full: ["breaking PROP_REQUIRED_TO_OPTIONAL charge argument 1 .dryRun"],
    message: "charge: argument 1 .dryRun is now optional",
  },
  PROP_TYPE_COMPATIBLE: {
    before: opts({ mode: literals("fast", "slow") }),
    after: opts({ mode: literals("fast") }),
    backlog: ["breaking PROP_TYPE_COMPATIBLE charge argument 1 .mode"],
    message: "charge: argument 1 .mode changed its type",
  },
  RESULT_TYPE_COMPATIBLE: {
    before: result(object({ id: string, "at?": date })),
    after: result(object({ id: number, at: date })),
    backlog: [
      "breaking RESULT_TYPE_COMPATIBLE charge result .id",
      "dangerous RESULT_TYPE_COMPATIBLE charge result .at",
    ],
    full: ["breaking RESULT_TYPE_COMPATIBLE charge result .at", "breaking RESULT_TYPE_COMPATIBLE charge result .id"],
    message: "charge: result .id changed its type",
  },
  ITEM_TYPE_COMPATIBLE: {
    before: of({}, { item: object({ id: string, "at?": date }) }),
    after: of({}, { item: object({ id: number, at: date }) }),
    backlog: ["breaking ITEM_TYPE_COMPATIBLE charge item .id", "dangerous ITEM_TYPE_COMPATIBLE charge item .at"],
    full: ["breaking ITEM_TYPE_COMPATIBLE charge item .at", "breaking ITEM_TYPE_COMPATIBLE charge item .id"],
    message: "charge: item .id changed its type",
  },
  ERROR_CODE_ADDED: {
    before: errors({}),
    after: errors({ NO_FUNDS: object({}) }),
    backlog: ["dangerous ERROR_CODE_ADDED charge error NO_FUNDS"],
    message: "charge: error NO_FUNDS was added",
  },
  ERROR_CODE_REMOVED: {
    before: errors({ NO_FUNDS: object({}) }),
    after: errors({}),
    backlog: ["info ERROR_CODE_REMOVED charge error NO_FUNDS"],
    full: ["dangerous ERROR_CODE_REMOVED charge error NO_FUNDS"],
    message: "charge: error NO_FUNDS was removed",
  },
  ERROR_DATA_COMPATIBLE: {
    before: errors({ NO_FUNDS: object({ balance: number }) }),
    after: errors({ NO_FUNDS: object({ balance: string }) }),
    backlog: ["breaking ERROR_DATA_COMPATIBLE charge error NO_FUNDS .balance"],
    message: "charge: error NO_FUNDS .balance changed its type",
  },
  TYPES_CHANGED: {
    before: of({ a: union(object({ x: string }), object({ "y?": string })) }),
    after: of({ a: union(object({ x: string }), object({ "y?": string }), object({ x: literals("z") })) }),
    backlog: ["info TYPES_CHANGED charge"],
    message: "charge: the types are written otherwise and mean the same to both sides",
  },
  QUEUE_CHANGED: {
    before: options({}),
    after: options({ queue: "billing" }),
    backlog: ["dangerous QUEUE_CHANGED charge option queue"],
    message: 'charge: queue was the default and is "billing"',
  },
  PRIORITY_CHANGED: {
    before: options({ priority: 1 }),
    after: options({ priority: 2 }),
    backlog: ["info PRIORITY_CHANGED charge option priority"],
    message: "charge: priority was 1 and is 2",
  },
  EXPIRES_CHANGED: {
    before: options({ expires: "1h" }),
    after: options({}),
    backlog: ["info EXPIRES_CHANGED charge option expires"],
    message: 'charge: expires was "1h" and is the default',
  },
  IGNORE_RESULT_CHANGED: {
    before: options({}),
    after: options({ ignoreResult: true }),
    backlog: ["breaking IGNORE_RESULT_CHANGED charge option ignoreResult"],
    message: "charge: ignoreResult was the default and is true",
  },
  TIME_LIMIT_CHANGED: {
    before: options({ timeLimit: "1m", softTimeLimit: "30s" }),
    after: options({ timeLimit: "2m", softTimeLimit: "1m" }),
    backlog: ["info TIME_LIMIT_CHANGED charge option softTimeLimit", "info TIME_LIMIT_CHANGED charge option timeLimit"],
    message: 'charge: softTimeLimit was "30s" and is "1m"',
  },
  RETRY_POLICY_CHANGED: {
    before: options({ maxRetries: 3 }),
    after: options({ maxRetries: 5 }),
    backlog: ["info RETRY_POLICY_CHANGED charge option maxRetries"],
    message: "charge: maxRetries was 3 and is 5",
  },
  OPTION_CHANGED: {
    before: options({}),
    after: options({ colour: "red" }),
    backlog: ["info OPTION_CHANGED charge option colour"],
    message: 'charge: colour was the default and is "red"',
  },
};

describe("rules", () => {
  it("has a before and after for each", () => {
    expect([...Object.keys(CASES), "SERIALIZER_CHANGED"].toSorted()).toEqual(Object.keys(RULES).toSorted());
  });

  it.each(Object.entries(CASES))("%s", (_, { before, after, backlog, full = backlog, message }) => {
    const [old, now] = [contract(before), contract(after)];
    const changes = diffContracts(old, now);
    expect(changes.map(brief)).toEqual(backlog);
    expect(changes[0]).toMatchObject({ message });
    expect(diffContracts(old, now, { mode: "full" }).map(brief)).toEqual(full);
    expect(diffContracts(old, now, { mode: "none" }).every(({ level }) => level === "info")).toBe(true);
    expect(diffContracts(now, now)).toEqual([]);
  });

  it("SERIALIZER_CHANGED", () => {
    const old = contract({ charge: {} });
    const [change] = diffContracts(old, { ...old, codec: "cbor/1" });
    expect(change).toMatchObject({
      level: "breaking",
      rule: "SERIALIZER_CHANGED",
      before: "superjson/2",
      after: "cbor/1",
    });
  });

  it("has something to do for each change that breaks", () => {
    for (const { before, after } of Object.values(CASES)) {
      const breaking = diffContracts(contract(before), contract(after), { mode: "full" }).filter(
        ({ level }) => level === "breaking",
      );
      for (const change of breaking) expect(change).toMatchObject({ fix: expect.any(String), why: expect.any(String) });
    }
  });
});

describe("diffContracts", () => {
  const diff = (before: Record<string, Declared>, after: Record<string, Declared>) =>
    diffContracts(contract(before), contract(after));

  it("shows the types before and after", () => {
    const [change] = diff(of({ at: date }), of({ at: union(string, number) }));
    expect(change).toMatchObject({ before: "Date", after: "number | string", direction: "args-backward" });
    const [added] = diff(of({}), of({ opts: object({ "dryRun?": boolean }) }));
    expect(added).toMatchObject({ after: "{ dryRun?: boolean }" });
    expect(added).not.toHaveProperty("before");
  });

  it("spells out types of one name", () => {
    const user = (name: TypeModel) => of({ user: union(ref("User"), string) }, { types: { User: name } });
    const [change] = diff(user(object({ id: string })), user(list(string)));
    expect(change).toMatchObject({ before: expect.stringContaining("{ id: string }") });
  });

  it("tells a change that concerns both directions once, as its gravest form", () => {
    const changes = diff(of({ at: date }), of({ at: string }));
    expect(changes.map(({ level, direction }) => [level, direction])).toEqual([["breaking", "args-backward"]]);
  });

  it("takes a task of the same export and types elsewhere for a renamed one, and others for gone", () => {
    const types = task({ a: string });
    expect(diff({ "a.run": { types } }, { "b.run": { types } }).map(brief)).toContain("breaking TASK_NO_RENAME a.run");
    expect(diff({ "a.run": { types } }, { "b.go": { types } }).map(brief)).toContain("breaking TASK_NO_DELETE a.run");
    expect(diff({ "a.run": { types } }, { "b.run": {} }).map(brief)).toContain("breaking TASK_NO_DELETE a.run");
  });

  it("lets a task translate old arguments", () => {
    const [old, now] = [contract(of({ at: date })), contract(of({ at: string }))];
    const hash = old.tasks["charge"]?.contract.slice(0, 16);
    const changes = diffContracts(old, now, { upcasts: (name, short) => name === "charge" && short === hash });
    expect(changes.map(brief)).toEqual(["dangerous PARAM_TYPE_COMPATIBLE charge argument 1"]);
  });
});
