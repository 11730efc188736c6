import { expect } from "vitest";
// @ts-expect-error a fixture in plain JavaScript
import * as contracts from "./fixtures/contracts.js";

const { NOW, BEFORE, LONG_BEFORE, THROWING, MISTAKEN, LISTLESS, UNKNOWN } = contracts as Record<string, string>;
const order = { id: "a", items: [{ price: 1 }, { price: 2 }] };
const wrongOrder = { id: "a", items: [{ price: 1 }, { price: "2" }] };

/** A call with the hash that its caller was compiled with. */
export interface Row {
  readonly title: string;
  readonly task: string;
  readonly hash?: string | undefined;
  readonly args: readonly unknown[];
}

/** Calls that run, and what they give. */
export const runs: readonly (Row & { readonly value: unknown })[] = [
  { title: "the same contract", task: "total", hash: NOW, args: [order], value: 3 },
  { title: "properties that the types do not name", task: "total", hash: NOW, args: [{ ...order, more: 1 }], value: 3 },
  { title: "an earlier contract that still fits", task: "total", hash: BEFORE, args: [order], value: 3 },
  { title: "an unknown contract that fits", task: "total", hash: UNKNOWN, args: [order], value: 3 },
  { title: "no contract", task: "total", args: [order], value: 3 },
  {
    title: "an earlier contract with an upcaster",
    task: "migrated",
    hash: BEFORE,
    args: ["a", [1, 2]],
    value: "a: 1+2",
  },
  { title: "one with an asynchronous upcaster", task: "migrated", hash: LONG_BEFORE, args: [5], value: "?: 5" },
  { title: "today's contract past the upcasters", task: "migrated", hash: NOW, args: [order], value: "a: 1+2" },
  { title: "an earlier contract, retried", task: "migratedTwice", hash: BEFORE, args: ["41"], value: 42 },
  {
    title: "any contract where nothing can be checked",
    task: "unchecked",
    hash: UNKNOWN,
    args: [1, "b"],
    value: [1, "b"],
  },
  {
    title: "a list of schemas that replace",
    task: "remind",
    hash: NOW,
    args: ["2031-05-06", "me"],
    value: "true 2031 me",
  },
  {
    title: "a list of schemas, one of them with a default",
    task: "remind",
    args: ["2031-05-06"],
    value: "true 2031 nobody",
  },
  { title: "more arguments than schemas", task: "remind", args: ["2031-05-06", "me", 3], value: "true 2031 me" },
  { title: "a schema of the whole list", task: "mean", args: ["1", 2, 3], value: 2 },
  { title: "an upcaster before a schema", task: "both", hash: BEFORE, args: ["7"], value: 7 },
  { title: "asynchronous schemas", task: "greet", args: ["Ada", 2], value: "Ada x 2" },
  { title: "asynchronous schemas and a default", task: "greet", args: ["Ada"], value: "Ada x 1" },
  { title: "a schema of no library", task: "halve", args: [8], value: 4 },
  { title: "an asynchronous one", task: "halveLater", args: [8], value: 4 },
  { title: "a schema that asks for its task", task: "aware", args: [1], value: "aware" },
];

const invalid = (task: string, reason: string): string => `the arguments do not fit the task ${task}: ${reason}`;
const mismatch = (task: string, received: string, reason: string): string =>
  `the arguments do not fit the task ${task} (contract ${NOW} is expected, ${received} was received): ${reason}`;
const price = "argument 1 .items[1].price: Invalid input: expected number, received string";

/** Calls that are rejected, with the error that their callers see. */
export const refused: readonly (Row & { readonly code: string; readonly message: string; readonly cause?: object })[] =
  [
    {
      title: "the same contract, but other values",
      ...{ task: "total", hash: NOW, args: [wrongOrder] },
      ...{ code: "INVALID_ARGUMENTS", message: invalid("total", price) },
    },
    {
      title: "no contract and wrong values",
      ...{ task: "total", args: [wrongOrder] },
      ...{ code: "INVALID_ARGUMENTS", message: invalid("total", price) },
    },
    {
      title: "a missing argument",
      ...{ task: "total", hash: NOW, args: [] },
      ...{ code: "INVALID_ARGUMENTS", message: expect.stringContaining("the task total: argument") as string },
    },
    {
      title: "an earlier contract that fits no more",
      ...{ task: "total", hash: BEFORE, args: ["a", [1]] },
      code: "CONTRACT_MISMATCH",
      message: expect.stringContaining(mismatch("total", `the earlier ${BEFORE}`, "argument")) as string,
    },
    {
      title: "an unknown contract that does not fit",
      ...{ task: "total", hash: UNKNOWN, args: [wrongOrder] },
      ...{ code: "CONTRACT_MISMATCH", message: mismatch("total", `the unknown "${UNKNOWN}"`, price) },
    },
    {
      title: "a contract that is no hash",
      ...{ task: "total", hash: `constructor${"x".repeat(200)}`, args: [wrongOrder] },
      ...{ code: "CONTRACT_MISMATCH", message: mismatch("total", `the unknown "constructor${"x".repeat(53)}"`, price) },
    },
    {
      title: "an upcaster that throws",
      ...{ task: "migrated", hash: THROWING, args: [1] },
      code: "CONTRACT_MISMATCH",
      message: mismatch("migrated", `the earlier ${THROWING}`, "their upcaster threw RangeError: no such currency"),
      cause: { name: "RangeError", message: "no such currency" },
    },
    {
      title: "an upcaster that gives what does not fit",
      ...{ task: "migrated", hash: MISTAKEN, args: ["a"], code: "CONTRACT_MISMATCH" },
      message: mismatch("migrated", `the earlier ${MISTAKEN}`, price.replace("[1]", "[0]")),
    },
    {
      title: "an upcaster that gives no list",
      ...{ task: "migrated", hash: LISTLESS, args: ["a"], code: "CONTRACT_MISMATCH" },
      message: mismatch("migrated", `the earlier ${LISTLESS}`, "their upcaster gave no list"),
    },
    {
      title: "what one of several schemas refuses",
      ...{ task: "remind", hash: NOW, args: ["soon", 5], code: "INVALID_ARGUMENTS" },
      message: invalid(
        "remind",
        "argument 1: Invalid ISO date; argument 2: Invalid input: expected string, received number",
      ),
    },
    {
      title: "what a schema refuses of an earlier contract",
      ...{ task: "both", hash: BEFORE, args: ["x"], code: "CONTRACT_MISMATCH" },
      message: expect.stringContaining("argument 1: Invalid input: expected number, received NaN") as string,
    },
    {
      title: "what a schema of the whole list refuses",
      ...{ task: "mean", args: [1, 2, "3"], code: "INVALID_ARGUMENTS" },
      message: invalid("mean", "argument 3: Invalid input: expected number, received string"),
    },
    {
      title: "what an asynchronous schema refuses",
      ...{
        task: "greet",
        args: ["nobody"],
        code: "INVALID_ARGUMENTS",
        message: invalid("greet", "argument 1: is not known"),
      },
    },
    ...["halve", "halveLater"].map((task) => ({
      title: `what a schema of no library refuses: ${task}`,
      ...{ task, args: [7], code: "INVALID_ARGUMENTS", message: invalid(task, "argument 1 .deep[0]: is odd") },
    })),
    {
      title: "a path of texts and symbols",
      ...{ task: "textualPath", args: [1], code: "INVALID_ARGUMENTS" },
      message: invalid("textualPath", 'argument 1 ["a b"]["Symbol(tag)"]: is never right'),
    },
    {
      title: "no path",
      ...{ task: "noPath", args: [1], code: "INVALID_ARGUMENTS" },
      message: invalid("noPath", "argument list: is never right"),
    },
    {
      title: "more issues than are shown",
      ...{ task: "manyIssues", args: [1], code: "INVALID_ARGUMENTS" },
      message: invalid("manyIssues", "argument 1: is wrong; argument 2: is wrong; argument 3: is wrong; and 2 more"),
    },
    ...["throwingSchema", "rejectingSchema", "bothFail"].map((task) => ({
      title: `a schema that breaks: ${task}`,
      ...{ task, hash: NOW, args: [1], code: "INVALID_ARGUMENTS" },
      message: invalid(task, "their schema threw TypeError: the schema broke"),
      cause: { name: "TypeError", message: "the schema broke" },
    })),
    {
      title: "a schema that says nothing",
      ...{ task: "emptyHanded", args: [1], code: "INVALID_ARGUMENTS" },
      message: expect.stringContaining("their schema threw TypeError") as string,
    },
    {
      title: "a schema of the list that gives none",
      ...{ task: "listless", args: [1], code: "INVALID_ARGUMENTS" },
      message: invalid("listless", "their schema gave no list"),
    },
    {
      title: "a schema that throws what cannot be read",
      ...{ task: "throwingUnreadably", args: [1], code: "INVALID_ARGUMENTS" },
      message: invalid("throwingUnreadably", "their schema threw something that cannot be read"),
    },
  ];
