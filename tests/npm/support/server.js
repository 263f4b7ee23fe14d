/** Small servers, closed after the test or the file that asks for them. */
import { once } from "node:events";
import { createServer, request as send } from "node:http";

/** The origin of a server that answers by `handler`. */
export async function serve({ after }, handler) {
  const server = createServer(handler);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  after(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** Passes a request on to another origin, and the answer back as it comes. */
export function forward(origin, request, response) {
  const { method, headers } = request;
  const outgoing = send(new URL(request.url, origin), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  outgoing.on("error", () => response.destroy());
  response.on("close", () => outgoing.destroy());
  request.pipe(outgoing);
}
