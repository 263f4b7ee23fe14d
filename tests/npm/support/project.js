/** A project that uses the package as it was packed. */
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { installed } from "./environment.js";
import { output } from "./run.js";

/** A folder of its own, removed after the test or the file that asks for it. */
export async function temporaryFolder(context) {
  const folder = await mkdtemp(join(tmpdir(), "tilewise-"));
  context.after(() => rm(folder, { recursive: true }));
  return folder;
}

export async function createProject(context) {
  const folder = await temporaryFolder(context);
  await cp(installed, folder, { recursive: true });
  return {
    folder,
    packageFolder: join(folder, "node_modules/tilewise"),

    /** The module `tilewise` as a script of this project gets it. */
    async load() {
      const entry = join(folder, "entry.js");
      await writeFile(entry, 'export * from "tilewise";\nexport { default } from "tilewise";\n');
      return import(pathToFileURL(entry));
    },

    /** What a script of this project prints. It must end by itself, and well. */
    async runScript(source, env, timeout) {
      const script = join(folder, "script.js");
      await writeFile(script, source);
      return output(process.execPath, [script], { cwd: folder, env, timeout });
    },
  };
}
