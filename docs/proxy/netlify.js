/**
 * Netlify: an edge function that passes `/v1/…` on to the provider, with the key that only it knows. It belongs into
 * `netlify/edge-functions/v1.js`.
 *
 *     netlify env:set BASETEN_API_KEY …
 */
const UPSTREAM = "https://inference.baseten.co";

export const config = { path: "/v1/*" };

export default async (request) => {
  // Other sites' pages shall not spend this key. Programs other than browsers still can: add your own log-in.
  if (request.headers.get("sec-fetch-site") !== "same-origin") return new Response("Forbidden", { status: 403 });

  const { pathname, search } = new URL(request.url);
  const headers = new Headers(request.headers);
  // Else the name of this site would be sent for that of the provider's.
  for (const name of ["host", "cookie"]) headers.delete(name);
  headers.set("authorization", `Bearer ${Netlify.env.get("BASETEN_API_KEY")}`);
  const { method, body, signal } = request;
  // The answer's body is passed on as it comes.
  return fetch(`${Netlify.env.get("UPSTREAM") ?? UPSTREAM}${pathname}${search}`, { method, headers, body, signal });
};
