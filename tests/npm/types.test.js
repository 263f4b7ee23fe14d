import assert from "node:assert/strict";
import { copyFile, cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { example } from "./support/documents.js";
import { createProject } from "./support/project.js";
import { run } from "./support/run.js";

const project = await createProject({ after });
for (const name of ["complete.ts", "prepare.ts", "fetch.ts", "server.ts", "wrong-via.ts"]) {
  await copyFile(new URL(`consumer/${name}`, import.meta.url), join(project.folder, name));
}
await writeFile(join(project.folder, "example.ts"), example("types"));
await cp(new URL("contract", import.meta.url), join(project.folder, "contract"), { recursive: true });

const COMPILER = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
const STRICT = ["--noEmit", "--strict", "--pretty", "false", "--target", "es2022", "--lib", "es2022,dom"];

const compile = (file, ...options) =>
  run(process.execPath, [COMPILER, ...STRICT, ...options, file], { cwd: project.folder });

const resolutions = {
  NodeNext: ["--module", "nodenext", "--moduleResolution", "nodenext"],
  Bundler: ["--module", "esnext", "--moduleResolution", "bundler"],
};

for (const [name, options] of Object.entries(resolutions)) {
  describe(`with module resolution ${name}`, () => {
    for (const file of ["complete.ts", "prepare.ts", "fetch.ts", "example.ts"]) {
      test(`code that uses an entry compiles strictly: ${file}`, async () => {
        const { code, stdout } = await compile(file, ...options);
        assert.equal(code, 0, stdout);
      });
    }

    test("the types hold the contract, function by function and type by type", async () => {
      const { code, stdout } = await compile("contract/holds.ts", ...options);
      assert.equal(code, 0, stdout);
    });

    test("a server's code compiles without the library DOM", async () => {
      const typeRoots = fileURLToPath(new URL("../node_modules/@types", import.meta.url));
      const { code, stdout } = await compile("server.ts", ...options, "--lib", "es2022", "--typeRoots", typeRoots, "--types", "node");
      assert.equal(code, 0, stdout);
    });

    test("a mistake does not compile", async () => {
      const { code, stdout } = await compile("wrong-via.ts", ...options);
      assert.notEqual(code, 0);
      const [error, ...others] = stdout.trim().split("\n");
      assert.match(error, /^wrong-via\.ts\(3,\d+\): error TS2322: Type '"mail"' is not assignable/);
      assert.deepEqual(others, []);
    });
  });
}
