/**
 * How alike two images are, 1 for the same: mean SSIM of their luma in windows of 8×8 pixels, 4 apart (Wang et al.,
 * "Image quality assessment: from error visibility to structural similarity", 2004).
 */
const WINDOW = 8;
const STEP = 4;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

export async function ssim(blob, reference) {
  const [a, b] = await Promise.all([blob, reference].map(luma));
  if (a.width !== b.width || a.height !== b.height) {
    throw new Error(`${a.width}×${a.height} pixels in place of ${b.width}×${b.height}`);
  }
  let sum = 0;
  let windows = 0;
  for (let y = 0; y + WINDOW <= a.height; y += STEP) {
    for (let x = 0; x + WINDOW <= a.width; x += STEP) {
      sum += inWindow(a, b, x, y);
      windows += 1;
    }
  }
  return sum / windows;
}

function inWindow(a, b, left, top) {
  const count = WINDOW * WINDOW;
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
  for (let y = top; y < top + WINDOW; y++) {
    for (let x = left; x < left + WINDOW; x++) {
      const [va, vb] = [a.values[y * a.width + x], b.values[y * b.width + x]];
      sumA += va;
      sumB += vb;
      squaresA += va * va;
      squaresB += vb * vb;
      products += va * vb;
    }
  }
  const [meanA, meanB] = [sumA / count, sumB / count];
  const varianceA = squaresA / count - meanA ** 2;
  const varianceB = squaresB / count - meanB ** 2;
  const covariance = products / count - meanA * meanB;
  return ((2 * meanA * meanB + C1) * (2 * covariance + C2)) / ((meanA ** 2 + meanB ** 2 + C1) * (varianceA + varianceB + C2));
}

async function luma(blob) {
  const image = await createImageBitmap(blob);
  const { width, height } = image;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const values = new Float64Array(width * height);
  for (let index = 0; index < values.length; index++) {
    const [red, green, blue] = data.subarray(index * 4, index * 4 + 3);
    values[index] = 0.299 * red + 0.587 * green + 0.114 * blue;
  }
  return { width, height, values };
}
