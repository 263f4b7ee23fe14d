/** Photographs of 12 megapixels, stored on their side, and what Pillow's Lanczos filter makes of them. */
import { execFileSync } from "node:child_process";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../tests/e2e/photograph.py", import.meta.url));
const REFERENCE = `
import sys
from PIL import Image, ImageOps
image = ImageOps.exif_transpose(Image.open(sys.argv[1]))
image.resize((768, 1024), Image.Resampling.LANCZOS).save(sys.argv[2])
`;

/** One of a megapixel, stored on its side as well. */
const SMALL = fileURLToPath(new URL("../../www/public/samples/phone.jpg", import.meta.url));

export function makePhotographs(folder, count) {
  return Array.from({ length: count }, (_, index) => {
    const path = join(folder, `photograph-${index}.jpg`);
    python(SCRIPT, path);
    return withReference(folder, path);
  });
}

export const smallPhotograph = (folder) => withReference(folder, SMALL);

function withReference(folder, path) {
  const name = basename(path);
  const reference = join(folder, `${name}.png`);
  python("-c", REFERENCE, path, reference);
  return { name, path, reference };
}

const python = (...args) => execFileSync(process.env.TILEWISE_PYTHON, args);
