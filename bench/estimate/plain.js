/**
 * Tokens and dollars of images by both rules and nothing else, as one would write it in a page: no limits, no body, no
 * bounds of text, no notes. The figures are the package's own, so that both compute the same.
 */
const TILE = 14;
/** The processor's: https://huggingface.co/moonshotai/Kimi-K2.5, media_proc_cfg. */
const MERGED = 28;
const MAX_PATCHES = 16_384;
const MAX_ON_A_SIDE = 512;
const USD_PER_MILLION = 0.95;

export function estimatePlainly({ media }) {
  let mediaTokens = 0;
  const each = media.map(({ facts: { width, height } }) => {
    const published = Math.max(1, Math.floor(width / TILE)) * Math.max(1, Math.floor(height / TILE));
    mediaTokens += published;
    return { tokens: { published, processor: processor(width, height) }, usd: (published * USD_PER_MILLION) / 1e6 };
  });
  return { media: each, mediaTokens, usd: (mediaTokens * USD_PER_MILLION) / 1e6 };
}

function processor(width, height) {
  const patches = (side) => Math.max(1, Math.floor(side / TILE));
  const byArea = Math.sqrt(MAX_PATCHES / (patches(width) * patches(height)));
  const scale = Math.min(1, byArea, (MAX_ON_A_SIDE * TILE) / width, (MAX_ON_A_SIDE * TILE) / height);
  const merged = (side) => Math.ceil(Math.min(Math.max(1, Math.floor(side * scale)), MAX_ON_A_SIDE * TILE) / MERGED);
  return merged(width) * merged(height);
}
