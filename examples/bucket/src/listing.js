/** A page of the bucket's listing becomes messages of 100 objects, and one for the next page. */
import { isPageDone, notePage } from "./store.js";

const PAGE = 1000;
const OBJECTS_OF_A_MESSAGE = 100;

export async function listPage({ run, prefix, model, number, after }, env) {
  if (await isPageDone(env, run, number)) return;
  const { objects, truncated } = await env.BUCKET.list({ prefix, limit: PAGE, ...(after === undefined ? {} : { startAfter: after }) });
  // What consoles make in place of a folder is none of the files.
  const files = objects.filter(({ key, size }) => !(key.endsWith("/") && size === 0));
  const messages = [];
  for (let at = 0; at < files.length; at += OBJECTS_OF_A_MESSAGE) {
    const part = files.slice(at, at + OBJECTS_OF_A_MESSAGE).map(({ key, size }) => [key, size]);
    messages.push(env.COSTS.send({ kind: "cost", run, model, objects: part }));
  }
  await Promise.all(messages);
  const last = objects.at(-1)?.key;
  const isLast = !truncated || last === undefined;
  if (!isLast) await env.LISTING.send({ kind: "list", run, prefix, model, number: number + 1, after: last });
  // At the end: a page that fails before it is listed again, and its messages change nothing the second time.
  await notePage(env, { run, number, files: files.length, isLast });
}
