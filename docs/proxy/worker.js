/**
 * Cloudflare: a Worker that passes `/v1/…` on to the provider, with the key that only it knows.
 *
 *     wrangler secret put BASETEN_API_KEY
 *
 * The compatibility flag `enable_request_signal` lets it hang up on the provider when a page leaves before the answer
 * has begun; later it does so anyway.
 *
 * As a Pages function, put this into `functions/v1/[[path]].js`:
 *
 *     import worker from "../../worker.js";
 *     export const onRequest = ({ request, env }) => worker.fetch(request, env);
 */
const UPSTREAM = "https://inference.baseten.co";

export default {
  async fetch(request, env) {
    const { pathname, search } = new URL(request.url);
    if (!pathname.startsWith("/v1/")) return new Response("Not found", { status: 404 });
    // Other sites' pages shall not spend this key. Programs other than browsers still can: add your own log-in.
    if (request.headers.get("sec-fetch-site") !== "same-origin") return new Response("Forbidden", { status: 403 });

    const headers = new Headers(request.headers);
    headers.delete("cookie");
    headers.set("authorization", `Bearer ${env.BASETEN_API_KEY}`);
    const { method, body, signal } = request;
    // The answer's body is passed on as it comes.
    return fetch(`${env.UPSTREAM ?? UPSTREAM}${pathname}${search}`, { method, headers, body, signal });
  },
};
