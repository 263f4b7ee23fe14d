/** Files of which parts are read as they are asked for, in the shape in which `inspect` takes them. */

/** What could not be read, with a code to branch on. */
export class ReadError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Reads a part, or less of it where the file ends before. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array> | Uint8Array;

export interface RangedFile {
  /** A `Blob` to all who ask. */
  blob: Blob;
  /** Why a read failed, if one did: of what a blob throws, `inspect` keeps the message alone. */
  failure(): unknown;
}

/** @param size In bytes. */
export function rangedFile(size: number, read: ReadRange): RangedFile {
  const blob = new Ranged(size, read);
  return { blob: blob as unknown as Blob, failure: () => blob.failure };
}

/** By its prototype a `Blob`, and never made as one: to make one takes longer than to inspect a file. */
class Ranged {
  failure: unknown;

  constructor(
    readonly size: number,
    private readonly read: ReadRange,
  ) {}

  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> } {
    return { arrayBuffer: () => this.part(start, end) };
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.part(0, this.size);
  }

  private async part(start: number, end: number): Promise<ArrayBuffer> {
    try {
      const bytes = await this.read(start, Math.min(end, this.size));
      // Of a part of a pool, only what was asked for.
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
  }
}

Object.setPrototypeOf(Ranged.prototype, Blob.prototype);

export interface RangedBytes {
  /** A `Uint8Array` to all who ask for its length and for parts of it. */
  bytes: Uint8Array;
  /** Why a read failed, if one did. */
  failure(): unknown;
}

/** As `rangedFile`, of what is read at once, for `inspectSync`. */
export function rangedBytes(size: number, read: (start: number, end: number) => Uint8Array): RangedBytes {
  const bytes = new RangedArray(size, read);
  return { bytes: bytes as unknown as Uint8Array, failure: () => bytes.failure };
}

/** By its prototype a `Uint8Array`. */
class RangedArray {
  failure: unknown;
  declare byteLength: number;

  constructor(
    size: number,
    private readonly read: (start: number, end: number) => Uint8Array,
  ) {
    Object.defineProperty(this, "byteLength", { value: size });
  }

  /** Throws nothing: what is thrown through the binary leaves it in a state of its own. */
  subarray(start: number, end: number): Uint8Array {
    try {
      return this.read(start, Math.min(end, this.byteLength));
    } catch (error) {
      this.failure ??= error;
      return new Uint8Array(0);
    }
  }
}

Object.setPrototypeOf(RangedArray.prototype, Uint8Array.prototype);

/** What a server is asked for at first: the headers of most images and videos. */
export const FIRST_BYTES = 16 << 10;
/** And at least by the second one, since a request takes longer than bytes. Each further one asks for twice as much. */
const FURTHER_BYTES = 64 << 10;
const MOST_BYTES = 1 << 20;

/**
 * Asks a server for more than is wanted, and serves what comes next from that.
 *
 * @param first What the first request brought, from the start of the file on.
 */
export function readAhead(first: Uint8Array, size: number, read: (start: number, end: number) => Promise<Uint8Array>): ReadRange {
  const parts = [{ start: 0, bytes: first }];
  let ahead = FURTHER_BYTES;
  return async (start, end) => {
    const part = parts.find((part) => part.start <= start && end <= part.start + part.bytes.length);
    if (part) return part.bytes.subarray(start - part.start, end - part.start);
    const bytes = await read(start, Math.min(size, Math.max(end, start + ahead)));
    ahead = Math.min(MOST_BYTES, ahead * 2);
    parts.push({ start, bytes });
    return bytes.subarray(0, end - start);
  };
}
