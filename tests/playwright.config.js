import { defineConfig } from "@playwright/test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const args = JSON.parse(readFileSync(new URL("./chromium-flags.json", import.meta.url), "utf8"));
const origin = process.env.TILEWISE_ORIGIN;
const executablePath = process.env.TILEWISE_CHROMIUM;
if (!origin || !executablePath) {
  throw new Error("run these tests with `cargo xtask test`, which sets TILEWISE_ORIGIN and TILEWISE_CHROMIUM");
}

const launchOptions = { executablePath, args };
const SNAPSHOTS = "**/snapshots.spec.js";

export default defineConfig({
  testDir: "e2e",
  // Where `screenshot` leaves what a failed test saw.
  outputDir: "../target/e2e",
  reporter: [["list"]],
  timeout: 90_000,
  // For a machine that is busy; nothing here is about speed.
  expect: {
    timeout: 20_000,
    // Another release of the browser smooths edges otherwise: of versions 148 and 156, 20 pixels of a large image differ.
    toHaveScreenshot: { maxDiffPixels: 60 },
  },
  snapshotPathTemplate: "e2e/snapshots/{arg}{ext}",
  updateSnapshots: process.env.TILEWISE_SNAPSHOTS ?? "none",
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  use: {
    baseURL: origin,
    // What a worker serves, `page.route` does not see; `offline.spec.js` lets it in.
    serviceWorkers: "block",
    // A context for each test takes a fifth of the time. Cookies, storage, caches, routes and scripts are cleared between
    // tests; one that needs more than that asks for a context of its own.
    reuseContext: true,
    screenshot: "only-on-failure",
    launchOptions,
  },
  projects: [
    { name: "flows", testIgnore: SNAPSHOTS },
    { name: "snapshots", testMatch: SNAPSHOTS, use: { launchOptions: { ...launchOptions, env: withFonts() } } },
  ],
});

/** One font, drawn in one way, on every machine. */
function withFonts() {
  const FONTCONFIG_FILE = fileURLToPath(new URL("./e2e/fonts.conf", import.meta.url));
  return { ...process.env, FONTCONFIG_FILE };
}
