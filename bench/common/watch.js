/** Which parts of a blob are read while something runs: whole, by slices, or by the chunks of a stream. */
export async function watch(blob, run) {
  const { slice, arrayBuffer, stream } = Blob.prototype;
  const parts = new Map([[blob, [0, blob.size]]]);
  const ranges = [];
  Blob.prototype.slice = function (start = 0, end = this.size, ...rest) {
    const part = slice.call(this, start, end, ...rest);
    const [offset] = parts.get(this);
    parts.set(part, [offset + start, offset + Math.min(end, this.size)]);
    return part;
  };
  Blob.prototype.arrayBuffer = function () {
    ranges.push(parts.get(this));
    return arrayBuffer.call(this);
  };
  Blob.prototype.stream = function () {
    const [start] = parts.get(this);
    return watchChunks(stream.call(this), start, ranges);
  };
  try {
    await run();
  } catch {
    // What was read is of interest all the same.
  } finally {
    Object.assign(Blob.prototype, { slice, arrayBuffer, stream });
  }
  return ranges;
}

/** What a stream reads ahead of its reader does not count. */
function watchChunks(stream, start, ranges) {
  const { getReader } = stream;
  stream.getReader = (...options) => {
    const reader = getReader.apply(stream, options);
    const { read } = reader;
    reader.read = async (...view) => {
      const chunk = await read.apply(reader, view);
      if (chunk.value) ranges.push([start, (start += chunk.value.length)]);
      return chunk;
    };
    return reader;
  };
  return stream;
}
