import type { Definitions } from "./alternatives.js";
import { PARAMETERS, readTuple } from "./compare-tuples.js";
import type { Finding } from "./findings.js";
import { Reading } from "./reading.js";
import type { TaskTypes, TypeModel } from "./type-model.js";

/** A type and the definitions that it refers to. */
export interface DefinedType {
  readonly type: TypeModel;
  readonly definitions: Definitions;
}

/**
 * Whether whoever expects values of one type understands all values of another: what does not fit, in order of appearance.
 * Without a finding that breaks, every value of `written` is one of `reader`; unknown properties are left alone, so that
 * either side may know more of them.
 */
export function canRead(written: DefinedType, reader: DefinedType): readonly Finding[] {
  return new Reading(written.definitions, reader.definitions).read(written.type, reader.type);
}

/**
 * The same for arguments: what the reader has no parameter for is left alone, and a parameter that changed its place or its
 * name is told, since values of one type that change places are otherwise no change.
 */
export function canReadArguments(written: TaskTypes, reader: TaskTypes): readonly Finding[] {
  const reading = new Reading(written.types, reader.types);
  const found = readTuple(reading, { written: written.args, reader: reader.args, style: PARAMETERS });
  return [...found, ...renamedParameters(written, reader)];
}

function renamedParameters(written: TaskTypes, reader: TaskTypes): Finding[] {
  return reader.args.elements.flatMap(({ name, type }, at): Finding[] => {
    const old = written.args.elements[at];
    if (old?.name === undefined || name === undefined || old.name === name) return [];
    const hasMoved = hasParameter(written, name) || hasParameter(reader, old.name);
    const kind: Pick<Finding, "kind" | "severity"> = hasMoved
      ? { kind: "moved", severity: "warn" }
      : { kind: "renamed", severity: "note" };
    return [{ ...kind, path: [{ argument: at }], written: old.type, reader: type }];
  });
}

const hasParameter = ({ args }: TaskTypes, name: string): boolean =>
  args.elements.some((element) => element.name === name);
