import { chat, estimate, inspect, TilewiseError } from "tilewise";
import { Upload } from "./upload.js";

/** Refuses a POSTed image by its first bytes. Sends others to the model, and answers with its text. */
export default {
  async fetch(request, env) {
    if (request.method !== "POST" || !request.body) {
      return refuse(405, { message: "POST an image." }, { allow: "POST" });
    }
    const bytes = Number(request.headers.get("content-length") ?? NaN);
    if (!Number.isSafeInteger(bytes)) return refuse(411, { message: "A content-length is wanted." });

    const upload = new Upload(request.body);
    try {
      // `inspect` sees only the first bytes, so the length comes from the request.
      const facts = { ...(await inspect(await upload.head())), bytes };
      const draft = {
        model: env.MODEL ?? "moonshotai/Kimi-K3",
        text: new URL(request.url).searchParams.get("text") ?? "What is this?",
        media: [{ facts, via: "base64" }],
        maxTokens: 500,
      };
      const violations = estimate(draft).violations.filter(({ severity }) => severity === "error");
      if (violations.length > 0) {
        const isLarge = violations.some(({ code }) => code.endsWith("_too_large"));
        return refuse(isLarge ? 413 : 422, { violations });
      }

      const data = await upload.whole();
      const answer = chat(
        { ...draft, media: [{ facts, via: "base64", data }] },
        { apiKey: env.BASETEN_API_KEY, baseUrl: env.BASETEN_BASE_URL },
      );
      const { text } = await answer.result;
      return new Response(text);
    } catch (error) {
      if (!(error instanceof TilewiseError)) throw error;
      const { code, message, violations } = error;
      return refuse(STATUS[code] ?? 422, { code, message, violations });
    } finally {
      await upload.cancel();
    }
  },
};

/** The HTTP status of each error code. All others are the fault of the image: 422. */
const STATUS = { network: 502, http: 502, stream: 502, timeout: 504, internal: 500 };

const refuse = (status, body, headers) => Response.json(body, { status, headers });
