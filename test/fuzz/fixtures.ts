// Inputs that were once read wrongly. Each stays, whatever the fuzzer draws.

const error = (more: object): string => JSON.stringify({ name: "Error", message: "boom", ...more });

/** Causes of causes. */
const nested = (depth: number): string => `${'{"name":"E","message":"m","cause":'.repeat(depth)}1${"}".repeat(depth)}`;

/** Failures as a store may hold them. */
export const FAILURES: readonly string[] = [
  error({ errors: 5 }),
  error({ errors: [null] }),
  error({ errors: {} }),
  error({ cause: null }),
  error({ cause: 5 }),
  error({ cause: { name: 1, message: { toString: 1 } } }),
  error({ stack: 5 }),
  error({ code: {} }),
  error({ data: 5 }),
  error({ declared: "yes" }),
  nested(20_000),
];

const notice = (more: object): string =>
  JSON.stringify({ ids: ["a"], ttlMs: 1, terminate: true, children: true, ...more });

/** Notices of revocations. */
export const NOTICES: readonly string[] = [
  notice({ ttlMs: -1 }),
  notice({ ttlMs: 1e300 }),
  notice({ ids: ["i".repeat(100_000)] }),
  notice({ ids: Array.from({ length: 20_000 }, () => "a") }),
];

/** Bodies of messages. */
export const FOREIGN: readonly string[] = [
  "",
  "\n",
  "no header",
  "null\n",
  "[]\n[]",
  '{"v":1,"task":"add"}',
  '{"v":1,"task":"add"}\n',
  '{"v":1,"task":"__proto__"}\n[]',
  '{"v":1,"task":"add","headers":{"__proto__":"x"}}\n[1,2]',
  '{"__proto__":{"task":"add"},"v":1,"task":"add"}\n{"__proto__":1}',
  '0 id 4   \n{"v":1,"task":"add"}\n[1,2]',
  "0  4   \n",
  "-1 id 4   \nbody",
  "0 id 4 NaN x %zz\nbody",
];
