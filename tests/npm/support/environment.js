/** What `cargo xtask test` starts or finds, and tells by environment variables. */
import { readFileSync } from "node:fs";

/** Where the local endpoint answers, under `/v1`. */
export const origin = required("TILEWISE_ORIGIN");
export const tarball = required("TILEWISE_TARBALL");
/** A project in which npm has installed the tarball, and nothing else. */
export const installed = required("TILEWISE_INSTALLED");
export const python = required("TILEWISE_PYTHON");
export const chromium = required("TILEWISE_CHROMIUM");

export const chromiumFlags = JSON.parse(readFileSync(new URL("../../chromium-flags.json", import.meta.url), "utf8"));

export const baseUrl = `${origin}/v1`;

function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; \`cargo xtask test\` sets it`);
  return value;
}
