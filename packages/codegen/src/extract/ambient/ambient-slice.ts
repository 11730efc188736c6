import type { AmbientFile, AmbientUnit, Behind } from "./units.js";

/** The files that declare globals in every program with the same options. */
export interface AmbientIndex {
  readonly files: readonly AmbientFile[];
  /** The names that mean what the platform declares. */
  readonly platform: readonly string[];
}

/** What each program asks for, and what declarations in most task files come to. */
const USUAL = (
  "Array ReadonlyArray Object Function CallableFunction NewableFunction IArguments String Number Boolean RegExp Symbol " +
  "Promise PromiseLike Date Exclude Omit AbortSignal AsyncDisposable URL"
).split(" ");

/** Spread over so many units that they are taken only where they are asked for. */
const WIDE: ReadonlySet<string> = new Set(["NodeJS", "Intl"]);

/** Of what a module imports little is needed most of the time, unless that is all that it has. */
const isLikely = (name: string, { mentions }: AmbientUnit): boolean =>
  !WIDE.has(name) && (!name.startsWith('"') || mentions.length === 1);

/**
 * As much of what declares globals as declares certain names. A name is declared as a whole, in each file that does, or not at
 * all; one that is not, and yet asked for, is missed.
 */
export class AmbientSlice {
  readonly platform: readonly string[];
  readonly #files: ReadonlyMap<string, AmbientFile>;
  readonly #byName: ReadonlyMap<string, readonly AmbientUnit[]>;
  readonly #names = new Set<string>();
  readonly #units = new Set<AmbientUnit>();
  readonly #missed = new Set<string>();
  #growths = 0;

  constructor({ files, platform }: AmbientIndex, names: Iterable<string>) {
    this.platform = platform;
    this.#files = new Map(files.map((file) => [file.path, file]));
    this.#byName = unitsByName(files);
    this.#want([...USUAL, ...names], isLikely);
  }

  get paths(): Iterable<string> {
    return this.#files.keys();
  }

  /** Those that name what other files export. */
  get barrels(): readonly string[] {
    return [...this.#files.values()].filter(({ isBarrel }) => isBarrel === true).map(({ path }) => path);
  }

  /** What a barrel leads to with all of its parts. */
  behind(path: string): Behind | undefined {
    return this.#files.get(path)?.behind;
  }

  /** The files that declare globals. */
  get scripts(): readonly string[] {
    return [...this.#files.values()].filter(({ isBarrel }) => isBarrel !== true).map(({ path }) => path);
  }

  /** The names that some files declare, and the slice does not. */
  absent(paths: readonly string[]): readonly string[] {
    const units = paths.flatMap((path) => this.#files.get(path)?.units ?? []);
    return [...new Set(units.flatMap(({ names = [] }) => names))].filter((name) => !this.#names.has(name));
  }

  /** Names that were asked for and are absent. */
  get missed(): ReadonlySet<string> {
    return this.#missed;
  }

  /** Somebody has asked for an absent name. */
  readonly miss = (name: string): void => void this.#missed.add(name);

  /** Adds what was missed; from the second time on with all that it may lead to. */
  grow(): void {
    this.#want([...this.#missed], this.#growths++ > 0 ? () => true : isLikely);
    this.#missed.clear();
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  text(path: string): string | undefined {
    const file = this.#files.get(path);
    if (file === undefined) return undefined;
    const units = file.units.filter((unit) => unit.names === undefined || this.#units.has(unit));
    const end = file.isModule && units.length === 0 ? "export {};\n" : "";
    return file.head + units.map(({ text }) => text).join("") + end;
  }

  /** @param follows whether a name that a unit mentions is wanted too */
  #want(names: string[], follows: (name: string, unit: AmbientUnit) => boolean): void {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      if (this.#names.has(name) || !this.#byName.has(name)) continue;
      this.#names.add(name);
      for (const unit of this.#byName.get(name) ?? []) {
        if (this.#units.has(unit)) continue;
        this.#units.add(unit);
        names.push(...(unit.names ?? []), ...unit.mentions.filter((mention) => follows(mention, unit)));
      }
    }
  }
}

function unitsByName(files: readonly AmbientFile[]): ReadonlyMap<string, readonly AmbientUnit[]> {
  const found = new Map<string, AmbientUnit[]>();
  for (const unit of files.flatMap(({ units }) => units)) {
    for (const name of unit.names ?? []) found.set(name, [...(found.get(name) ?? []), unit]);
  }
  return found;
}
