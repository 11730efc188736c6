import { ConfigError } from "../errors.js";
import type { KeyOptions, SecurityEnvironment, SecurityOptions } from "./options.js";

/** What the environment says of keys. @throws ConfigError `OPTION_INVALID`; no key is in its message. */
export function securityOf(env: SecurityEnvironment): SecurityOptions {
  return { signing: keysOf(env, "TASKGEN_SIGNING"), encryption: keysOf(env, "TASKGEN_ENCRYPTION") };
}

function keysOf(env: SecurityEnvironment, name: "TASKGEN_SIGNING" | "TASKGEN_ENCRYPTION"): KeyOptions | undefined {
  const list = env[`${name}_KEYS`];
  if (!list) return undefined;
  const pairs = list.split(",").map((pair) => pairOf(pair.trim(), `${name}_KEYS`));
  return {
    keys: Object.fromEntries(pairs),
    use: pairs[0]![0],
    require: truthOf(env[`${name}_REQUIRE`], `${name}_REQUIRE`),
  };
}

function pairOf(pair: string, variable: string): readonly [id: string, key: string] {
  const colon = pair.indexOf(":");
  if (colon > 0) return [pair.slice(0, colon), pair.slice(colon + 1)];
  throw new ConfigError(
    "OPTION_INVALID",
    `${variable} is a list of id:key, separated by commas, such as 2026a:…,2025b:…`,
  );
}

function truthOf(text: string | undefined, variable: string): boolean {
  if (!text || text === "true" || text === "1") return true;
  if (text === "false" || text === "0") return false;
  throw new ConfigError("OPTION_INVALID", `${variable} is "true" or "false"`);
}
