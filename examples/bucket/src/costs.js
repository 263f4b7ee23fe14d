/** What objects cost, by their first kilobytes. */
import init, { estimate, inspect, TilewiseError } from "tilewise";
import { saveObjects } from "./store.js";

/** Reads at once: a Worker has six connections. */
const AT_ONCE = 6;
const FIRST_BYTES = 16 << 10;
const FURTHER_BYTES = 64 << 10;

export async function costObjects({ run, model, objects }, env) {
  await init();
  const rows = [];
  for (let at = 0; at < objects.length; at += AT_ONCE) {
    rows.push(...(await Promise.all(objects.slice(at, at + AT_ONCE).map(([key, size]) => costOf(key, size, model, env)))));
  }
  await saveObjects(env, run, rows);
}

/** Of a message that failed too often: each of its objects still gets a row. */
export async function giveUp({ run, objects = [] }, env) {
  await saveObjects(env, run, objects.map(([key, bytes]) => ({ key, bytes, failure: "given_up" })), { onlyNew: true });
}

/** What is wrong with the object is its row; what is wrong with the bucket fails the message, which comes again. */
async function costOf(key, size, model, env) {
  let facts;
  try {
    facts = await inspectObject(key, size, env);
  } catch (error) {
    if (error instanceof Gone) return { key, bytes: size, failure: error.code };
    if (error instanceof TilewiseError && OF_THE_FILE.has(error.code)) return { key, bytes: size, failure: error.code };
    throw error;
  }
  const { media, rule, inputTokens, cost, violations } = estimate({ model, text: "", media: [{ facts, via: "base64" }] });
  return {
    key,
    bytes: facts.bytes,
    format: facts.format,
    width: facts.width,
    height: facts.height,
    tokens: media[0].tokens[rule],
    input_tokens: inputTokens,
    pico_usd: cost.inputUsd === null ? null : Math.round(cost.inputUsd * 1e12),
    problems: violations.map(({ code }) => code).join(" ") || null,
  };
}

const OF_THE_FILE = new Set(["unsupported_format", "malformed", "truncated", "read_limit"]);

/** The object is not what the listing said. */
class Gone extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

async function inspectObject(key, size, env) {
  // No byte of an empty object can be asked for.
  if (size === 0) return inspect(new Uint8Array(0));
  let failure;
  let etag;
  const read = async (start, end) => {
    const object = await env.BUCKET.get(key, { range: { offset: start, length: Math.max(1, end - start) } });
    if (object === null) throw new Gone("gone");
    etag ??= object.etag;
    if (object.size !== size || object.etag !== etag) throw new Gone("changed");
    return new Uint8Array(await object.arrayBuffer());
  };
  const parts = [{ start: 0, bytes: await read(0, Math.min(size, FIRST_BYTES)) }];
  const blob = new RangedBlob(size, async (start, end) => {
    try {
      let part = parts.find((part) => part.start <= start && end <= part.start + part.bytes.length);
      if (!part) parts.push((part = { start, bytes: await read(start, Math.min(size, Math.max(end, start + FURTHER_BYTES))) }));
      return part.bytes.slice(start - part.start, end - part.start).buffer;
    } catch (error) {
      failure = error;
      throw error;
    }
  });
  try {
    return await inspect(blob);
  } catch (error) {
    throw failure ?? error;
  }
}

/** To `inspect` it is a Blob, of which parts are read when they are asked for. */
class RangedBlob {
  constructor(size, read) {
    Object.defineProperty(this, "size", { value: size });
    this.read = read;
  }

  slice(start, end) {
    return { arrayBuffer: () => this.read(start, Math.min(end, this.size)) };
  }

  arrayBuffer() {
    return this.read(0, this.size);
  }
}

Object.setPrototypeOf(RangedBlob.prototype, Blob.prototype);
