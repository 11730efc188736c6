import type { Stub } from "@taskgen/core";
import { tasks } from "./fixtures/shop/src/_generated/client.js";
import { typeOf } from "./type-of.js";

// Tasks that send tasks through the client keep their types.
typeOf(tasks.countdown).is<Stub<[from: number], number>>();
typeOf(tasks.tick).is<Stub<[left: number], void>>();
typeOf(tasks.tock).is<Stub<[left: number], void>>();
typeOf(tasks.total).is<Stub<[a: number, b: number], number>>();
typeOf(tasks.factorial).is<Stub<[n: number], number>>();
