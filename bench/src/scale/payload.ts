/** A run of calls whose argument comes back. */
export interface PayloadRun {
  readonly n: number;
  /** About as many bytes as JSON, each. */
  readonly bytes: number;
  /** Whether it holds what JSON cannot. */
  readonly rich: boolean;
}

interface Row {
  readonly id: unknown;
  readonly at: unknown;
  readonly tags: unknown;
  readonly name: string;
  readonly price: number;
}

/** What is sent: like the rows of a table. */
export interface Payload {
  readonly rows: readonly Row[];
  readonly rest: string;
}

const START = Date.UTC(2026, 0, 1);

const plainRow = (i: number): Row => ({
  id: `${BigInt(START) * 1_000_000n + BigInt(i)}`,
  at: new Date(START + i * 1000).toISOString(),
  tags: { colour: i % 7, size: i % 11 },
  name: `article ${i}`,
  price: i / 100,
});

const richRow = (i: number): Row => ({
  ...plainRow(i),
  id: BigInt(START) * 1_000_000n + BigInt(i),
  at: new Date(START + i * 1000),
  tags: new Map([
    ["colour", i % 7],
    ["size", i % 11],
  ]),
});

const ROW_BYTES = JSON.stringify(plainRow(1000)).length + 1;

const payload = (bytes: number, row: (i: number) => Row): Payload => {
  const count = Math.floor(bytes / ROW_BYTES);
  return { rows: Array.from({ length: count }, (_, i) => row(i)), rest: "x".repeat(bytes - count * ROW_BYTES) };
};

/** Rows of strings, numbers and objects. */
export const plainPayload = (bytes: number): Payload => payload(bytes, plainRow);

/** The same rows with a bigint, a Date and a Map each. */
export const richPayload = (bytes: number): Payload => payload(bytes, richRow);

/** Refuses a run whose results are not what was sent. */
export function checkPayloads(values: readonly unknown[], sent: Payload): void {
  const last = sent.rows.at(-1)!;
  for (const { rows, rest } of values as readonly Payload[]) {
    const isSame =
      rows.length === sent.rows.length && rest === sent.rest && String(rows.at(-1)!.at) === String(last.at);
    if (!isSame) throw new Error("a payload came back as something else");
  }
}
