/** What the command is to look at, wherever it lies. */
import { isUtf8 } from "node:buffer";

/** A name that is no UTF-8 stays the bytes that the system knows it by. */
export type Path = string | Uint8Array;

export type Item =
  | { kind: "file"; path: Path }
  | { kind: "url"; url: string }
  /** @property bytes As a listing says; undefined where the object was named. */
  | { kind: "s3"; bucket: string; key: string; bytes?: number }
  /** A folder or a bucket that could not be listed to its end. */
  | { kind: "unlisted"; path: Path; code: string; message: string };

export interface Name {
  /** For people: what is no UTF-8 in it is replaced. */
  name: string;
  /** The exact bytes, where `name` is not exact. */
  nameBase64: string | null;
}

export const isHttp = (name: string): boolean => /^https?:\/\//i.test(name);
export const isData = (name: string): boolean => /^data:/i.test(name);
export const isS3 = (name: string): boolean => /^s3:\/\//i.test(name);

/** What a name in a list means: it is called so, and is never a pattern or a folder. */
export function itemOf(path: Path): Item {
  if (typeof path !== "string") return { kind: "file", path };
  if (isHttp(path) || isData(path)) return { kind: "url", url: path };
  return isS3(path) ? { kind: "s3", ...placeOf(path) } : { kind: "file", path };
}

export function nameOf(item: Item): Name {
  if (item.kind === "url") return { name: item.url, nameBase64: null };
  if (item.kind === "s3") return { name: `s3://${item.bucket}/${item.key}`, nameBase64: null };
  const { path } = item;
  if (typeof path === "string") return { name: path, nameBase64: null };
  const bytes = Buffer.from(path);
  return { name: bytes.toString("utf8"), nameBase64: bytes.toString("base64") };
}

/** Of `s3://bucket/key`. */
export function placeOf(address: string): { bucket: string; key: string } {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(address) ?? [];
  return { bucket, key };
}

/** As text where it is UTF-8. */
export const toPath = (bytes: Buffer): Path => (isUtf8(bytes) ? bytes.toString("utf8") : new Uint8Array(bytes));

/** A path inside a folder. */
export function join(folder: Path, name: Path): Path {
  if (folder === "" || folder.length === 0) return name;
  if (typeof folder === "string" && typeof name === "string") return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
  return new Uint8Array(Buffer.concat([Buffer.from(folder as string), Buffer.from("/"), Buffer.from(name as string)]));
}

/** As functions of `node:fs` take it. */
export const onDisk = (path: Path): string | Buffer => (typeof path === "string" ? path : Buffer.from(path));
