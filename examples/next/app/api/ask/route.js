import { chat, inspect, TilewiseError } from "tilewise";

/** Asks about an image with the key of the server, and streams the answer as text. */
export async function POST(request) {
  const form = await request.formData();
  const image = form.get("image");
  const text = form.get("text");
  if (!(image instanceof Blob) || typeof text !== "string") {
    return Response.json({ message: "An image and a text are wanted." }, { status: 400 });
  }

  try {
    const facts = await inspect(image);
    const media = [{ facts, via: "base64", data: image }];
    const answer = chat(
      { model: "moonshotai/Kimi-K3", text, media, maxTokens: 500 },
      { apiKey: process.env.BASETEN_API_KEY, baseUrl: process.env.BASETEN_BASE_URL, signal: request.signal },
    );
    const events = answer[Symbol.asyncIterator]();
    // Wait for the first event: a request that fails before it can still be answered with a status.
    const first = await events.next();
    return new Response(textOf(first, events), { headers: { "content-type": "text/plain; charset=utf-8" } });
  } catch (error) {
    if (!(error instanceof TilewiseError)) throw error;
    const { code, message, violations } = error;
    return Response.json({ code, message, violations }, { status: STATUS[code] ?? 422 });
  }
}

/** The HTTP status of each error code. All others are the fault of the image: 422. */
const STATUS = { network: 502, http: 502, stream: 502, timeout: 504, internal: 500 };

function textOf(first, events) {
  const encoder = new TextEncoder();
  let next = first;
  return new ReadableStream({
    async pull(controller) {
      for (; !next.done; next = await events.next()) {
        if (next.value.type !== "text") continue;
        controller.enqueue(encoder.encode(next.value.text));
        next = await events.next();
        return;
      }
      controller.close();
    },
    // The reader has left: stop paying for the answer.
    cancel: () => events.return(),
  });
}
