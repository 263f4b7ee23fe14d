/** The least that a page can do with many photographs: read the head of each, and show a small image of it. */

const HEAD_BYTES = 65_536;
const LONGEST_SIDE = 480;
const AT_ONCE = 3;

document.querySelector("input").addEventListener("change", async ({ target }) => {
  window.begun = performance.now();
  const files = [...target.files];
  await Promise.all(files.map((file) => file.slice(0, HEAD_BYTES).arrayBuffer()));
  window.ended = performance.now();
  const rows = files.map(({ name }) => {
    const row = document.createElement("li");
    const image = new Image();
    // As high as in the page, so that as many are in sight.
    Object.assign(image, { alt: name, height: 300 });
    row.append(image);
    return row;
  });
  document.querySelector("ul").append(...rows);
  const waiting = files.entries();
  await Promise.all(Array.from({ length: AT_ONCE }, () => draw(waiting, rows)));
  window.drawn = true;
});

async function draw(waiting, rows) {
  for (const [index, file] of waiting) {
    const bitmap = await createImageBitmap(file, { resizeWidth: LONGEST_SIDE, resizeQuality: "medium" });
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    bitmap.close();
    const small = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 });
    rows[index].firstChild.src = URL.createObjectURL(small);
  }
}

/** All photographs by the workers of the package alone, to the same goal. */
window.fitAll = async (goal) => {
  const { prepare } = await import("./prepare/prepare.js");
  const files = [...document.querySelector("input").files];
  const begun = performance.now();
  await Promise.all(files.map((file) => prepare(file, goal)));
  return performance.now() - begun;
};
