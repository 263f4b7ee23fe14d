/** Servers of one file, by the way they take Range, and what they were asked. */
import { once } from "node:events";

/** Answers a range with it, and anything else with the whole file. */
export const withRanges = (bytes, headers = {}) => (request, response) => {
  const [, start, end] = request.headers.range?.match(/^bytes=(\d+)-(\d+)$/)?.map(Number) ?? [];
  if (start === undefined) return withoutRanges(bytes, headers)(request, response);
  if (start >= bytes.length) {
    return response.writeHead(416, { "content-range": `bytes */${bytes.length}`, ...headers }).end();
  }
  return sendPart(response, bytes, start, end, headers);
};

/** Sends a part as one that is there. A header that is `undefined` is left out. */
export function sendPart(response, bytes, start, end, headers = {}) {
  const part = bytes.subarray(start, end + 1);
  const last = start + part.length - 1;
  const all = { "content-length": part.length, "content-range": `bytes ${start}-${last}/${bytes.length}`, ...headers };
  response.writeHead(206, Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));
  response.end(part);
}

export const withoutRanges = (bytes, headers = {}) => (_, response) => {
  response.writeHead(200, { "content-length": bytes.length, ...headers });
  response.end(bytes);
};

/** Answers a range by `refuse`, and anything else with the whole file. */
export const refusingRanges = (bytes, refuse, headers) => (request, response) =>
  request.headers.range ? refuse(response) : withoutRanges(bytes, headers)(request, response);

/** A handler that notes each request: its method, path, range, accepted encoding and connection. */
export function noting(handler) {
  const requests = [];
  const noted = (request, response) => {
    const { method, url, headers, socket } = request;
    requests.push({ method, url, range: headers.range, encoding: headers["accept-encoding"], socket });
    return handler(request, response, requests.length);
  };
  return Object.assign(noted, { requests, ranges: () => requests.map(({ range }) => range) });
}

/** Sends headers and a start, then goes on forever; resolves when the client hangs up. */
export async function sendEndlessly(response, status, headers, start) {
  const gone = once(response, "close");
  const more = () => {
    while (!response.destroyed && response.write(new Uint8Array(64 * 1024)));
  };
  response.on("drain", more);
  response.writeHead(status, headers);
  response.write(start);
  more();
  await gone;
}
