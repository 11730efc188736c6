import { createApp, task, type Registry, type Stub } from "@taskgen/core";
import { stub } from "@taskgen/core/internal";
import type { TaskTypes, TypeModel } from "@taskgen/codegen";
import { createWorker } from "@taskgen/worker";
import fc from "fast-check";
import { expect, it } from "vitest";
import { emitValidators } from "../../../packages/codegen/dist/emit/validators.js";
import { loadValidators } from "../../support/emitted-validators.js";
import { namespace } from "../../support/namespace.js";
import { TSCONFIG, typedProject, typesOf } from "../../support/type-project.js";
import { DECLARATIONS, list, oneOf, type, type Written } from "./written-types.js";

/** A parameter that must be given, if only as `undefined`. */
interface Required {
  readonly of: Written;
  readonly hasDefault: boolean;
}

interface Signature {
  readonly required: readonly Required[];
  readonly optional: readonly Written[];
  readonly rest: Written | undefined;
  readonly result: Written;
}

const signature: fc.Arbitrary<Signature> = fc.record({
  required: fc.array(fc.record({ of: type, hasDefault: fc.boolean() }), { maxLength: 2 }),
  optional: fc.array(type, { maxLength: 2, depthIdentifier: "optional" }),
  rest: fc.option(type, { nil: undefined, freq: 1 }),
  result: type,
});

/** `async`, so that a result which is a Promise is one within another. */
function taskText({ required, optional, rest, result }: Signature, i: number): string {
  const parameters = [
    ...required.map(({ of, hasDefault }, at) => `p${at}: ${of.text}${hasDefault ? " = null as never" : ""}`),
    ...optional.map(({ text }, at) => `o${at}?: ${text}`),
    ...(rest === undefined ? [] : [`...rest: (${rest.text})[]`]),
  ];
  return `export const t${i} = task((${parameters.join(", ")}): Promise<(${result.text})[]> => { throw new Error(); });`;
}

const travels = ({ required, optional, rest, result }: Signature): boolean =>
  [...required.map(({ of }) => of), ...optional, ...(rest ? [rest] : []), result].every((each) => each.travels);

/** What a task is called with, each time, and what it returns. */
interface Call {
  readonly task: string;
  readonly lists: readonly (readonly unknown[])[];
  readonly result: readonly unknown[];
}

/** A call of a task; none where a parameter has no values. */
function callOf(name: string, { required, optional, rest, result }: Signature): fc.Arbitrary<Call>[] {
  const missing = fc.constant(undefined);
  const first = required.map(({ of, hasDefault }) => (hasDefault ? oneOf(of.values, missing) : of.values));
  const known = first.filter((values) => values !== undefined);
  if (known.length < first.length) return [];
  const short = fc.tuple(...known);
  const long = fc
    .tuple(short, fc.tuple(...optional.map(({ values }) => oneOf(values, missing) ?? missing)), list(rest?.values))
    .map((parts) => parts.flat());
  const lists = fc.tuple(short, long);
  return [fc.record({ task: fc.constant(name), lists, result: list(result.values) })];
}

/** Signatures, and calls of those whose types travel. */
const scenes = fc.array(signature, { minLength: 40, maxLength: 40 }).chain((signatures) => {
  const calls = signatures.flatMap((each, i) => (travels(each) ? callOf(`t${i}`, each) : []));
  return fc.record({ signatures: fc.constant(signatures), calls: fc.tuple(...calls) });
});

/** Every ref leads somewhere, and every union is in order. */
function checkModel({ args, result, errors, types }: TaskTypes): void {
  for (const model of [args, result, ...Object.values(errors), ...Object.values(types)]) {
    JSON.stringify(model, (_, part: TypeModel) => {
      if (part?.kind === "ref") expect(Object.keys(types)).toContain(part.name);
      if (part?.kind !== "union") return part;
      const texts = part.members.map((member) => JSON.stringify(member));
      expect(texts).toEqual([...new Set(texts)].toSorted());
      expect(part.members.length).toBeGreaterThan(1);
      return part;
    });
  }
}

/** The tasks of some calls, each of which gives back its arguments beside its result. */
function registryOf(calls: readonly Call[], types: ReadonlyMap<string, TaskTypes>): Registry {
  const validators = loadValidators(emitValidators(types));
  const entries = calls.map(({ task: name, result }): [string, Registry["tasks"][string]] => [
    name,
    {
      source: `fuzz#${name}`,
      args: async () => validators[name],
      load: async () => task((...args: unknown[]) => ({ args, result })),
    },
  ]);
  return { url: import.meta.url, tasks: Object.fromEntries(entries) };
}

/** Through a worker that checks arguments with what is generated, all comes back as it was sent. */
async function checkTrips(calls: readonly Call[], types: ReadonlyMap<string, TaskTypes>): Promise<void> {
  await using app = createApp({ broker: `memory:${namespace()}` });
  await using worker = createWorker({ app, registry: registryOf(calls, types), pool: "inline" });
  await worker.start();
  for (const { task: name, lists, result } of calls) {
    for (const args of lists) {
      const end = await (await stub<Stub<unknown[], unknown>>(app, name).delay(...args)).settled({ timeout: "60s" });
      expect(end.ok ? end.value : end.error).toStrictEqual({ args, result });
    }
  }
}

it(
  "any valid signature has a model whose values survive the trip, and nothing that stays at home is let through",
  { timeout: 120_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(scenes, async ({ signatures, calls }) => {
        const text = [`import { task } from "@taskgen/core";`, DECLARATIONS, ...signatures.map(taskText)].join("\n");
        const project = await typedProject({ "src/tasks/fuzz.task.ts": text }, TSCONFIG);
        const { types, diagnostics } = await typesOf(project);
        const known = [...types.keys()].toSorted();
        const expected = signatures.flatMap((each, i) => (travels(each) ? [`t${i}`] : [])).toSorted();
        expect(known).toEqual(expect.arrayContaining(expected));
        for (const task of types.values()) checkModel(task);
        expect(diagnostics.filter(({ code }) => code === "TG2008")).toEqual([]);
        const isTold = (name: string): boolean =>
          diagnostics.some(({ code, severity, message }) => {
            const isDropped = code === "TG2009" && types.has(name);
            return message.includes(`of task "${name}"`) && (isDropped || (severity === "error" && !types.has(name)));
          });
        const staying = signatures.flatMap((each, i) => (travels(each) ? [] : [`t${i}`]));
        expect(staying.filter((name) => !isTold(name))).toEqual([]);
        await checkTrips(calls, types);
      }),
      { numRuns: 10, endOnFailure: true },
    );
  },
);
