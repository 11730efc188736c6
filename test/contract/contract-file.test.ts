import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  contractHash,
  contractOf,
  contractText,
  emittedContracts,
  mergeContracts,
  acceptContract,
  parseContract,
  readContract,
  shortHash,
  staleTasks,
  taskTypesOf,
  writeContract,
  type ContractFile,
  type TaskTypes,
} from "@taskgen/codegen";
import { boolean, date, list, number, object, ref, string, task, taskTypes, union } from "../support/type-models.js";

const typed = (name: string, types: TaskTypes, options: Record<string, string | number | boolean> = {}) => ({
  model: {
    path: name.split("."),
    name,
    file: `src/${name}.task.ts`,
    exportName: "run",
    span: { line: 1, column: 1, length: 1 },
    doc: undefined,
    options,
  },
  types,
});

const contract = (tasks: Record<string, TaskTypes>, previous?: ContractFile): ContractFile =>
  contractOf(
    Object.entries(tasks).map(([name, types]) => typed(name, types)),
    previous,
  );

const billing = task(
  { orderId: string, "opts?": object({ "dryRun?": boolean }) },
  {
    result: ref("Receipt"),
    errors: { NO_FUNDS: object({ balance: { kind: "bigint" } }) },
    types: {
      Receipt: object({ at: date, lines: list(ref("Line")) }),
      Line: object({ text: string, "of?": ref("Receipt") }),
    },
  },
);

describe("a contract", () => {
  it("reads like this", () => {
    const file = contractOf([typed("billing.charge", billing, { queue: "billing", expires: "1h" })]);
    expect({ ...file, tool: "taskgen/0.0.0" }).toMatchObject({ schema: 1, codec: "superjson/2" });
    expect(contractText({ ...file, tool: "taskgen/0.0.0" })).toMatchInlineSnapshot(`
      "{
        "schema": 1,
        "tool": "taskgen/0.0.0",
        "codec": "superjson/2",
        "hash": "a6e36d39f49912104e6c83e621b361dd22d5a3f77f24ddd91bcbf0deb49e57d7",
        "types": {
          "Line": {
            "kind": "object",
            "properties": [
              { "name": "of", "type": { "kind": "ref", "name": "Receipt" }, "optional": true },
              { "name": "text", "type": { "kind": "string" } }
            ]
          },
          "Receipt": {
            "kind": "object",
            "properties": [
              { "name": "at", "type": { "kind": "builtin", "name": "Date" } },
              {
                "name": "lines",
                "type": { "kind": "array", "element": { "kind": "ref", "name": "Line" } }
              }
            ]
          }
        },
        "tasks": {
          "billing.charge": {
            "contract": "25ade9b9b7ecf5ca3deeb6968549a86df82f8d34e47c34bf2c5ebe11904129f5",
            "optionsHash": "7674af52d0fbcf4c8841ef3ee906588450a4cb8d08832be33b37f9dc41e63ded",
            "options": { "expires": "1h", "queue": "billing" },
            "source": "src/billing.charge.task.ts#run",
            "args": {
              "kind": "tuple",
              "elements": [
                { "name": "orderId", "type": { "kind": "string" } },
                {
                  "name": "opts",
                  "type": {
                    "kind": "object",
                    "properties": [{ "name": "dryRun", "type": { "kind": "boolean" }, "optional": true }]
                  },
                  "optional": true
                }
              ]
            },
            "result": { "kind": "ref", "name": "Receipt" },
            "errors": {
              "NO_FUNDS": {
                "kind": "object",
                "properties": [{ "name": "balance", "type": { "kind": "bigint" } }]
              }
            },
            "history": []
          }
        }
      }
      "
    `);
  });

  it("names the version that wrote it, which is part of no hash", () => {
    const { version } = JSON.parse(
      readFileSync(new URL("../../packages/codegen/package.json", import.meta.url), "utf8"),
    ) as { version: string };
    expect(contract({}).tool).toBe(`taskgen/${version}`);
  });

  it("is the same whatever the order of the tasks", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("a", "b", "c", "constructor", "1"), taskTypes), (tasks) => {
        const reversed = Object.fromEntries(Object.entries(tasks).toReversed());
        expect(contractText(contract(reversed))).toBe(contractText(contract(tasks)));
      }),
      { numRuns: 30 },
    );
  });

  it("comes back from its text, byte by byte, with types of the same hashes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom("a", "b.c", "toString"), taskTypes), async (tasks) => {
        const file = contract(tasks);
        const { contract: read, diagnostics } = await parseContract(contractText(file), "tasks.contract.json");
        expect(diagnostics).toEqual([]);
        expect(contractText(read as ContractFile)).toBe(contractText(file));
        expect(read).toEqual(file);
        for (const [name, types] of Object.entries(tasks)) {
          const back = taskTypesOf(file, name) as TaskTypes;
          expect(file.tasks[name]?.contract).toBe(contractHash(types));
          expect(contractHash(back)).toBe(contractHash(types));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("has equal definitions once, and others of their name under names of their own", () => {
    const using = (User: TaskTypes["types"][string]) => task({ user: ref("User") }, { types: { User } });
    const file = contract({
      a: using(object({ id: string })),
      b: using(object({ id: number })),
      c: using(object({ id: string })),
      d: task({ user: ref("User_2") }, { types: { User_2: object({ id: boolean }) } }),
    });
    expect(Object.keys(file.types)).toEqual(["User", "User_2", "User_3"]);
    expect(file.tasks["c"]?.args.elements[0]?.type).toEqual(ref("User"));
    expect(file.tasks["b"]?.args.elements[0]?.type).toEqual(ref("User_2"));
    expect(file.tasks["d"]?.args.elements[0]?.type).toEqual(ref("User_3"));
  });

  it("keeps recursive definitions apart that differ further down", () => {
    const chain = (last: TaskTypes["types"][string]) =>
      task({ a: ref("A") }, { types: { A: object({ "b?": ref("B") }), B: object({ "a?": ref("A"), last }) } });
    const file = contract({ one: chain(string), other: chain(number), same: chain(string) });
    expect(Object.keys(file.types)).toEqual(["A", "A_2", "B", "B_2"]);
    expect(file.types["A_2"]).toEqual(object({ "b?": ref("B_2") }));
    expect(file.tasks["same"]?.contract).toBe(file.tasks["one"]?.contract);
  });

  it("leaves out definitions that no task comes by", () => {
    expect(contract({ a: task({}, { types: { Unused: string } }) }).types).toEqual({});
    expect(taskTypesOf(contract({ a: billing, b: task({ x: string }) }), "b")?.types).toEqual({});
    expect(taskTypesOf(contract({}), "toString")).toBeUndefined();
  });
});

/** A contract that somebody edits. */
interface Draft {
  readonly types: Record<string, unknown>;
  readonly tasks: { charge: Record<string, unknown>; other?: Record<string, unknown> };
}

describe("a contract file", () => {
  let cwd = "";
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), "taskgen-contract-"));
  });
  afterEach(() => rmSync(cwd, { recursive: true }));

  const lock = "tasks.contract.json";
  const problemsOf = async (text: string): Promise<unknown[]> => {
    const { contract: read, diagnostics } = await parseContract(text, lock);
    expect(read).toBeUndefined();
    for (const { code, severity } of diagnostics)
      expect({ code, severity }).toEqual({ code: "TG3004", severity: "error" });
    return diagnostics.map(({ message, fix, at }) => [message, fix, at && `${at.line}:${at.column}`]);
  };

  it("is written where it differs, and read again", async () => {
    expect(await readContract(cwd, lock)).toEqual({ contract: undefined, diagnostics: [] });
    const file = contract({ charge: billing });
    expect(writeContract(cwd, lock, file).status).toBe("written");
    expect(writeContract(cwd, lock, file).status).toBe("unchanged");
    expect((await readContract(cwd, lock)).contract).toEqual(file);
    expect(readFileSync(join(cwd, lock), "utf8")).not.toContain("\r");
  });

  it("may come with other line ends and a byte order mark", async () => {
    const file = contract({ charge: billing });
    writeFileSync(join(cwd, lock), `\uFEFF${contractText(file).replaceAll("\n", "\r\n")}`);
    expect((await readContract(cwd, lock)).contract).toEqual(file);
  });

  it("says that it is no JSON", async () => {
    for (const text of ["", '{\n  "schema": oops\n}'])
      expect(await problemsOf(text)).toEqual([
        [expect.stringMatching(/^tasks\.contract\.json is not JSON: ./), expect.any(String), undefined],
      ]);
  });

  it("knows a merge that is not finished", async () => {
    const text = '{\n<<<<<<< HEAD\n  "hash": "a"\n=======\n  "hash": "b"\n>>>>>>> main\n}\n';
    expect(await problemsOf(text)).toEqual([
      [
        "tasks.contract.json has conflict markers of a merge",
        "keep either side (`git checkout --ours tasks.contract.json`), then run `npx taskgen accept`",
        "2:1",
      ],
    ]);
  });

  it("knows another schema, and what is no contract", async () => {
    expect(await problemsOf('{ "schema": 2 }')).toEqual([
      [
        "tasks.contract.json has schema 2; this version of taskgen reads schema 1",
        "install the version of taskgen that wrote it",
        undefined,
      ],
    ]);
    for (const text of ["null", "[]", '"text"', "{}"])
      expect(await problemsOf(text)).toEqual([
        ["tasks.contract.json is not a contract of tasks", expect.any(String), undefined],
      ]);
  });

  it("notices what was edited by hand", async () => {
    const file = contract({ charge: billing, other: task({ a: string }) });
    const messages = async (change: (draft: Draft) => void): Promise<unknown[]> => {
      const draft = structuredClone(file);
      change(draft as unknown as Draft);
      return (await problemsOf(contractText(draft))).map((problem) => (problem as unknown[])[0]);
    };
    expect(await messages(({ tasks }) => delete tasks.charge["args"])).toEqual([
      "tasks.contract.json is damaged: tasks.charge.args: Invalid input: expected object, received undefined",
    ]);
    expect(await messages(({ tasks }) => (tasks.charge["extra"] = 1))).toEqual([
      'tasks.contract.json is damaged: tasks.charge: Unrecognized key: "extra"',
    ]);
    expect(await messages(({ types }) => delete types["Line"])).toEqual([
      'tasks.contract.json is damaged: there is no definition of the type "Line"',
    ]);
    expect(await messages(({ tasks }) => (tasks.charge["result"] = string))).toEqual([
      'tasks.contract.json is damaged: the hashes of "charge" are not those of its types and options',
    ]);
    expect(await messages(({ tasks }) => (tasks.other = { ...tasks.other, options: { queue: "x" } }))).toHaveLength(1);
    expect(await messages(({ tasks }) => delete tasks.other)).toEqual([
      "tasks.contract.json is damaged: its hash is not that of its tasks",
    ]);
  });
});

describe("staleTasks", () => {
  it("names what the lock does not say", () => {
    const lock = contract({ a: task({}), b: task({ x: string }), c: task({}), d: task({}) });
    const moved = { ...typed("d", task({})), model: { ...typed("d", task({})).model, file: "src/elsewhere.task.ts" } };
    const current = contractOf(
      [typed("b", task({ x: number })), typed("c", task({}), { queue: "q" }), moved, typed("e", task({}))],
      lock,
    );
    expect(staleTasks(lock, current)).toEqual([
      { task: "a", kind: "removed" },
      { task: "b", kind: "types" },
      { task: "c", kind: "options" },
      { task: "d", kind: "source" },
      { task: "e", kind: "added" },
    ]);
    expect(staleTasks(lock, lock)).toEqual([]);
  });
});

describe("mergeContracts", () => {
  const accept = (tasks: Record<string, TaskTypes>, previous: ContractFile, today: string): ContractFile => {
    const outcome = acceptContract(contract(tasks, previous), previous, { today, breaking: `because of ${today}` });
    if (!outcome.isAccepted) throw new Error("refused");
    return outcome.contract;
  };
  const v = (type: TaskTypes["types"][string]) => task({ a: ref("A") }, { types: { A: type } });
  const base = contract({ shared: v(string), kept: task({}) });
  const ours = accept({ shared: v(number), kept: task({}), mine: v(string) }, base, "2026-05-01");
  const theirs = accept({ shared: v(boolean), kept: task({}), yours: v(date) }, base, "2026-05-02");

  it("has the tasks, the histories and the accepted breaks of both", async () => {
    const merged = mergeContracts(ours, theirs);
    expect(Object.keys(merged.tasks)).toEqual(["kept", "mine", "shared", "yours"]);
    const hashes = [v(number), v(boolean), v(string)].map(contractHash);
    expect([
      merged.tasks["shared"]?.contract,
      ...(merged.tasks["shared"]?.history ?? []).map((past) => past.contract),
    ]).toEqual(hashes);
    expect(merged.breaking?.map(({ reason }) => reason)).toEqual(["because of 2026-05-02", "because of 2026-05-01"]);
    expect((await parseContract(contractText(merged), "lock")).diagnostics).toEqual([]);
  });

  it("leads to one contract, whichever side comes first", () => {
    const types = { shared: v(union(number, boolean)), kept: task({}), mine: v(string), yours: v(date) };
    const [one, other] = [mergeContracts(ours, theirs), mergeContracts(theirs, ours)].map((merged) =>
      accept(types, merged, "2026-05-03"),
    );
    const past = (file?: ContractFile) => file?.tasks["shared"]?.history.map((entry) => entry.contract).toSorted();
    expect(past(one)).toEqual([v(string), v(number), v(boolean)].map(contractHash).toSorted());
    expect(past(other)).toEqual(past(one));
    expect(one?.hash).toBe(other?.hash);
  });

  it("changes nothing between a contract and itself", () => {
    expect(contractText(mergeContracts(ours, ours))).toBe(contractText(ours));
  });
});

describe("emittedContracts", () => {
  it("has the hash of the code, and those of the lock and its history", () => {
    const versions = [string, number, date].map((type) => task({ a: type }));
    const [first, second, third] = versions.map((types) => contract({ charge: types })) as [
      ContractFile,
      ContractFile,
      ContractFile,
    ];
    const lock = acceptContract(second, first, { breaking: "test" });
    if (!lock.isAccepted) throw new Error("refused");
    const hashes = versions.map(contractHash).map(shortHash);
    expect(emittedContracts(third, lock.contract).get("charge")).toEqual({
      hash: hashes[2],
      accepts: [hashes[1], hashes[0]],
    });
    expect(emittedContracts(lock.contract, lock.contract).get("charge")).toEqual({
      hash: hashes[1],
      accepts: [hashes[0]],
    });
    expect(
      emittedContracts(contract({ charge: versions[0] as TaskTypes }, lock.contract), lock.contract).get("charge"),
    ).toEqual({
      hash: hashes[0],
      accepts: [hashes[1]],
    });
    expect(emittedContracts(first).get("charge")).toEqual({ hash: hashes[0], accepts: [] });
  });
});
