/**
 * What others import of the package, or run: each in one script, but for what it has in common with others. Modules that
 * import each other take a round trip for each step. Entries stay apart, so that each one's binaries are named in its own.
 */
const RUNTIMES = ["", "-node", "-workerd", "-edge-light"];

const ENTRIES = [
  "index",
  "node",
  "workerd",
  "edge-light",
  ...["fetch", "prepare", "text"].flatMap((entry) => RUNTIMES.map((runtime) => entry + runtime)),
  "prepare-worker",
  // Imported when text is first counted.
  "text-engine",
];

export default {
  input: ENTRIES.map((entry) => `./target/npm/${entry}.js`),
  external: [/^node:/, /\.wasm(\?module)?$/],
  // No runtime's rules for finding modules are needed.
  platform: "neutral",
  logLevel: "warn",
  output: {
    dir: "target/npm-scripts",
    cleanDir: true,
    chunkFileNames: "chunk-[hash].js",
    codeSplitting: {
      groups: [
        {
          // What almost all entries import is one script. By itself a bundler makes one for each set of entries that have a
          // module in common: a page asked for seven, most of them of a hundred bytes.
          name: "common",
          test: /[\\/](beside|error|sources|text-part|tracked)\.js$/,
        },
      ],
    },
  },
};
