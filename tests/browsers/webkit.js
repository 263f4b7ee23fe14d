/** WebKitGTK in its small browser, by its own driver (W3C WebDriver). It has no window of its own: run it under Xvfb. */
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const PORT = 9517;
const DRIVER = `http://127.0.0.1:${PORT}`;
const FLOW_MS = 300_000;

/** Calls `use` with a browser of this size; whatever comes of it, the browser and its driver end. */
export async function withWebKit(driver, { width, height }, use) {
  const process = spawn(driver, [`--port=${PORT}`], { stdio: "inherit" });
  try {
    await untilReady();
    const { sessionId, capabilities } = await command("POST", "/session", { capabilities: {} });
    const session = `/session/${sessionId}`;
    try {
      await command("POST", `${session}/timeouts`, { script: FLOW_MS });
      await command("POST", `${session}/window/rect`, { width, height });
      await use({
        version: capabilities.browserVersion,
        open: (url) => command("POST", `${session}/url`, { url }),
        run: (flow) =>
          command("POST", `${session}/execute/async`, {
            script: `(${flow})().then(arguments[arguments.length - 1])`,
            args: [],
          }),
        screenshot: async () => Buffer.from(await command("GET", `${session}/screenshot`), "base64"),
      });
    } finally {
      await command("DELETE", session);
    }
  } finally {
    process.kill();
  }
}

async function untilReady() {
  const end = Date.now() + 10_000;
  for (;;) {
    try {
      if ((await command("GET", "/status")).ready) return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await sleep(100);
  }
}

async function command(method, path, body) {
  const response = await fetch(DRIVER + path, { method, body: body && JSON.stringify(body) });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
  return value;
}
