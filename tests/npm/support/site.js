/** Pages in Chromium that import the package as it was packed. */
import { chromium as browserType } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { chromium, chromiumFlags } from "./environment.js";

const TYPES = {
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".jpg": "image/jpeg",
};

export const contentType = (pathname) => TYPES[extname(pathname)] ?? "text/html";

/** A page in which every entry of the package can be imported. */
export const page = (nonce, content = "") => `<!doctype html>
  <meta charset="utf-8">
  <title>tilewise</title>
  <script type="importmap" nonce="${nonce}">{ "imports": { "tilewise": "/tilewise/index.js", "tilewise/prepare": "/tilewise/prepare.js", "tilewise/fetch": "/tilewise/fetch.js" } }</script>
  ${content}`;

/** What such a page loads of the package; `undefined` for any other path. */
export function packageFile(project, pathname) {
  const [, file] = pathname.match(/^\/tilewise\/([\w.-]+)$/) ?? [];
  return file && readFile(join(project.packageFolder, file));
}

export async function launchBrowser(context) {
  const browser = await browserType.launch({ executablePath: chromium, args: chromiumFlags });
  context.after(() => browser.close());
  return browser;
}
