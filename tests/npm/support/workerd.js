/** Cloudflare's runtime, in which a binary must be a module: nothing is compiled from bytes. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Miniflare } from "miniflare";

/** The origin of a worker with these modules, and what `env` holds. */
export async function serveWorker(context, modules, { bindings = {}, flags = [] } = {}) {
  const worker = new Miniflare({
    modules,
    modulesRoot: "/",
    compatibilityDate: "2025-11-01",
    compatibilityFlags: flags,
    bindings,
  });
  context.after(() => worker.dispose());
  return (await worker.ready).origin;
}

/** A script as a worker's main module, beside the scripts and binaries of the package. */
export async function besidePackage(project, script) {
  const { packageFolder } = project;
  const files = (await readdir(packageFolder)).filter((file) => /\.(js|wasm)$/.test(file));
  const beside = files.map((file) => ({
    type: file.endsWith(".wasm") ? "CompiledWasm" : "ESModule",
    path: join(packageFolder, file),
  }));
  return [{ type: "ESModule", path: join(packageFolder, "worker.js"), contents: script }, ...beside];
}
