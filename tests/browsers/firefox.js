/** Firefox as Mozilla and Debian ship it, by WebDriver BiDi, which needs no driver beside it. */
import puppeteer from "puppeteer-core";

/** Calls `use` with a browser of this size; whatever comes of it, the browser is closed. */
export async function withFirefox(executablePath, size, use) {
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, defaultViewport: size });
  try {
    const page = await browser.newPage();
    await use({
      version: (await browser.version()).replace(/^firefox\//i, ""),
      open: (url) => page.goto(url),
      run: (flow) => page.evaluate(flow),
      screenshot: () => page.screenshot(),
    });
  } finally {
    await browser.close();
  }
}
