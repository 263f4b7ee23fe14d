/** A host that knows nothing of the site: files below a folder of an origin, with their types and no other header. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join, normalize } from "node:path";
import { mediaType } from "../media-types.js";

/** Serves `site` at `/tilewise/` until `close`; `asked` are the paths of all requests. */
export async function host(site) {
  const START = "/tilewise/";
  const asked = [];
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, "http://host");
    asked.push(pathname);
    const path = pathname.startsWith(START) && normalize(pathname.slice(START.length) || "index.html");
    const body = path && !path.startsWith("..") && (await readFile(join(site, path)).catch(() => undefined));
    if (!body) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": mediaType(path) }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}${START}`,
    asked,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
