import type { SecurityOptions } from "./options.js";
import type { Sealer } from "./sealer.js";

/**
 * What seals the traffic of an app; `undefined` when it has no keys. Only with keys anything more is loaded.
 * @param given the environment's when it is undefined
 * @throws ConfigError `OPTION_INVALID`
 */
export async function openSealer(given: SecurityOptions | undefined, prefix: string): Promise<Sealer | undefined> {
  const { signing, encryption } = given ?? (await ofEnvironment());
  if (signing === undefined && encryption === undefined) return undefined;
  const [{ Sealer }, { KeyRing }] = await Promise.all([import("./sealer.js"), import("./key-ring.js")]);
  return new Sealer({
    signing: signing && new KeyRing("signing", signing),
    encryption: encryption && new KeyRing("encryption", encryption),
    prefix,
  });
}

async function ofEnvironment(): Promise<SecurityOptions> {
  const { TASKGEN_SIGNING_KEYS, TASKGEN_ENCRYPTION_KEYS } = process.env;
  if (!TASKGEN_SIGNING_KEYS && !TASKGEN_ENCRYPTION_KEYS) return {};
  return (await import("./environment.js")).securityOf(process.env);
}
