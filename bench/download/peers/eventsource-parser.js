import { createParser } from "eventsource-parser";

/** The events of an answer that was fetched otherwise. */
export async function listen(response, onEvent) {
  const parser = createParser({ onEvent });
  const decoder = new TextDecoder();
  for await (const bytes of response.body) parser.feed(decoder.decode(bytes, { stream: true }));
}
