import { contractOf, contractText, diffContracts, parseContract, type ContractFile } from "@taskgen/codegen";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { taskTypes } from "../support/type-models.js";
import { fuzz } from "./fuzz.js";
import { mutated, mutatedJson } from "./mutate.js";

const [types, others] = fc.sample(taskTypes, { numRuns: 2, seed: 7 });

const fact = (name: string, is: NonNullable<typeof types>) => ({
  model: {
    ...{ path: name.split("."), name, file: `src/${name}.task.ts`, exportName: "run", doc: undefined },
    ...{ span: { line: 1, column: 1, length: 1 }, options: { queue: "mail", expires: "1h" } },
  },
  types: is,
});

const CONTRACT = contractOf([fact("a.b", types!), fact("c", others!)], undefined);

/** All that a command does with a contract that it did not write. */
async function handle(text: string): Promise<void> {
  const { contract, diagnostics } = await parseContract(text, "tasks.contract.json");
  if (contract === undefined) return expect(diagnostics.map(({ code }) => code)).toContain("TG3004");
  // what is not refused is whole
  diffContracts(CONTRACT, contract);
  diffContracts(contract, CONTRACT);
  JSON.parse(contractText(contract)) as ContractFile;
}

describe("fuzz: contracts", () => {
  it("texts", async () => {
    await fuzz(mutated([Buffer.from(contractText(CONTRACT))]), (text) => handle(text.toString()));
  });

  it("values in another place", async () => {
    const value = JSON.parse(contractText(CONTRACT)) as unknown;
    await fuzz(mutatedJson([value]), (changed) => handle(JSON.stringify(changed)));
  });
});
