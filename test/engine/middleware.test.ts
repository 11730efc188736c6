import { PublishError, type App, type Middleware, type OutgoingCall, type Publish, type Stub } from "@taskgen/core";
import { internalsOf, stub } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { deferred } from "../support/deferred.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { within } from "../support/within.js";
import { places, Scene } from "./scene.js";

const place = places[0]!;
type Add = Stub<[x: unknown, y: unknown], number>;

/** A middleware around calls alone. */
const publishing = (publish: (next: Publish) => Publish): Middleware => ({ publish });

describe("middleware", () => {
  expectNothingLeftRunning();

  const open = (...middleware: readonly Middleware[]): Promise<Scene> => Scene.open(place, { middleware });
  const addOf = (app: App): Add => stub<Add>(app, "add");
  /** The sizes of the batches that an app sends from now on. */
  const batches = async (app: App): Promise<number[]> => {
    const { transport } = await internalsOf(app).connection();
    const send = transport.send.bind(transport);
    const sizes: number[] = [];
    Object.assign(transport, {
      send: (...[batch, deadline]: Parameters<typeof send>) => {
        sizes.push(batch.length);
        return send(batch, deadline);
      },
    });
    return sizes;
  };

  it("wraps calls where they are made, the first outermost", async () => {
    const steps: string[] = [];
    const named = (name: string): Middleware => ({
      publish: (next) => async (call) => {
        steps.push(`${name} sends ${call.task}`);
        await next(call);
        steps.push(`${name} has sent`);
      },
    });
    const { app } = await open(named("a"));
    expect(app.use(named("b"))).toBe(app);
    await addOf(app).delay(4, 4);
    expect(steps).toEqual(["a sends add", "b sends add", "b has sent", "a has sent"]);
  });

  it("runs around every run, the first outermost, and may change its value", async () => {
    const steps: string[] = [];
    const plus: Middleware = (next) => async (task, args) => {
      steps.push(`plus ${task.name}`);
      return ((await next(task, args)) as number) + 1;
    };
    const scene = await open(plus);
    scene.app.use({
      run: (next) => async (task, args) => {
        steps.push("times");
        return ((await next(task, args)) as number) * 10;
      },
    });
    await scene.worker();
    expect(await addOf(scene.app).delay(4, 4).get({ timeout: "60s" })).toBe(81);
    expect(steps).toEqual(["plus add", "times"]);
  });

  it("is fixed once a call was made, or a worker runs the tasks", async () => {
    const late = { code: "OPTION_INVALID", message: expect.stringContaining("too late") };
    const { app } = await open();
    await addOf(app).delay(1, 1);
    expect(() => app.use({})).toThrow(expect.objectContaining(late));
    const scene = await open();
    await scene.worker();
    expect(() => scene.app.use({})).toThrow(expect.objectContaining(late));
  });

  it("may pass on other arguments, options and headers", async () => {
    const scene = await open(
      publishing((next) => ({ args, options, ...call }) => {
        const headers = { ...options.headers, tenant: "acme" };
        return next({ ...call, args: [...args, "more"], options: { ...options, headers, ignoreResult: false } });
      }),
    );
    await scene.worker();
    const { app } = scene;
    expect(await app.sendUnchecked("greet", [], { ignoreResult: true }).get({ timeout: "60s" })).toBe("hello more");
    const seen = await app.sendUnchecked("context", [], { headers: { own: "x" } }).get({ timeout: "60s" });
    expect(seen).toMatchObject({ headers: { own: "x", tenant: "acme" } });
  });

  it("refuses a call by throwing", async () => {
    const reason = new RangeError("not on Sundays");
    const { app } = await open(
      publishing(() => () => {
        throw reason;
      }),
    );
    const call = addOf(app).delay(1, 1);
    const error: unknown = await call.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PublishError);
    expect(error).toMatchObject({ code: "PUBLISH_REFUSED", certain: true, cause: reason, taskName: "add" });
    expect(error).toMatchObject({ taskId: call.id, message: expect.stringContaining("not on Sundays") });
  });

  it("must pass a call on, and no other one", async () => {
    const silent = await open(publishing(() => async () => {}));
    await expect(addOf(silent.app).delay(1, 1)).rejects.toMatchObject({ code: "PUBLISH_REFUSED" });
    const others: Partial<OutgoingCall>[] = [{ id: "another" }, { task: "greet" }];
    for (const other of others) {
      const { app } = await open(publishing((next) => (call) => next({ ...call, ...other })));
      await expect(addOf(app).delay(1, 1)).rejects.toMatchObject({ code: "OPTION_INVALID" });
      await expect(addOf(app).delayMany([[1, 1]])).rejects.toMatchObject({ code: "OPTION_INVALID" });
    }
  });

  it("cannot hide what became of a call", async () => {
    const { app } = await open(publishing((next) => (call) => next(call).catch(() => {})));
    await expect(addOf(app).delay(() => 1, 1)).rejects.toMatchObject({ code: "NOT_SERIALIZABLE" });
    const throwing = await open(
      publishing((next) => async (call) => {
        await next(call);
        throw new Error("afterwards");
      }),
    );
    await expect(addOf(throwing.app).delay(1, 1)).rejects.toMatchObject({ code: "ENQUEUE_UNKNOWN", certain: false });
    const waitless = await open(publishing((next) => async (call) => void next(call)));
    await expect(addOf(waitless.app).delay(() => 1, 1)).rejects.toMatchObject({ code: "NOT_SERIALIZABLE" });
  });

  it("holds state for all calls of an app, and keeps calls of one id apart", async () => {
    let made = 0;
    const counts: number[] = [];
    const scene = await open(
      publishing((next) => {
        made++;
        let count = 0;
        return async (call) => {
          counts.push(++count);
          await Promise.resolve();
          await next(call);
        };
      }),
    );
    await scene.worker();
    const twice = [1, 2].map(() => scene.app.sendUnchecked("add", [2, 2], { taskId: "same" }));
    expect((await Promise.all(twice)).map(({ id }) => id)).toEqual(["same", "same"]);
    expect(await scene.app.result("same").get({ timeout: "60s" })).toBe(4);
    expect([made, counts]).toEqual([1, [1, 2]]);
  });

  it("sees each call of a list, which is still sent in one batch", async () => {
    const seen: (readonly unknown[])[] = [];
    const scene = await open(
      publishing((next) => async (call) => {
        seen.push(call.args);
        for (let turns = Number(call.args[0]); turns > 0; turns--) await new Promise((done) => setImmediate(done));
        await next(call);
      }),
    );
    await scene.worker();
    const sizes = await batches(scene.app);
    const lists: [unknown, unknown][] = [
      [3, 1],
      [0, 2],
      [1, 3],
    ];
    expect(await addOf(scene.app).delayMany(lists).get({ timeout: "60s" })).toEqual([4, 2, 4]);
    expect([seen, sizes]).toEqual([lists, [3]]);
  });

  it("sends none of a list when one of it is refused or cannot travel", async () => {
    const { app } = await open(
      publishing((next) => async (call) => {
        if (call.args[0] === "refused") throw new Error("no");
        await next(call);
      }),
    );
    const sizes = await batches(app);
    for (const [bad, code] of [
      ["refused", "PUBLISH_REFUSED"],
      [() => 1, "NOT_SERIALIZABLE"],
    ]) {
      const many = addOf(app).delayMany([
        [1, 1],
        [bad, 2],
        [3, 3],
      ]);
      await expect(many).rejects.toMatchObject({ errors: [{ code, taskId: many.ids[1] }] });
    }
    expect(sizes).toEqual([]);
  });

  it("fails a list of which one call waits for another, after the time that calls have", async () => {
    let last: Promise<unknown> = Promise.resolve();
    const oneByOne = publishing((next) => (call) => {
      const before = last;
      const sent = (async (): Promise<void> => {
        await before;
        await next(call);
      })();
      last = sent.catch(() => {});
      return sent;
    });
    const { app } = await Scene.open(place, { middleware: [oneByOne], publishTimeout: "200ms" });
    const lists: [unknown, unknown][] = [
      [1, 1],
      [2, 2],
    ];
    await expect(within("the list", addOf(app).delayMany(lists))).rejects.toMatchObject({
      errors: [{ code: "NOT_ENQUEUED" }, { code: "NOT_ENQUEUED" }],
    });
  });

  it("takes arguments as they are when it passes the call on", async () => {
    const gate = deferred();
    const scene = await open(
      publishing((next) => async (call) => {
        await gate.promise;
        await next(call);
      }),
    );
    await scene.worker();
    const list = ["before"];
    const call = scene.app.sendUnchecked("early", [list]);
    list.push("after");
    gate.resolve();
    expect(await call.get({ timeout: "60s" })).toEqual(["before", "after"]);
  });

  it("is not needed: without it arguments are taken at the call", async () => {
    const scene = await open((next) => next);
    await scene.worker();
    const list = ["before"];
    const call = scene.app.sendUnchecked("early", [list]);
    list.push("after");
    expect(await call.get({ timeout: "60s" })).toEqual(["before"]);
  });
});
