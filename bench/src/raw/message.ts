const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The bytes that taskgen sends for the same call. */
export const encodeCall = (args: readonly unknown[], task = "add"): Uint8Array =>
  encoder.encode(`${JSON.stringify({ v: 1, task })}\n${JSON.stringify(args)}`);

/** Decodes a call, runs it and encodes what it came to. */
export function runCall(body: Uint8Array): Uint8Array {
  const text = decoder.decode(body);
  const end = text.indexOf("\n");
  const { task } = JSON.parse(text.slice(0, end)) as { readonly task: string };
  const args = JSON.parse(text.slice(end + 1)) as [never, never];
  return encoder.encode(JSON.stringify(FUNCTIONS[task]!(...args)));
}

export const decodeResult = (body: Uint8Array): unknown => JSON.parse(decoder.decode(body));

const FUNCTIONS: Readonly<Record<string, (x: never, y: never) => unknown>> = {
  add: (x: number, y: number) => x + y,
  echo: (value: unknown) => value,
};
