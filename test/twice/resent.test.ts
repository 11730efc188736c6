import { createApp, type App, type AsyncResult, type Stub, type StubOptions } from "@taskgen/core";
import { stub } from "@taskgen/core/internal";
import { describe, expect, it, onTestFinished } from "vitest";
import { expectNothingLeftRunning } from "../support/nothing-left-running.js";
import { TcpProxy } from "../support/tcp-proxy.js";
import { within } from "../support/within.js";
import { places, Scene, type Place } from "./scene.js";

type Hold = Stub<[log: string], string>;

/** What guards a call of `log`, by its name. */
const GUARDS: Readonly<Record<string, (app: App, log: string) => Hold>> = {
  "dedupe that returns": (app) => guarded(app, { dedupe: { key: "0" } }),
  "dedupe that drops": (app) => guarded(app, { dedupe: { key: "0", mode: "drop" } }),
  "an idempotency key": (app, log) => guarded(app).with({ idempotencyKey: log }),
  throttle: (app) => guarded(app, { throttle: { key: "0", every: "1h" } }),
  debounce: (app) => guarded(app, { debounce: { key: "0", wait: "300ms" } }),
};

const guarded = (app: App, options: StubOptions = {}): Hold => stub(app, "hold", options);

const PATIENCE = { timeout: "60s" } as const;

/** The places where a network lies between. */
const remote = places.filter(({ broker }) => broker !== "sqlite");

/** A caller whose way to the broker leads through a proxy; its workers have a way of their own. */
async function open(place: Place): Promise<{ scene: Scene; proxy: TcpProxy; app: App }> {
  const scene = await Scene.open(place);
  const url = new URL(scene.where.broker!);
  const proxy = await TcpProxy.start({ host: url.hostname, port: Number(url.port) });
  const through = Object.assign(new URL(url), { port: `${proxy.port}` }).href;
  const isShared = scene.where.backend === scene.where.broker;
  const where = { ...scene.where, broker: through, ...(isShared && { backend: through }) };
  const app = createApp({ ...where, onError: () => {} });
  onTestFinished(() => app.close());
  await app.connect();
  return { scene, proxy, app };
}

describe.each(remote)("an enqueue that comes again, on $name", (place) => {
  expectNothingLeftRunning();

  // n.b. of the answers to one call: to its claim where the registers are behind the proxy too, to its message, to what is noted
  it.each(Object.keys(GUARDS))(
    "%s: it runs once, whichever answer was lost",
    async (name) => {
      const { scene, proxy, app } = await open(place);
      await scene.worker();
      scene.openGate();
      // n.b. the queue is declared before the first one
      await guarded(app).delay(scene.log).get(PATIENCE);
      for (let pass = 0; pass < 3; pass++) {
        const part = new Scene(scene.where, `${scene.log}.${pass}`);
        part.openGate();
        const hold = GUARDS[name]!(app, part.log);
        const dropped = proxy.dropReplies(1, pass);
        const sent = await hold.delay(part.log);
        expect(await sent.get(PATIENCE)).toBe(`end by ${sent.id}`);
        if (pass === 0) await within("the loss of an answer", dropped);
        proxy.heal();
        if (name !== "debounce") await expectKnown(await hold.delay(part.log), sent.id);
        await scene.quiet();
        expect(part.entries("begin").length).toBe(1);
      }
    },
    60_000,
  );
});

async function expectKnown(again: AsyncResult<string>, id: string): Promise<void> {
  const { state, ...end } = await again.settled(PATIENCE);
  if (state === "IGNORED") expect(end).toMatchObject({ error: { code: "DUPLICATE_CALL" } });
  else expect([again.id, state]).toEqual([id, "SUCCESS"]);
}
