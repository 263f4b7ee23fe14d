/** A request with so many photographs, of many sizes that a telephone makes. */
const MODEL = "moonshotai/Kimi-K2.6";
const SIZES = 96;

export function draft(count) {
  const media = Array.from({ length: count }, (_, index) => {
    const step = index % SIZES;
    const [width, height] = [4032 - 13 * step, 3024 - 7 * step];
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
