// The raw worker process: claims, runs, stores results, as long as there is something.
import { given, serve } from "../child/serve.js";
import { Bell } from "./bell.js";
import { runCall } from "./message.js";
import { RawStore } from "./store.js";

const BATCH = 500;

const { path } = given() as { readonly path: string };
const store = await RawStore.open(path);
const work = new Bell(`${path}-work`);
const done = new Bell(`${path}-done`);

function drain(): void {
  for (let messages = store.claim(BATCH); messages.length > 0; messages = store.claim(BATCH)) {
    store.finish(
      messages,
      messages.map(({ body }) => runCall(body)),
    );
    done.ring();
  }
}

work.onRing(drain);

serve({
  stop: () => {
    work.close();
    store.close();
  },
});
