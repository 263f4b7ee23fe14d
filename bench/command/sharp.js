import { readdirSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";

const [, , folder, out, jobs] = process.argv;
// One thread an image, and as many images as there are cores: quicker than one image on all of them.
sharp.concurrency(1);
const names = readdirSync(folder);
const work = async () => {
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    await sharp(join(folder, name)).rotate().resize(1024, 1024, { fit: "inside" }).jpeg({ quality: 80 }).toFile(join(out, name));
  }
};
await Promise.all(Array.from({ length: Number(jobs) }, work));
