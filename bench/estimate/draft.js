/** A request with so many photographs, of all sizes that a telephone makes. */
const MODEL = "moonshotai/Kimi-K2.6";

export function draft(count) {
  const media = Array.from({ length: count }, (_, index) => {
    const [width, height] = [4032 - 13 * index, 3024 - 7 * index];
    const facts = {
      kind: "image",
      format: "jpeg",
      mime: "image/jpeg",
      bytes: 3_000_000 + index,
      bytesRead: 2048,
      width,
      height,
      displayWidth: width,
      displayHeight: height,
      orientation: 1,
      animated: false,
      hasAlpha: false,
    };
    return { facts, via: "url", url: `https://example.com/photo-${index}.jpg` };
  });
  return { model: MODEL, text: "What is in these images?", media };
}
