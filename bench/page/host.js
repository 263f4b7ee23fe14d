/** A host as Netlify and Cloudflare Pages are: brotli, and the headers of the site's own `_headers`. */
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { basename, extname, join, relative, sep } from "node:path";
import { mediaType } from "../../tests/media-types.js";
import { brotli } from "../common/sizes.js";

/** What its own format has compressed already. */
const COMPRESSED = [".jpg", ".mp4", ".png"];

/** Serves a folder, and these files beside it, until `close`. */
export async function host(folder, beside = []) {
  const headers = headersForAll(await readFile(join(folder, "_headers"), "utf8"));
  const files = new Map();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(`/${relative(folder, path).split(sep).join("/")}`, compress(path, await readFile(path)));
  }
  for (const path of beside) files.set(`/${basename(path)}`, compress(path, await readFile(path)));
  const server = createServer(({ url }, response) => {
    const { pathname } = new URL(url, "http://host");
    const file = files.get(pathname === "/" ? "/index.html" : pathname);
    if (!file) return response.writeHead(404, headers).end();
    response.writeHead(200, { ...headers, ...file.headers }).end(file.body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

function compress(path, bytes) {
  const headers = { "content-type": mediaType(path) };
  if (COMPRESSED.includes(extname(path))) return { headers, body: bytes };
  return { headers: { ...headers, "content-encoding": "br", vary: "accept-encoding" }, body: brotli(bytes) };
}

/** The file's one rule, `/*`. */
function headersForAll(text) {
  const lines = text.split("\n").filter((line) => line.startsWith("  "));
  return Object.fromEntries(lines.map((line) => line.trim().split(/:\s*([^]*)/, 2)));
}
