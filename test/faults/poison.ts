/** A message that somebody else wrote, or that was damaged on its way. */
export interface Poison {
  readonly title: string;
  readonly body: Uint8Array;
  /** What it is rejected with; `undefined` when it may run. */
  readonly code?: "NOT_DECODABLE" | "INVALID_ARGUMENTS" | "UNKNOWN_TASK";
}

const header = (more: object = {}): string => JSON.stringify({ v: 1, task: "swallow", ...more });
const withArgs = (args: string, task = "swallow"): string => `${header({ task })}\n${args}`;
const rich = (json: string, type: string): string =>
  withArgs(`~{"json":[${json}],"meta":{"values":{"0":["${type}"]}}}`);
const joined = (...parts: (string | Uint8Array)[]): Uint8Array => Buffer.concat(parts.map((part) => Buffer.from(part)));

const NO_UTF8 = Uint8Array.of(0xff, 0xfe, 0x80);

const undecodable: Readonly<Record<string, string | Uint8Array>> = {
  "no bytes": "",
  "no header": "[4,4]",
  "a header that is no UTF-8": joined('{"v":1,"task":"', NO_UTF8, '"}\n[]'),
  "arguments that are no UTF-8": joined(withArgs('["'), NO_UTF8, '"]'),
  "half a header": header().slice(0, 9),
  "half of the arguments": withArgs('[{"a":'),
  "no arguments": header(),
  "arguments that are no list": withArgs('{"0":1}'),
  NaN: withArgs("[NaN]"),
  "a task that is a number": header({ task: 5 }) + "\n[]",
  "a header that is a list": '[{"v":1}]\n[]',
  "a header of 70 kB": header({ headers: { a: "x".repeat(70_000) } }) + "\n[]",
  "100,000 lists in one another": withArgs("[".repeat(100_000) + "]".repeat(100_000)),
  "100,000 objects in one another": withArgs(`[${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}]`),
  "a bigint of a million digits": rich(`"${"9".repeat(1_000_000)}"`, "bigint"),
  "a regular expression": rich('"/(a+)+$/"', "regexp"),
  "a type that nobody knows": rich('"x"', "custom"),
  "a codec that nobody knows": withArgs("!AAECAw=="),
  "9 MB of arguments": withArgs(`["${"x".repeat(9 * 1024 * 1024)}"]`),
  "a prototype as an argument": withArgs('[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]'),
  "a path into the prototype": withArgs('~{"json":[{}],"meta":{"values":{"0.__proto__.polluted":["Date"]}}}'),
  "a reference into the prototype": withArgs(
    '~{"json":[{"a":1}],"meta":{"referentialEqualities":{"0":["0.constructor.prototype.polluted"]}}}',
  ),
};

const unfit: Readonly<Record<string, string>> = {
  "an argument of another type": withArgs('["1"]', "checked"),
  "an argument too few": withArgs("[]", "checked"),
};

const unknown: Readonly<Record<string, string>> = {
  "a task that nobody knows": withArgs("[]", "nobody.knows"),
  "a task that is called like what every object has": withArgs("[]", "constructor"),
  "a version of messages that nobody knows": header({ v: 99 }) + "\n[]",
};

/** What is odd, and does no harm. */
const harmless: Readonly<Record<string, string>> = {
  "a name twice in the header": '{"v":1,"task":"nobody.knows","task":"swallow"}\n[]',
  "a prototype in the header": '{"v":1,"task":"swallow","__proto__":{"polluted":1}}\n[]',
  "more arguments than there are": withArgs("[1,2,3]"),
};

const listed = (all: Readonly<Record<string, string | Uint8Array>>, code?: Poison["code"]): Poison[] =>
  Object.entries(all).map(([title, body]) => ({ title, body: Buffer.from(body), ...(code && { code }) }));

/** Every kind of message that must end with a reason, and end nothing else. */
export const poisons: readonly Poison[] = [
  ...listed(undecodable, "NOT_DECODABLE"),
  ...listed(unfit, "INVALID_ARGUMENTS"),
  ...listed(unknown, "UNKNOWN_TASK"),
  ...listed(harmless),
];
