/** Photographs of 12 megapixels, stored on their side, and what Pillow's Lanczos filter makes of them. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../tests/e2e/photograph.py", import.meta.url));
const REFERENCE = `
import sys
from PIL import Image, ImageOps
picture = ImageOps.exif_transpose(Image.open(sys.argv[1]))
picture.resize((768, 1024), Image.Resampling.LANCZOS).save(sys.argv[2])
`;

export function makePhotographs(folder, count) {
  const python = process.env.TILEWISE_PYTHON;
  return Array.from({ length: count }, (_, index) => {
    const path = join(folder, `photograph-${index}.jpg`);
    const reference = join(folder, `reference-${index}.png`);
    execFileSync(python, [SCRIPT, path]);
    execFileSync(python, ["-c", REFERENCE, path, reference]);
    return { name: `photograph-${index}.jpg`, path, reference };
  });
}
