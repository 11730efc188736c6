import type { AnyApp, App } from "@taskgen/core";
import { internalsOf, type Connection } from "@taskgen/core/internal";

/** The same app, whose connection has faults injected around the real one. */
export function faulty(app: App, wrap: (connection: Connection) => Connection): AnyApp {
  const internals = internalsOf(app);
  const connection = internals.connection().then(wrap);
  const key = Object.getOwnPropertySymbols(Object.getPrototypeOf(app)).find(
    (symbol) => symbol === Symbol.for("taskgen.app"),
  )!;
  return { [key]: { ...internals, connection: () => connection } } as unknown as AnyApp;
}

/** The same object, with some of its methods replaced. */
export const over = <T extends object>(target: T, methods: Partial<T>): T =>
  new Proxy(target, {
    get: (_, key) => {
      if (Object.hasOwn(methods, key)) return methods[key as keyof T];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
