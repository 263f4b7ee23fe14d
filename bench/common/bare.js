/** The reads that tilewise makes, and nothing else. */
export async function bare({ blob, ranges }) {
  let width = 0;
  for (const [start, end] of ranges) width += (await blob.slice(start, end).arrayBuffer()).byteLength;
  return { width };
}
