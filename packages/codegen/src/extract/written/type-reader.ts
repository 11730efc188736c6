import { ts } from "#compiler";
import {
  unionOf,
  withoutUndefined,
  type IndexModel,
  type ObjectModel,
  type PropertyModel,
  type TypeModel,
} from "../../contract/type-model.js";
import { compareCodeUnits } from "../../order.js";
import { isTakenName } from "../types/definitions.js";
import { literalModel } from "./literals.js";
import type { Declared, Modules, WrittenFile } from "./modules.js";
import { platformModel } from "./platform-names.js";
import { readTuple } from "./tuples.js";
import { giveUp } from "./undecided.js";

const { SyntaxKind } = ts;

const KEYWORDS: ReadonlyMap<ts.SyntaxKind, TypeModel> = new Map([
  [SyntaxKind.StringKeyword, { kind: "string" }],
  [SyntaxKind.NumberKeyword, { kind: "number" }],
  [SyntaxKind.BooleanKeyword, { kind: "boolean" }],
  [SyntaxKind.BigIntKeyword, { kind: "bigint" }],
  [SyntaxKind.UndefinedKeyword, { kind: "undefined" }],
  [SyntaxKind.VoidKeyword, { kind: "undefined" }],
] satisfies [ts.SyntaxKind, TypeModel][]);

/** The checker's reader has a bound of its own, which is further away. */
const MAX_DEPTH = 32;

/**
 * Reads models from types as they are written, for as long as what is written decides them: it gives what the checker's
 * reader gives, or gives up.
 */
export class WrittenTypeReader {
  readonly #modules: Modules;
  readonly #platform: ReadonlySet<string>;
  readonly #definitions = new Map<string, { readonly declared: Declared; model: TypeModel }>();
  /** Aliases that are being read and are no definitions. */
  readonly #open = new Set<ts.Node>();
  #depth = 0;

  /** @param platform the names that mean what the platform declares. */
  constructor(modules: Modules, platform: ReadonlySet<string>) {
    this.#modules = modules;
    this.#platform = platform;
  }

  /** What the refs of all models that were read lead to. */
  definitions(): Record<string, TypeModel> {
    const models = Array.from(this.#definitions, ([name, { model }]) => [name, model] as const);
    return Object.fromEntries(models.toSorted(([a], [b]) => compareCodeUnits(a, b)));
  }

  /** The type of something optional: `undefined` is no part of its model. */
  readOptional(node: ts.TypeNode, file: WrittenFile): TypeModel {
    const model = this.read(node, file);
    return model.kind === "undefined" ? { kind: "never" } : withoutUndefined(model);
  }

  /** @param file where the type is written. */
  read(node: ts.TypeNode, file: WrittenFile): TypeModel {
    if (++this.#depth > MAX_DEPTH) giveUp();
    const model = KEYWORDS.get(node.kind) ?? this.#compound(node, file);
    this.#depth--;
    return model;
  }

  #compound(node: ts.TypeNode, file: WrittenFile): TypeModel {
    if (ts.isLiteralTypeNode(node)) return literalModel(node.literal);
    if (ts.isParenthesizedTypeNode(node)) return this.read(node.type, file);
    if (ts.isArrayTypeNode(node)) return { kind: "array", element: this.read(node.elementType, file) };
    if (ts.isTupleTypeNode(node)) return readTuple(this, node, file);
    if (ts.isUnionTypeNode(node)) return unionOf(node.types.map((member) => this.read(member, file)));
    if (ts.isTypeLiteralNode(node)) return this.#object(node, file);
    if (ts.isTypeReferenceNode(node)) return this.#named(node, file);
    return isReadonlyList(node) ? this.read(node.type, file) : giveUp();
  }

  #named({ typeName, typeArguments }: ts.TypeReferenceNode, file: WrittenFile): TypeModel {
    if (!ts.isIdentifier(typeName)) return giveUp();
    const declared = this.#modules.resolve(typeName.text, file);
    if (declared !== undefined) return typeArguments === undefined ? this.#declared(declared) : giveUp();
    if (!this.#platform.has(typeName.text)) return giveUp();
    const models = Array.from(typeArguments ?? [], (node) => this.read(node, file));
    return platformModel(typeName.text, models) ?? giveUp();
  }

  #declared(declared: Declared): TypeModel {
    const { declaration, file } = declared;
    if (declaration.typeParameters !== undefined) return giveUp();
    if (ts.isInterfaceDeclaration(declaration)) {
      if (declaration.heritageClauses !== undefined) return giveUp();
      return this.#definition(declared, declaration);
    }
    const body = withoutParentheses(declaration.type);
    return ts.isTypeLiteralNode(body) ? this.#definition(declared, body) : this.#inline(declaration, body, file);
  }

  /** An object type with a name. */
  #definition(declared: Declared, members: Members): TypeModel {
    const name = declared.declaration.name.text;
    const known = this.#definitions.get(name);
    // Types of one name are numbered in the order in which the compiler meets them.
    if (known === undefined ? isTakenName(name) || name.startsWith("__") : !isSame(known.declared, declared)) giveUp();
    if (known === undefined) {
      const definition = { declared, model: UNREAD };
      this.#definitions.set(name, definition);
      definition.model = this.#object(members, declared.file);
    }
    return { kind: "ref", name };
  }

  /** An alias of anything else: its name is lost, unless it contains itself. n.b. one of a mapped type keeps it. */
  #inline(declaration: ts.TypeAliasDeclaration, body: ts.TypeNode, file: WrittenFile): TypeModel {
    if (this.#open.has(declaration) || this.#isRecord(body, file)) return giveUp();
    this.#open.add(declaration);
    const model = this.read(body, file);
    this.#open.delete(declaration);
    return model;
  }

  #isRecord(node: ts.TypeNode, file: WrittenFile): boolean {
    const name = ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName) ? node.typeName.text : undefined;
    return name === "Record" && this.#modules.resolve(name, file) === undefined;
  }

  #object({ members }: Members, file: WrittenFile): ObjectModel {
    const properties = members.filter(ts.isPropertySignature).map((member) => this.#property(member, file));
    const index = members.filter(ts.isIndexSignatureDeclaration).map((member) => this.#index(member, file));
    const names = new Set(properties.map(({ name }) => name));
    const isRead = properties.length + index.length === members.length && names.size === properties.length;
    // Two index signatures may be of one key.
    if (!isRead || members.length === 0 || index.length > 1) return giveUp();
    properties.sort((a, b) => compareCodeUnits(a.name, b.name));
    return { kind: "object", properties, ...(index.length > 0 && { index }) };
  }

  #property({ name, type, questionToken, initializer }: PropertySignature, file: WrittenFile): PropertyModel {
    const key = ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : giveUp();
    if (key.startsWith("__") || type === undefined || initializer !== undefined) return giveUp();
    if (questionToken === undefined) return { name: key, type: this.read(type, file) };
    return { name: key, type: this.readOptional(type, file), optional: true };
  }

  #index({ parameters: [parameter], type }: ts.IndexSignatureDeclaration, file: WrittenFile): IndexModel {
    const key = parameter?.type === undefined ? giveUp() : this.read(parameter.type, file);
    if (key.kind !== "string" && key.kind !== "number") return giveUp();
    return { key, value: this.read(type, file) };
  }
}

/** Stands for a model until it is read. */
const UNREAD: TypeModel = { kind: "never" };

type Members = Pick<ts.TypeLiteralNode, "members">;

/** The parser lets an initializer through, and reports it. */
type PropertySignature = ts.PropertySignature & { readonly initializer?: ts.Expression };

const isSame = (a: Declared, b: Declared): boolean => a.declaration === b.declaration;

const isReadonlyList = (node: ts.TypeNode): node is ts.TypeOperatorNode =>
  ts.isTypeOperatorNode(node) &&
  node.operator === SyntaxKind.ReadonlyKeyword &&
  (ts.isArrayTypeNode(node.type) || ts.isTupleTypeNode(node.type));

const withoutParentheses = (node: ts.TypeNode): ts.TypeNode =>
  ts.isParenthesizedTypeNode(node) ? withoutParentheses(node.type) : node;
