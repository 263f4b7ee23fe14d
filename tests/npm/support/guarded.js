/** `guard` beside the fetch that it stands for: what a client gets, and what goes over the wire. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { origin } from "./environment.js";
import { forward, serve } from "./server.js";

/** Both entries as a script of this project gets them: one program. */
export async function loadGuard({ folder }) {
  const entry = join(folder, "guarded.js");
  const lines = ['export * from "tilewise";', 'export { default } from "tilewise";', 'export { guard } from "tilewise/fetch";'];
  await writeFile(entry, lines.join("\n"));
  return import(pathToFileURL(entry));
}

/** A server before the local endpoint that keeps each request as it came: its lines, headers and bytes. */
export async function recordingProxy(context, to = origin) {
  const requests = [];
  const onRequest = [];
  const proxy = await serve(context, (incoming, response) => {
    const chunks = [];
    incoming.on("data", (chunk) => chunks.push(chunk));
    const { method, url, rawHeaders } = incoming;
    requests.push({
      method,
      url,
      headers: headersOf(rawHeaders),
      get body() {
        return Buffer.concat(chunks).toString("latin1");
      },
    });
    for (const tell of onRequest) tell();
    forward(to, incoming, response);
  });
  /** What came since the last time. */
  const taken = () => requests.splice(0);
  return { origin: proxy, requests, taken, onRequest };
}

/** In the order and the letters in which they were sent; without what names the server. */
function headersOf(raw) {
  const headers = [];
  for (let at = 0; at < raw.length; at += 2) {
    if (raw[at].toLowerCase() !== "host") headers.push(`${raw[at]}: ${raw[at + 1]}`);
  }
  return headers;
}

/** Without what differs from answer to answer. */
export function stable(value) {
  const text = JSON.stringify(value, (key, entry) => {
    if (["created", "created_at", "output_text", "_request_id"].includes(key)) return undefined;
    return typeof entry === "string" ? entry.replaceAll(/(chatcmpl|resp|msg|rs)-tilewise-\d+/g, "$1") : entry;
  });
  return text === undefined ? undefined : JSON.parse(text);
}

/** What became of a call: its outcome, or its error as a program sees it. */
export async function outcomeOf(run) {
  const seen = [];
  try {
    const result = await run((event) => seen.push(stable(event)));
    return { seen, result: stable(result) };
  } catch (error) {
    const { name, status, code, type, message, error: body, cause } = error;
    const inner = cause && { name: cause.name, code: cause.code, message: cause.message };
    return { seen, error: { class: error.constructor.name, name, status, code, type, message, body, cause: inner } };
  }
}
