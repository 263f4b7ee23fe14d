/** A contest in Chromium, on files that the page gets as a user would choose them. */
import { build } from "esbuild";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const FLAGS = new URL("../../tests/chromium-flags.json", import.meta.url);

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

const PAGE = '<!doctype html><meta charset="utf-8"><input type="file" multiple><script src="/page.js" type="module"></script>';

/**
 * The script is a page's own; it leaves a function `measureInPage`, which gets names, truths and groups, and an
 * argument. `beside` is what else the server has, by address; `watch` sees the browser before it is closed.
 */
export async function measureInChromium(executablePath, packageFolder, script, files, { argument, beside = [], watch } = {}) {
  const server = await serve(new Map([...(await contents(packageFolder, script, files)), ...beside]));
  const browser = await chromium.launch({ executablePath, args: JSON.parse(await readFile(FLAGS, "utf8")) });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/index.html`);
    // By path, so that the page's files lie on the disk.
    await page.setInputFiles("input", files.map(({ path }) => path));
    const plain = files.map(({ name, truth, group }) => ({ name, truth, group }));
    const result = await page.evaluate(([files, argument]) => measureInPage(files, argument), [plain, argument]);
    await watch?.(browser, result);
    return result;
  } finally {
    await browser.close();
    server.close();
  }
}

/** What the server has, by address. A contestant that reads from memory gets the bytes of its files there. */
async function contents(packageFolder, script, files) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(script)],
    bundle: true,
    format: "esm",
    external: ["/tilewise/*"],
    write: false,
  });
  const inMemory = files.filter(({ bytes }) => bytes);
  const contents = new Map(inMemory.map(({ name, bytes }) => [`/fixtures/${name}`, bytes]));
  contents.set("/index.html", PAGE).set("/page.js", outputFiles[0].contents);
  for (const name of await readdir(packageFolder)) contents.set(`/tilewise/${name}`, await readFile(join(packageFolder, name)));
  return contents;
}

async function serve(contents) {
  const server = createServer(({ url }, response) => {
    const content = contents.get(url);
    response.writeHead(content === undefined ? 404 : 200, {
      "content-type": TYPES[extname(url)] ?? "application/octet-stream",
      // An isolated page has the finer clock.
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    response.end(content);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}
