/** Small servers, closed after the test or the file that asks for them. */
import { once } from "node:events";
import { createServer, request as send } from "node:http";

/** The origin of a server that answers by `handler`. */
export async function serve(context, handler) {
  const { origin, close } = await listen(handler);
  context.after(close);
  return origin;
}

/** An origin where nothing listens. */
export async function deserted() {
  const { origin, close } = await listen();
  await close();
  return origin;
}

/** Passes a request on to another origin, and the answer back as it comes. */
export function forward(origin, request, response) {
  const { method, headers } = request;
  const outgoing = send(new URL(request.url, origin), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    // They may be all that comes.
    response.flushHeaders();
    answer.on("error", () => response.destroy());
    answer.pipe(response);
  });
  outgoing.on("error", () => response.destroy());
  response.on("close", () => outgoing.destroy());
  request.pipe(outgoing);
}

async function listen(handler) {
  const server = createServer(handler).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}
