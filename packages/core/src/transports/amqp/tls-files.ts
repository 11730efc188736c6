import { readFile } from "node:fs/promises";
import { ConfigError } from "../../errors.js";

/** The options of a URL that name PEM files, by the names of RabbitMQ's URI specification, and what the driver calls them. */
export const TLS_FILES = { cacertfile: "ca", certfile: "cert", keyfile: "key" } as const;

type TlsOption = keyof typeof TLS_FILES;

export type TlsFiles = Readonly<Partial<Record<TlsOption, string>>>;

/** What `TlsFiles` hold. */
export type TlsSettings = Partial<Record<(typeof TLS_FILES)[TlsOption], Buffer>>;

const optionsOf = (files: object): TlsOption[] => Object.keys(files) as TlsOption[];

/**
 * The files that a URL names.
 * @throws ConfigError `BROKER_URL_INVALID` when the connection would not use them.
 */
export function tlsFilesOf({ protocol, searchParams }: URL): TlsFiles {
  const given = optionsOf(TLS_FILES).flatMap((option) => {
    const path = searchParams.get(option);
    return path === null ? [] : [[option, path] as const];
  });
  if (given.length > 0 && protocol !== "amqps:") {
    throw new ConfigError("BROKER_URL_INVALID", `${given[0]![0]} is for amqps: URLs; this one is not encrypted`);
  }
  return Object.fromEntries(given);
}

/**
 * Reads them, anew for each connection: certificates are replaced while a worker runs.
 * @throws ConfigError `BROKER_URL_INVALID` when one cannot be read.
 */
export async function readTlsFiles(files: TlsFiles): Promise<TlsSettings> {
  const settings: TlsSettings = {};
  for (const option of optionsOf(files)) {
    settings[TLS_FILES[option]] = await readFile(files[option]!).catch((cause: Error) => {
      throw new ConfigError("BROKER_URL_INVALID", `${option} cannot be read: ${cause.message}`, { cause });
    });
  }
  return settings;
}
