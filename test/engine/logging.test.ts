import type { Logger, Stub } from "@taskgen/core";
import { stub } from "@taskgen/core/internal";
import { describe, expect, it } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
// @ts-expect-error a fixture in plain JavaScript
import { registry } from "./fixtures/wrapped-tasks.js";
import { places, Scene } from "./scene.js";

type Line = readonly [level: string, message: string, fields: Readonly<Record<string, unknown>>];

interface Lines extends Logger {
  readonly lines: Line[];
}

/** A logger that keeps what it is given. */
function keeping(enabled?: (level: string) => boolean): Lines {
  const lines: Line[] = [];
  const at = (level: string) => (fields: object | string, message?: string) =>
    void lines.push([level, message ?? "", fields as Line[2]]);
  return {
    ...{ lines, debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") },
    ...(enabled && { isLevelEnabled: enabled }),
  };
}

const everything = (): boolean => true;
const ID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/;
const messages = ({ lines }: Lines): string[] =>
  lines.map(([level, message]) => `${level} ${message.replace(ID, "id").replace(/in [\d.]+s/, "in ?s")}`);

describe.each(places.filter(({ name }) => name.startsWith("memory")))("the logger of a worker on $name", (place) => {
  expectNothingLeftRunning();

  const run = async (logger: Logger, calls: readonly (readonly [task: string, ...args: unknown[]])[]) => {
    const scene = await Scene.open(place);
    const worker = await scene.worker({ registry, logger });
    const ends = [];
    for (const [task, ...args] of calls)
      ends.push(await (await scene.app.sendUnchecked(task, args)).settled({ timeout: "60s" }));
    await worker.stop();
    return ends;
  };

  it("gets lines like Celery's, with their parts as fields", async () => {
    const logger = keeping();
    await run(logger, [["doubled", 4], ["failing"], ["rejecting"], ["ignoring"]]);
    expect(messages(logger)).toContain("info Task doubled[id] succeeded in ?s: 8");
    expect(messages(logger)).toContain('error Task failing[id] raised unexpected: RangeError("no")');
    expect(messages(logger)).toContain('warn Task rejecting[id] rejected: RejectTask("not this one")');
    expect(messages(logger)).toContain("info Task ignoring[id] ignored");
    const [, , failed] = logger.lines.find(([, message]) => message.includes("raised unexpected"))!;
    expect(failed).toEqual({
      ...{ event: "task-failed", task: "failing", id: expect.any(String), runtime: expect.any(Number) },
      ...{ error: 'RangeError("no")', expected: false, stack: expect.stringContaining("wrapped-tasks.js") },
    });
  });

  it("gets the lines of tasks with the fields that they gave, as plain data", async () => {
    const logger = keeping(everything);
    await run(logger, [["logging"]]);
    const own = logger.lines.filter(([, message]) => message.startsWith("logging["));
    const carried = { task: "logging", id: expect.stringMatching(ID) };
    const wanted = [
      ["debug", "fine", {}],
      ["info", "shipped", { order: 17, list: [1, "two"], at: "1970-01-01T00:00:00.000Z" }],
      [
        ...["warn", ""],
        { big: "10", call: "[Function: shown]", long: `${"x".repeat(1_024)}…`, map: "Map(1) { 1 => 2 }" },
      ],
      ["error", "odd", { circular: expect.objectContaining({ name: "circular" }), broken: "[unreadable]" }],
      ["info", "child", { step: 2, part: 1 }],
      ["error", "alone", { err: expect.objectContaining({ type: "RangeError", message: "alone" }) }],
    ] as const;
    expect(own).toEqual(
      wanted.map(([level, text, fields]) => [
        level,
        expect.stringMatching(new RegExp(`^logging\\[[\\w-]{36}\\]: ${text}$`)),
        { ...fields, ...carried },
      ]),
    );
  });

  it("gets arguments only where it writes what is for debugging", async () => {
    const [quiet, told, silent] = [keeping(), keeping(everything), keeping((level) => level === "error")];
    await run(quiet, [["doubled", 4]]);
    await run(told, [
      ["doubled", 4],
      ["seen", "a", { b: [1n] }],
    ]);
    await run(silent, [["doubled", 4]]);
    expect(messages(quiet)[0]).toBe("info Task doubled[id] received");
    expect(messages(told)[0]).toBe("debug Task doubled[id] received: [4]");
    expect(messages(told)).toContain('debug Task seen[id] received: ["a", { b: [ 1n ] }]');
    // the lines of a task are the logger's to choose
    expect(messages(silent)).toEqual([
      "info doubled[id]: onSuccess 8 true undefined",
      "info doubled[id]: afterReturn SUCCESS 8",
    ]);
  });

  it("gets long values cut", async () => {
    const logger = keeping(everything);
    await run(logger, [
      ["doubled", "y".repeat(2_000)],
      ["doubled", "z".repeat(100_000)],
    ]);
    const [received, longer] = messages(logger).filter((line) => line.includes(" received: "));
    expect(received).toBe(`debug Task doubled[id] received: ["${"y".repeat(1_022)}…`);
    expect(longer).toBe(`debug Task doubled[id] received: ["${"z".repeat(1_022)}…`);
  });

  it("may throw: no task notices, and the worker warns once", async () => {
    const broken = (): never => {
      throw new TypeError("the logger is wrong");
    };
    const logger: Logger = { debug: broken, info: broken, warn: broken, error: broken, isLevelEnabled: broken };
    const scene = await Scene.open(place);
    const worker = scene.newWorker({ registry, logger });
    const warnings: Error[] = [];
    worker.on("warning", ({ error }) => warnings.push(error));
    await worker.start();
    expect(await scene.app.sendUnchecked("logging", []).get({ timeout: "60s" })).toBe("logged");
    expect(warnings).toMatchObject([{ cause: { message: "the logger is wrong" } }]);
  });

  it("never gets what a task calls sensitive", async () => {
    const logger = keeping(everything);
    const purse = { cards: [{ number: "4111" }, { number: "4222", name: "b" }] };
    const [end] = await run(logger, [
      ["secret", { token: "sk_live", name: "ann" }, purse],
      ["secret", "sk_live", new Map([["cards", [{ number: "4111" }]]])],
      ["secret", [{ token: "sk_live" }], { cards: "4111" }],
      ["secret", { token: "sk_live".repeat(20_000) }, purse],
      ["secretDate"],
    ]);
    expect(end).toMatchObject({ ok: true, value: { iban: "IBAN sk_live", cards: 2 } });
    const text = JSON.stringify(logger.lines);
    for (const secret of ["sk_live", "4111", "4222", "IBAN"]) expect(text).not.toContain(secret);
    const lines = messages(logger);
    expect(lines[0]).toBe(
      'debug Task secret[id] received: [{"token":"[redacted]","name":"ann"}, {"cards":[{"number":"[redacted]"},{"number":"[redacted]","name":"b"}]}]',
    );
    expect(lines[1]).toBe('info Task secret[id] succeeded in ?s: {"iban":"[redacted]","cards":2}');
    expect(lines.at(-1)).toContain("{ iban: '[redacted]', at: 1970-01-01T00:00:00.000Z }");
  });

  it("shows nothing sensitive in why arguments were refused", async () => {
    const logger = keeping(everything);
    const [end] = await run(logger, [["secretArgs", { token: "sk_live", name: "ann" }]]);
    expect(end).toMatchObject({ ok: false, state: "REJECTED", error: { code: "INVALID_ARGUMENTS" } });
    expect((end as { readonly error: Error }).error.message).toMatch(
      /argument 1 \.token: does not fit \[redacted\]; argument 1: does not fit \[redacted\]; argument 1 \.name: received ann$/,
    );
    expect(JSON.stringify(logger.lines)).not.toContain("sk_live");
  });
});

describe("a caller that checks arguments", () => {
  expectNothingLeftRunning();

  it("says where they do not fit, but not what was received of a task with sensitive ones", async () => {
    const { app } = await Scene.open(places[0]!);
    const args = { check: () => [{ path: [0, "token"], message: 'expected "a", received "sk_live"' }] };
    const call = (sensitive: boolean): Promise<unknown> =>
      stub<Stub<unknown[], unknown>>(app, "secret", { args, sensitive }).delay({ token: "sk_live" });
    const code = "INVALID_ARGUMENTS";
    await expect(call(false)).rejects.toMatchObject({ code, message: expect.stringContaining("sk_live") });
    const message = "[INVALID_ARGUMENTS] call of secret: argument 1 .token: does not fit [redacted]";
    await expect(call(true)).rejects.toMatchObject({ code, message });
  });
});
