/** Prints what it costs to ask about each image of a folder: node costs.js [FOLDER] */
import { openAsBlob } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { estimate, inspect, TilewiseError } from "tilewise";

const MODEL = "moonshotai/Kimi-K3";
const [folder = "."] = process.argv.slice(2);

const entries = await readdir(folder, { withFileTypes: true });
const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
const rows = [];
for (const name of names.sort()) {
  const row = await describe(name);
  if (row) rows.push(row);
}
console.table(rows);
console.log(`Together: $${rows.reduce((sum, { dollars }) => sum + (dollars ?? 0), 0).toFixed(6)}`);

/** A row of the table; undefined for a file that is not an image or video. */
async function describe(file) {
  try {
    // Backed by the file, so that only what is needed is read.
    const data = await openAsBlob(join(folder, file));
    const facts = await inspect(data);
    const { media, rule, violations } = estimate({ model: MODEL, text: "", media: [{ facts, via: "base64", data }] });
    return {
      file,
      format: facts.format,
      size: `${facts.width}×${facts.height}`,
      tokens: media[0].tokens[rule],
      dollars: media[0].usd,
      problems: violations.map(({ code }) => code).join(", "),
    };
  } catch (error) {
    if (!(error instanceof TilewiseError)) throw error;
    return error.code === "unsupported_format" ? undefined : { file, problems: error.code };
  }
}
