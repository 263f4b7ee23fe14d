/** Cloudflare's runtime, in which a binary must be a module: nothing is compiled from bytes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const WORKERD = fileURLToPath(new URL("../../node_modules/.bin/workerd", import.meta.url));
const DATE = "2026-01-01";

/** The origin of a worker with this script, beside the scripts and binaries of the package. */
export async function serveWorker(context, project, script) {
  const files = (await readdir(project.packageFolder)).filter((file) => /\.(js|wasm)$/.test(file));
  await writeFile(join(project.packageFolder, "worker.js"), script);
  const modules = ["worker.js", ...files].map((file) => {
    const kind = file.endsWith(".wasm") ? "wasm" : "esModule";
    return `(name = "${file}", ${kind} = embed "${file}")`;
  });
  const config = join(project.packageFolder, "config.capnp");
  await writeFile(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [(name = "main", worker = (modules = [${modules.join(", ")}], compatibilityDate = "${DATE}"))],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
    );`,
  );
  // It tells its port there.
  const stdio = ["ignore", "inherit", "inherit", "pipe"];
  const workerd = spawn(WORKERD, ["serve", "--control-fd=3", config], { stdio });
  context.after(async () => {
    workerd.kill();
    await once(workerd, "exit");
  });
  const failed = once(workerd, "exit").then(([code]) => Promise.reject(new Error(`workerd ended with ${code}`)));
  failed.catch(() => {});
  const heard = once(createInterface({ input: workerd.stdio[3] }), "line");
  const [line] = await Promise.race([heard, failed]);
  return `http://127.0.0.1:${JSON.parse(line).port}`;
}
