import { readdirSync } from "node:fs";
import { join } from "node:path";
import { imageSizeFromFile } from "image-size/fromFile";

const [, , folder] = process.argv;
const lines = [];
for (const name of readdirSync(folder)) {
  const { width, height } = await imageSizeFromFile(join(folder, name));
  lines.push(`${width}\t${height}`);
}
process.stdout.write(`${lines.join("\n")}\n`);
