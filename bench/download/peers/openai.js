import OpenAI from "openai";

/** Sends a request, tries again where that may help, and gives what the answer says, bit by bit. */
export const chat = (body, options) =>
  new OpenAI({ dangerouslyAllowBrowser: true, ...options }).chat.completions.create({ ...body, stream: true });
