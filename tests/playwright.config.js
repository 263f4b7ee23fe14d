import { defineConfig } from "@playwright/test";

const origin = process.env.TILEWISE_ORIGIN;
const executablePath = process.env.TILEWISE_CHROMIUM;
if (!origin || !executablePath) {
  throw new Error("run these tests with `cargo xtask test`, which sets TILEWISE_ORIGIN and TILEWISE_CHROMIUM");
}

export default defineConfig({
  testDir: "e2e",
  // Where `screenshot` leaves what a failed test saw.
  outputDir: "../target/e2e",
  reporter: [["list"]],
  timeout: 60_000,
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  use: {
    baseURL: origin,
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
