import type { Definitions } from "./alternatives.js";
import { within, type Finding } from "./findings.js";
import type { Reading } from "./reading.js";
import { matchesTemplate } from "./template-match.js";
import type { IndexModel, ObjectModel, PropertyModel, TypeModel } from "./type-model.js";

/** What does not fit where one object is read as another. */
export function readObject(reading: Reading, written: ObjectModel, reader: ObjectModel): Finding[] {
  const [from, to] = [byName(written), byName(reader)];
  const unexpected = written.properties.filter(({ name }) => !to.has(name));
  return [
    ...reader.properties.flatMap((property) => {
      const source = from.get(property.name);
      return source ? readExpected(reading, source, property) : readFromIndex(reading, written.index ?? [], property);
    }),
    ...unexpected.flatMap((property) => readUnexpected(reading, property, reader.index ?? [])),
    ...readIndexes(reading, written, reader),
  ];
}

const byName = ({ properties }: ObjectModel): ReadonlyMap<string, PropertyModel> =>
  new Map(properties.map((property) => [property.name, property]));

/** A property that both know. */
function readExpected(reading: Reading, written: PropertyModel, reader: PropertyModel): Finding[] {
  const isGap = written.optional === true && isNeeded(reading, reader);
  return within({ property: reader.name }, [
    ...(isGap ? [gap("sometimes-missing", reader, written.type)] : []),
    ...reading.read(written.type, reader.type, { reader: reader.optional === true }),
  ]);
}

/** What a reader takes as `undefined` may be absent too. */
const isNeeded = (reading: Reading, { optional, type }: PropertyModel): boolean =>
  !optional && !reading.admitsUndefined(type);

/** A property that is written, if at all, under an index signature. */
function readFromIndex(reading: Reading, indexes: readonly IndexModel[], reader: PropertyModel): Finding[] {
  const sources = indexes.filter(({ key }) => mayCover(key, reader.name, reading.written));
  const found = sources.flatMap(({ value }) => reading.read(value, reader.type, { reader: reader.optional === true }));
  const kind = sources.length === 0 ? "missing" : "sometimes-missing";
  return within({ property: reader.name }, [
    ...(!isNeeded(reading, reader) ? [] : [gap(kind, reader, sources[0]?.value)]),
    ...found,
  ]);
}

const gap = (kind: "missing" | "sometimes-missing", { type }: PropertyModel, written?: TypeModel): Finding => ({
  kind,
  severity: "break",
  path: [],
  ...(written && { written }),
  reader: type,
});

/** A property that the reader knows by an index signature, or not at all. */
function readUnexpected(reading: Reading, written: PropertyModel, indexes: readonly IndexModel[]): Finding[] {
  const { name, type, optional } = written;
  const targets = indexes.filter(({ key }) => mayCover(key, name, reading.reader));
  const found = targets.flatMap(({ value }) => reading.read(type, value, { written: optional === true }));
  const ignored: Finding = {
    kind: "ignored",
    severity: "note",
    path: [],
    written: type,
    ...(optional && { optional }),
  };
  return within({ property: name }, targets.length === 0 ? [ignored] : found);
}

/** Keys of two index signatures are taken to overlap. */
const readIndexes = (reading: Reading, written: ObjectModel, reader: ObjectModel): Finding[] =>
  (written.index ?? []).flatMap((from) =>
    (reader.index ?? []).flatMap((to) => within({ any: "entries" }, reading.read(from.value, to.value))),
  );

/** Whether a name may be among the keys of an index signature. */
function mayCover(key: TypeModel, name: string, definitions: Definitions): boolean {
  if (key.kind === "number") return String(Number(name)) === name;
  if (key.kind === "template") return matchesTemplate(name, key, definitions, "possible");
  return true;
}
