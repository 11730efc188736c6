import { symlink } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { TaskTypes } from "../../packages/codegen/dist/contract/type-model.js";
import type { Files } from "../support/task-project.js";
import { portableProject, type PortableProject } from "./portable-project.js";
import { array, builtin, literal, NUMBER, object, ref, simple, STRING, taskTypes, union } from "./models.js";

/** A service whose tasks import what no consumer has. */
const ORDERS_FILES: Files = {
  "package.json":
    '{ "name": "@acme/orders", "version": "1.4.2", "license": "MIT", "type": "module", "private": true }\n',
  "src/secret.ts":
    'import { readFileSync } from "node:fs";\nexport const secret = (): string => (readFileSync, "code-of-the-service");\n',
  "src/tasks/math.task.ts": `
import { task } from "@taskgen/core";
/** Adds two numbers. */
export const add = task((x: number, y: number) => x + y);
/**
 * What comes of it.
 *
 * @deprecated use \`add\`
 */
export const sum = task({ queue: "maths", expires: "1h" }, (numbers: readonly number[], ...more: number[]) =>
  [...numbers, ...more].reduce((a, b) => a + b, 0));
`,
  "src/billing/tasks/charge.task.ts": `
import { task } from "@taskgen/core";
import { z } from "zod";
import { secret } from "../../secret.js";
import type { Page } from "../page.js";
export class CardDeclined extends Error {
  readonly code = "CARD_DECLINED";
  constructor(readonly balance: bigint) { super(secret()); }
}
export enum Currency { Euro = "EUR", Dollar = "USD" }
const OrderId = z.string().brand("OrderId");
type OrderId = z.infer<typeof OrderId>;
interface Receipt { at: Date; order: OrderId; currency: Currency; next?: Receipt }
/** Charges an order. */
export const charge = task({ name: "charge-order", throws: [CardDeclined] },
  async (order: OrderId, options?: { dryRun?: boolean; currency?: Currency }): Promise<Receipt> => {
    if (order === "broke") throw new CardDeclined(5n);
    return { at: new Date(0), order, currency: options?.currency ?? Currency.Euro };
  });
export const history = task(async (): Promise<Page> => ({ items: [] }));
`,
  "src/billing/page.ts": "export interface Page { items: string[]; after?: string }\n",
  "src/tasks/pages.task.ts": `
import { task } from "@taskgen/core";
interface Page { number: number; links: Set }
interface Set { home: URL; stub: Buffer }
export const pages = task((count: number): Page[] => []);
`,
};

const RECEIPT = object({
  ...{ at: builtin("Date"), order: STRING, "next?": ref("Receipt") },
  currency: union(literal("EUR"), literal("USD")),
});

/** Their types by wire name. */
const ORDERS_TYPES: Readonly<Record<string, TaskTypes>> = {
  add: taskTypes({ x: NUMBER, y: NUMBER }, NUMBER),
  sum: taskTypes({ numbers: array(NUMBER), "...more": NUMBER }, NUMBER),
  "charge-order": taskTypes(
    {
      order: STRING,
      "options?": object({ "dryRun?": simple("boolean"), "currency?": union(literal("EUR"), literal("USD")) }),
    },
    ref("Receipt"),
    { types: { Receipt: RECEIPT }, errors: { CARD_DECLINED: object({ balance: simple("bigint") }) } },
  ),
  "billing.history": taskTypes({}, ref("Page"), {
    types: { Page: object({ items: array(STRING), "after?": STRING }) },
  }),
  pages: taskTypes({ count: NUMBER }, array(ref("Page")), {
    types: {
      Page: object({ number: NUMBER, links: ref("Set") }),
      Set: object({ home: builtin("URL"), stub: builtin("Buffer") }),
    },
  }),
};

const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** The service as a project. */
export async function ordersProject(): Promise<PortableProject> {
  const orders = await portableProject(ORDERS_FILES, ORDERS_TYPES);
  await symlink(`${MODULES}/zod`, orders.project.path("node_modules/zod"));
  return orders;
}
