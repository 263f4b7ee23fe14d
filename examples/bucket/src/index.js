/** Costs every image and video of a bucket: starts runs, shows them, and takes their messages. */
import { costObjects, giveUp } from "./costs.js";
import { listPage } from "./listing.js";
import { page } from "./page.js";
import { objectsOf, progressOf, startRun } from "./store.js";

export default {
  async fetch(request, env) {
    const url = new URL(request.url);
    if (!isAllowed(request, url, env)) return new Response("Give the token, as ?token=... or Authorization: Bearer ...\n", { status: 403 });
    const [, runs, id, objects] = url.pathname.split("/");
    if (request.method === "POST" && url.pathname === "/runs") {
      const { prefix = "", model = env.MODEL } = await request.json().catch(() => ({}));
      const run = await startRun(env, { prefix, model });
      await env.LISTING.send({ kind: "list", run, prefix, model, number: 0 });
      return Response.json({ run }, { status: 201 });
    }
    if (request.method !== "GET") return new Response("There is no such method here.\n", { status: 405 });
    if (url.pathname === "/") return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
    if (runs !== "runs" || !id) return new Response("There is no such page.\n", { status: 404 });
    if (objects === "objects") return objectsOf(env, id, url.searchParams.get("after") ?? "");
    const progress = await progressOf(env, id);
    return progress ? Response.json(progress) : new Response("There is no such run.\n", { status: 404 });
  },

  /** A message that fails comes again, and may come twice: whatever is done here is done twice without harm. */
  async queue(batch, env) {
    for (const message of batch.messages) {
      try {
        await handle(message.body, batch.queue, env);
        message.ack();
      } catch (error) {
        console.error(`${batch.queue}: ${error.message}`);
        message.retry();
      }
    }
  },
};

function handle(body, queue, env) {
  if (queue.endsWith("given-up")) return giveUp(body, env);
  return body.kind === "list" ? listPage(body, env) : costObjects(body, env);
}

/** Without a token in its settings it is closed to all. */
function isAllowed(request, url, { TOKEN }) {
  const given = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? url.searchParams.get("token");
  return Boolean(TOKEN) && given === TOKEN;
}
