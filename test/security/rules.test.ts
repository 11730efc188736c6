import { createApp, CodecError, type AppOptions, type SecurityOptions } from "@taskgen/core";
import { decodeMessage, internalsOf, REVOKE_TOPIC, type Envelope, type Header } from "@taskgen/core/internal";
import { describe, expect, it, onTestFinished } from "vitest";
import { nextEvent, places, Scene } from "../engine/scene.js";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { inject, intercept, KEYS, securedScene, securedWorker, withHeader } from "./secured-scene.js";

const place = places.find(({ name }) => name === "sqlite, inline")!;
const threads = places.find(({ name }) => name === "sqlite, threads")!;
const { signing, encryption } = KEYS;
const onlySigned = { security: { signing } };
const LIMIT = { timeout: "60s" } as const;

/** Another app on the broker of a scene. */
function appOn(scene: Scene, options: AppOptions): ReturnType<typeof createApp> {
  const app = createApp({ ...scene.where, ...options });
  onTestFinished(() => app.close());
  return app;
}

/** How a call ends that somebody changed on its way; a worker takes it after. */
async function endOf(security: SecurityOptions, change: (envelope: Envelope) => Envelope): Promise<unknown> {
  const scene = await securedScene(place, { security });
  const options = { headers: { tenant: "a" }, expires: "1h", timeLimit: "10s" } as const;
  await scene.app.sendUnchecked("add", [4, 4], options);
  const changed = change(await intercept(scene));
  await inject(scene, changed);
  await securedWorker(scene);
  return scene.app
    .result(changed.id)
    .get(LIMIT)
    .catch((error: unknown) => error);
}

const header = (change: (header: Header) => object) => (envelope: Envelope) => withHeader(envelope, change);

const CHANGES: Readonly<Record<string, (envelope: Envelope) => Envelope>> = {
  "its task": header((is) => ({ ...is, task: "greet" })),
  "its contract": header((is) => ({ ...is, hash: "0" })),
  "its headers": header((is) => ({ ...is, headers: { tenant: "b" } })),
  "a header that was added": header((is) => ({ ...is, headers: { tenant: "a", more: "b" } })),
  "its time limit": header((is) => ({ ...is, timeLimit: 20_000 })),
  "where it comes from": header((is) => ({ ...is, rootId: "root", parentId: "parent" })),
  "whether it stores a result": header((is) => ({ ...is, ignoreResult: false })),
  "a field that nobody knows": header((is) => ({ ...is, later: 1 })),
  "its id": (envelope) => ({ ...envelope, id: "another-id" }),
  "its expiry": (envelope) => ({ ...envelope, expires: envelope.expires! + 1 }),
  "that it expires": (envelope) => ({ ...envelope, expires: undefined }),
  "that its id is claimed": header((is) => ({ ...is, unique: "claim" })),
  "where it is answered": (envelope) => ({ ...envelope, replyTo: "elsewhere" }),
  "the key's id": header((is) => ({ ...is, kid: "2025b" })),
  "a key's id that is not known": header((is) => ({ ...is, kid: "unknown" })),
  "no key's id": header(({ kid: _, ...is }) => is),
  "no signature": header(({ sig: _, ...is }) => is),
  neither: header(({ kid: _, sig: __, ...is }) => is),
  "a signature in another form": header((is) => ({ ...is, sig: `${is.sig} ` })),
  "half a signature": header((is) => ({ ...is, sig: is.sig!.slice(0, 20) })),
  "an argument": (envelope) => {
    const body = Uint8Array.from(envelope.body);
    body[body.length - 2]! ^= 1;
    return { ...envelope, body };
  },
  "the length of its arguments": (envelope) => ({ ...envelope, body: envelope.body.subarray(0, -1) }),
};

describe("a worker that requires signatures", () => {
  expectNothingLeftRunning();

  it.each(Object.entries(CHANGES))("refuses a message of which somebody changed %s", async (_what, change) => {
    expect(await endOf({ signing }, change)).toMatchObject({ code: "SIGNATURE_INVALID", state: "REJECTED" });
  });

  it("takes one whose place in the queue was changed, or that was retried", async () => {
    const moved = (envelope: Envelope): Envelope => ({ ...envelope, priority: 9, eta: Date.now() - 1 });
    expect(await endOf({ signing }, moved)).toBe(8);
    expect(
      await endOf(
        { signing },
        header((is) => ({ ...is, retries: 2, parked: 1, redeliveries: 1 })),
      ),
    ).toBe(8);
  });

  it("does not believe whoever says how one ended", async () => {
    const ended = { kind: "reject", error: { name: "Made", message: "up" } };
    for (const name of ["Made", "Sealed"]) {
      const error = { ...ended.error, name };
      expect(
        await endOf(
          { signing },
          header((is) => ({ ...is, ended: { ...ended, error } })),
        ),
      ).toBe(8);
    }
  });

  it("says which key it does not know, and which it knows", async () => {
    const end = await endOf({ signing }, CHANGES["a key's id that is not known"]!);
    expect((end as Error).message).toMatch(
      /needs the signing key "unknown", which is not known here; known: 2025b, 2026a/,
    );
  });
});

describe("a worker that requires encryption", () => {
  expectNothingLeftRunning();

  it.each(Object.entries(CHANGES).filter(([what]) => !/signature|key's|neither/.test(what)))(
    "refuses a message of which somebody changed %s, without any signature",
    async (_what, change) => {
      expect(await endOf({ encryption }, change)).toMatchObject({ code: "ENCRYPTION_INVALID", state: "REJECTED" });
    },
  );

  it("refuses what is not encrypted", async () => {
    const plain = { security: { signing } };
    const scene = await securedScene(place, { security: { encryption } });
    const call = await appOn(scene, plain).sendUnchecked("add", [4, 4]);
    await securedWorker(scene);
    await expect(scene.app.result(call.id).get(LIMIT)).rejects.toMatchObject({ code: "ENCRYPTION_INVALID" });
  });

  it("is needed for what is encrypted", async () => {
    const scene = await Scene.open(place);
    const secured = appOn(scene, { security: { encryption: { ...encryption, require: false } } });
    const call = await secured.sendUnchecked("add", [4, 4]);
    await scene.worker();
    await expect(scene.app.result(call.id).get(LIMIT)).rejects.toMatchObject({
      code: "ENCRYPTION_INVALID",
      message: expect.stringContaining("this worker has no keys") as string,
    });
  });
});

describe("messages and services", () => {
  expectNothingLeftRunning();

  it("what was signed for one service is refused by another with the same keys", async () => {
    const here = await securedScene(place, onlySigned);
    const call = await appOn(here, { ...onlySigned, prefix: "elsewhere" }).sendUnchecked("add", [4, 4]);
    const elsewhere = new Scene(place, here.broker, { ...onlySigned, prefix: "elsewhere" });
    await inject(here, await intercept(elsewhere));
    await securedWorker(here);
    await expect(here.app.result(call.id).get(LIMIT)).rejects.toMatchObject({ code: "SIGNATURE_INVALID" });
  });

  it("what tasks call is sealed too", async () => {
    const scene = await securedScene(threads);
    await securedWorker(scene);
    const where = { ...scene.where, security: KEYS };
    expect(await scene.app.sendUnchecked("countdown", [where, 2]).get(LIMIT)).toBe(2);
  });
});

describe("the change of keys", () => {
  expectNothingLeftRunning();

  const ring = (use: string, ...ids: readonly string[]): SecurityOptions => ({
    signing: { keys: Object.fromEntries(ids.map((id) => [id, signing.keys[id]!])), use },
  });

  it("old messages and results stay good while the old key is known, and are refused when it is removed", async () => {
    const scene = await securedScene(place, { security: ring("2026a", "2026a", "2025b") });
    const old = appOn(scene, { security: ring("2025b", "2025b", "2026a") });
    const call = await old.sendUnchecked("add", [4, 4]);
    const envelope = await intercept(scene);
    expect(decodeMessage(envelope.body).header.kid).toBe("2025b");
    await inject(scene, envelope);
    await securedWorker(scene);
    expect(await call.get(LIMIT)).toBe(8);
    const next = appOn(scene, { security: ring("2025b", "2025b") });
    await expect(next.result(call.id).get(LIMIT)).rejects.toMatchObject({ code: "RESULT_FORGED" });
    const removed = await appOn(scene, { security: ring("2025b", "2025b") }).sendUnchecked("add", [1, 1]);
    expect(await scene.app.result(removed.id).get(LIMIT)).toBe(2);
    const after = await securedScene(place, { security: ring("2026a", "2026a") });
    const late = await appOn(after, { security: ring("2025b", "2025b") }).sendUnchecked("add", [1, 1]);
    await securedWorker(after);
    await expect(after.app.result(late.id).get(LIMIT)).rejects.toMatchObject({ code: "SIGNATURE_INVALID" });
  });

  it("begins with workers that know a key and require none", async () => {
    const optional = { signing: { ...signing, require: false }, encryption: { ...encryption, require: false } };
    const scene = await securedScene(place, { security: optional });
    await securedWorker(scene);
    const before = await appOn(scene, { security: {} }).sendUnchecked("add", [4, 4]);
    expect(await scene.app.result(before.id).get(LIMIT)).toBe(8);
    await expect(before.get(LIMIT)).rejects.toMatchObject({
      code: "NOT_DECODABLE",
      message: expect.stringContaining("createApp({ security })") as string,
    });
    const call = await scene.app.sendUnchecked("add", [1, 1]);
    expect(await call.get(LIMIT)).toBe(2);
  });
});

describe("results that somebody else wrote", () => {
  expectNothingLeftRunning();

  const forge = async (security: SecurityOptions, body: (id: string, scene: Scene) => Promise<Uint8Array>) => {
    const scene = await securedScene(place, { security });
    const call = await scene.app.sendUnchecked("add", [4, 4]);
    const { results } = await internalsOf(scene.app).connection();
    await results.put([{ id: call.id, state: "SUCCESS", body: await body(call.id, scene), ttlMs: 60_000 }]);
    return call;
  };

  const plain = async (): Promise<Uint8Array> => new TextEncoder().encode("9");
  /** The true result of another call. */
  const borrowed = async (_id: string, scene: Scene): Promise<Uint8Array> => {
    await securedWorker(scene);
    const other = await scene.app.sendUnchecked("add", [1, 1]);
    await other.get(LIMIT);
    const { results } = await internalsOf(scene.app).connection();
    return (await results.get([other.id]))[0]!.body;
  };
  const noise = async (): Promise<Uint8Array> => new TextEncoder().encode('!{"kid":7}\nnoise');

  it.each([
    ["signed", { signing }],
    ["encrypted", { encryption }],
    ["both", KEYS],
  ])("are refused: %s", async (_name, security) => {
    for (const body of [plain, noise]) {
      const call = await forge(security, body);
      const refused = { code: "RESULT_FORGED", cause: expect.any(CodecError) as unknown };
      await expect(call.get(LIMIT)).rejects.toMatchObject(refused);
      await expect(call.ready()).rejects.toMatchObject(refused);
      await expect(call.status()).rejects.toMatchObject(refused);
    }
  });

  it("are refused when they are those of another call, or of another end", async () => {
    const scene = await securedScene(place, onlySigned);
    const body = await borrowed("", scene);
    const { results } = await internalsOf(scene.app).connection();
    await results.put([{ id: "forged", state: "SUCCESS", body, ttlMs: 60_000 }]);
    await expect(scene.app.result("forged").get(LIMIT)).rejects.toMatchObject({ code: "RESULT_FORGED" });
    const call = await scene.app.sendUnchecked("add", [1, 1]);
    await call.get(LIMIT);
    const [record] = await results.get([call.id]);
    await call.forget();
    await results.put([{ ...record!, state: "FAILURE" }]);
    await expect(scene.app.result(call.id).get(LIMIT)).rejects.toMatchObject({ code: "RESULT_FORGED" });
  });
});

describe("revocations that somebody else wrote", () => {
  expectNothingLeftRunning();

  it("are told of and not followed", async () => {
    const scene = await securedScene(place, onlySigned);
    const worker = await securedWorker(scene);
    const started = nextEvent(worker, "task-started");
    const call = await scene.app.sendUnchecked("stubborn", []);
    await started;
    const warned = nextEvent(worker, "warning");
    const { transport } = await internalsOf(scene.app).connection();
    const notice = { ids: [call.id], ttlMs: 60_000, terminate: true, children: true };
    await transport.broadcast(REVOKE_TOPIC, new TextEncoder().encode(JSON.stringify(notice)));
    expect((await warned).error.message).toMatch(/SIGNATURE_INVALID.*the revocation is not signed/);
    expect(await call.status()).toBe("STARTED");
    await call.revoke();
    await expect(call.get(LIMIT)).rejects.toMatchObject({ code: "TASK_REVOKED" });
  });
});
