/**
 * Hands each chunk of a body to `take`, and undefined at the end, until that says to stop. A loop in Rust would call
 * into JavaScript seven times a chunk, which takes longer than to read what models send.
 */
export async function pump(reader, take) {
  for (;;) {
    const { value } = await reader.read();
    if (!take(value, value ? value.length : 0, Date.now())) return;
  }
}
