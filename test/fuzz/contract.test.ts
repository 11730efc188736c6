import { contractOf, contractText, diffContracts, parseContract, shortHash, type ContractFile } from "@taskgen/codegen";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { list, number, object, ref, string, taskTypes, union } from "../support/type-models.js";
import { fuzz } from "./fuzz.js";
import { mutated, mutatedJson } from "./mutate.js";

const CONTRACT = "CONTRACT";
