import { hash } from "node:crypto";
import { compareCodeUnits } from "../order.js";
import { alternativesOf, type Alternative, type Definitions } from "./alternatives.js";
import { writeNode, type Part } from "./node-text.js";
import type { TypeModel } from "./type-model.js";

/** The text of a node with holes for the parts that reach a cycle. */
interface Skeleton {
  /** One more than there are holes. */
  readonly texts: readonly string[];
  readonly holes: readonly (readonly Alternative[])[];
  /** Tells skeletons apart. */
  readonly number: number;
}

/** What marks a hole; JSON never holds it. */
const HOLE = "\0";

type Colours = ReadonlyMap<Alternative, string>;

/**
 * Types as a graph without names: its nodes are alternatives, and two nodes are alike when no walk from them tells them apart.
 * The colour of a node that reaches no cycle is the hash of its text. The others are coloured by rounds, each of which hashes
 * their texts with the colours of the round before, until a round tells no more of them apart (Moore's minimisation).
 */
export class TypeGraph {
  readonly #definitions: Definitions;
  readonly #alternatives = new Map<TypeModel, readonly Alternative[]>();
  /** Of nodes that reach no cycle. */
  readonly #colours = new Map<Alternative, string>();
  /** Of nodes that reach a cycle. */
  readonly #skeletons = new Map<Alternative, Skeleton>();
  readonly #open = new Set<Alternative>();
  /** Colours of nodes that reach a cycle, by the set of all that are coloured with them. */
  readonly #refined = new Map<string, Colours>();

  constructor(definitions: Definitions) {
    this.#definitions = definitions;
  }

  /** The canonical JSON of whatever `write` makes of its parts: the same for the same types under any names. */
  canonicalJson(write: (part: Part) => string): string {
    const root = this.#skeletonOf(write);
    const colours = this.#colour(this.#endlessBelow(root));
    const numbers = new Map<string, number>();
    const recursive: string[] = [];
    const reference = (node: Alternative): string => {
      const colour = colours.get(node);
      if (colour === undefined) return this.#colours.get(node) ?? "";
      const known = numbers.get(colour);
      if (known !== undefined) return String(known);
      const number = numbers.size;
      numbers.set(colour, number);
      recursive[number] = fill(this.#skeletonOfNode(node), references);
      return String(number);
    };
    const references = (hole: readonly Alternative[]): string[] =>
      this.#inOrder(hole, colours).map(([, node]) => reference(node));
    return `{"root":${fill(root, references)},"recursive":[${recursive.join(",")}]}`;
  }

  #skeletonOf(write: (part: Part) => string): Skeleton {
    const holes: (readonly Alternative[])[] = [];
    const part: Part = (type, optional) => {
      const nodes = this.#nodes(type, optional);
      const colours = new Set(nodes.map((node) => this.#colourOf(node) ?? HOLE));
      if (!colours.has(HOLE)) return `[${[...colours].toSorted(compareCodeUnits).join(",")}]`;
      holes.push(nodes);
      return HOLE;
    };
    return { texts: write(part).split(HOLE), holes, number: this.#skeletons.size };
  }

  /** The colour of a node, or `undefined` if it reaches a cycle; what is open is part of one. */
  #colourOf(node: Alternative): string | undefined {
    const known = this.#colours.get(node);
    if (known !== undefined || this.#skeletons.has(node) || this.#open.has(node)) return known;
    this.#open.add(node);
    const skeleton = this.#skeletonOf((part) => writeNode(node, part));
    this.#open.delete(node);
    if (skeleton.holes.length > 0) {
      this.#skeletons.set(node, skeleton);
      return undefined;
    }
    const colour = digest(skeleton.texts[0] ?? "");
    this.#colours.set(node, colour);
    return colour;
  }

  #skeletonOfNode(node: Alternative): Skeleton {
    return this.#skeletons.get(node) ?? { texts: [""], holes: [], number: -1 };
  }

  /** The nodes below that reach a cycle. */
  #endlessBelow(root: Skeleton): Set<Alternative> {
    const found = new Set<Alternative>();
    const visit = ({ holes }: Skeleton): void => {
      for (const node of holes.flat()) {
        if (found.has(node) || !this.#skeletons.has(node)) continue;
        found.add(node);
        visit(this.#skeletonOfNode(node));
      }
    };
    visit(root);
    return found;
  }

  #colour(nodes: ReadonlySet<Alternative>): Colours {
    const numbers = [...nodes].map((node) => this.#skeletonOfNode(node).number);
    const key = numbers.toSorted((a, b) => a - b).join();
    const colours = this.#refined.get(key) ?? this.#refine(nodes);
    this.#refined.set(key, colours);
    return colours;
  }

  #refine(nodes: ReadonlySet<Alternative>): Colours {
    let colours: Colours = new Map([...nodes].map((node) => [node, ""]));
    for (let told = 0; ;) {
      const known = colours;
      const names = (hole: readonly Alternative[]): string[] => this.#inOrder(hole, known).map(([colour]) => colour);
      colours = new Map([...nodes].map((node) => [node, digest(fill(this.#skeletonOfNode(node), names))]));
      const count = new Set(colours.values()).size;
      if (count === told) return colours;
      told = count;
    }
  }

  /** Nodes in order of their colours, one of each. */
  #inOrder(nodes: readonly Alternative[], endless: Colours): [string, Alternative][] {
    const found = new Map(nodes.map((node) => [this.#colours.get(node) ?? endless.get(node) ?? "", node]));
    return [...found].toSorted(([a], [b]) => compareCodeUnits(a, b));
  }

  #nodes(type: TypeModel, optional = false): readonly Alternative[] {
    let nodes = this.#alternatives.get(type);
    if (nodes === undefined) this.#alternatives.set(type, (nodes = alternativesOf(type, this.#definitions)));
    return optional ? nodes.filter(({ kind }) => kind !== "undefined") : nodes;
  }
}

const fill = ({ texts, holes }: Skeleton, write: (hole: readonly Alternative[]) => readonly string[]): string =>
  texts.map((text, at) => text + (holes[at] === undefined ? "" : `[${write(holes[at]).join(",")}]`)).join("");

/** Short texts stand for themselves. */
const digest = (text: string): string => (text.length < 46 ? text : `"${hash("sha256", text, "base64")}"`);
