import { describe, expect, it } from "vitest";
import {
  acceptContract,
  changeDiagnostic,
  contractHash,
  contractOf,
  contractText,
  diffContracts,
  type AcceptOptions,
  type ContractFile,
  type TaskTypes,
  type TypeModel,
} from "@taskgen/codegen";
import { boolean, date, literals, number, object, string, task, union } from "../support/type-models.js";

const contract = (tasks: Record<string, TaskTypes>, previous?: ContractFile): ContractFile =>
  contractOf(
    Object.entries(tasks).map(([name, types]) => ({
      model: {
        path: [name],
        name,
        file: "src/a.task.ts",
        exportName: name,
        span: { line: 1, column: 1, length: 1 },
        doc: undefined,
        options: {},
      },
      types,
    })),
    previous,
  );

const of = (type: TypeModel): Record<string, TaskTypes> => ({ charge: task({ a: type }) });

function accept(
  tasks: Record<string, TaskTypes>,
  previous: ContractFile | undefined,
  options: AcceptOptions = {},
): ContractFile {
  const outcome = acceptContract(contract(tasks, previous), previous, options);
  if (!outcome.isAccepted) throw new Error(`refused: ${outcome.breaking.map(({ message }) => message).join()}`);
  return outcome.contract;
}

const history = (file: ContractFile): unknown =>
  file.tasks["charge"]?.history.map(({ contract: hash, replaced }) => [hash, replaced]);
const hash = (type: TypeModel): string => contractHash(task({ a: type }));

describe("acceptContract", () => {
  it("writes the first contract as it is", () => {
    expect(accept(of(string), undefined)).toEqual(contract(of(string)));
  });

  it("keeps what a changed task was, with the day", () => {
    const first = accept(of(literals("a")), undefined);
    const second = accept(of(literals("a", "b")), first, { today: "2026-05-01" });
    const third = accept(of(string), second, { today: "2026-05-09" });
    expect(history(second)).toEqual([[hash(literals("a")), "2026-05-01"]]);
    expect(history(third)).toEqual([
      [hash(literals("a", "b")), "2026-05-09"],
      [hash(literals("a")), "2026-05-01"],
    ]);
  });

  it("changes nothing where nothing changed, not even for another version of the tool", () => {
    const first = {
      ...accept(of(string), accept(of(literals("a")), undefined), { today: "2026-05-01" }),
      tool: "taskgen/0.0.1",
    };
    expect(accept(of(string), first, { today: "2026-05-20" })).toBe(first);
    expect(contractText(contract(of(string), first))).toBe(contractText({ ...first, tool: contract({}).tool }));
  });

  it("has the current contract in no history when a change is taken back", () => {
    const there = accept(of(string), contract(of(literals("a"))), { today: "2026-05-01" });
    const back = accept(of(literals("a")), there, { today: "2026-05-02", breaking: "rolled back" });
    expect(history(back)).toEqual([[hash(string), "2026-05-02"]]);
  });

  it("forgets contracts that were replaced long ago, unless they are translated", () => {
    const first = accept(of(literals("a", "b")), contract(of(literals("a"))), { today: "2026-01-01" });
    const later = (options: AcceptOptions) => history(accept(of(string), first, { today: "2026-06-01", ...options }));
    expect(later({})).toEqual([[hash(literals("a", "b")), "2026-06-01"]]);
    expect(later({ historyDays: 365 })).toHaveLength(2);
    expect(
      later({ upcasts: (name, short) => name === "charge" && hash(literals("a")).startsWith(short) }),
    ).toHaveLength(2);
    expect(later({ historyDays: 365, historyLimit: 1 })).toEqual([[hash(literals("a", "b")), "2026-06-01"]]);
  });

  it("refuses what breaks without a reason, and says what", () => {
    const first = contract(of(date));
    for (const breaking of [undefined, "", "  "]) {
      const outcome = acceptContract(contract(of(string), first), first, {
        ...(breaking !== undefined && { breaking }),
      });
      expect(outcome).toMatchObject({
        isAccepted: false,
        breaking: [{ rule: "PARAM_TYPE_COMPATIBLE", level: "breaking" }],
      });
    }
    expect(acceptContract(contract(of(string), first), first, { mode: "none" }).isAccepted).toBe(true);
  });

  it("remembers who accepted what, which is then dangerous only", () => {
    const first = contract(of(date));
    const second = accept(of(string), first, { breaking: "the queue was drained", today: "2026-05-01" });
    expect(second.breaking).toEqual([
      { accepted: "2026-05-01", reason: "the queue was drained", changes: ["PARAM_TYPE_COMPATIBLE charge argument 1"] },
    ]);
    expect(diffContracts(first, second)).toMatchObject([{ level: "dangerous", accepted: "the queue was drained" }]);
    expect(diffContracts(first, contract(of(string), second))).toMatchObject([{ level: "dangerous" }]);
    expect(diffContracts(second, contract(of(number), second))).toMatchObject([{ level: "breaking" }]);
    const third = accept(of(number), second, { breaking: "drained again", today: "2026-05-02" });
    expect(diffContracts(second, third)).toMatchObject([{ level: "dangerous", accepted: "drained again" }]);
    expect(third.breaking).toHaveLength(2);
  });

  it("goes on with the history of a task beside tasks that come and go", () => {
    const first = accept({ charge: task({}), gone: task({}) }, undefined);
    const second = accept({ charge: task({ "a?": string }), fresh: task({}) }, first, {
      breaking: "nobody calls gone",
      today: "2026-05-01",
    });
    expect(Object.keys(second.tasks)).toEqual(["charge", "fresh"]);
    expect(second.tasks["charge"]?.history).toHaveLength(1);
    expect(second.breaking).toMatchObject([{ changes: ["TASK_NO_DELETE gone"] }]);
  });
});

describe("the mode full-transitive", () => {
  it("compares with every contract of the history", () => {
    const first = contract(of(object({ "id?": string })));
    const second = accept(of(object({})), first, { today: "2026-05-01" });
    const next = contract(of(object({ "id?": number })), second);
    expect(diffContracts(second, next, { mode: "full" }).filter(({ level }) => level === "breaking")).toEqual([]);
    expect(diffContracts(second, next, { mode: "full-transitive" })).toMatchObject([
      { level: "breaking", rule: "PROP_TYPE_COMPATIBLE", version: hash(object({ "id?": string })).slice(0, 16) },
      { level: "info" },
    ]);
    expect(acceptContract(next, second, { mode: "full-transitive" }).isAccepted).toBe(false);
  });
});

describe("changeDiagnostic", () => {
  const diagnostics = (before: TypeModel, after: TypeModel) =>
    diffContracts(contract(of(before)), contract(of(after))).map((change) => changeDiagnostic(change));

  it("tells what breaks as an error, what is dangerous as a warning, and the rest not at all", () => {
    expect(diagnostics(date, string)).toEqual([
      {
        code: "TG3001",
        severity: "error",
        message: 'charge: parameter "a" changed its type (PARAM_TYPE_COMPATIBLE)',
        why: "messages that wait in the queue, or come from clients not deployed yet, are rejected by new workers; it was Date and is string",
        fix: expect.stringContaining("`Old | New`"),
      },
    ]);
    expect(diagnostics(string, union(string, boolean))).toMatchObject([{ code: "TG3002", severity: "warning" }]);
    expect(diagnostics(object({}), object({ "a?": string }))).toEqual([undefined]);
  });

  it("has the place that it is given, and the reason why it was accepted", () => {
    const first = contract(of(date));
    const second = accept(of(string), first, { breaking: "the queue was drained", today: "2026-05-01" });
    const [change] = diffContracts(first, second);
    const at = { file: "src/a.task.ts", line: 3, column: 14, length: 6, text: "export const charge = task(…);" };
    expect(change && changeDiagnostic(change, at)).toMatchObject({
      code: "TG3002",
      file: "src/a.task.ts",
      at,
      why: expect.stringContaining("accepted: the queue was drained"),
    });
  });
});
