import assert from "node:assert/strict";
import { symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { origin, python } from "./support/environment.js";
import { byBase64, byUrl, CLIP, draft, fixture, PHOTO } from "./support/fixtures.js";
import { createProject, temporaryFolder } from "./support/project.js";
import { output } from "./support/run.js";
import { forward, serve } from "./support/server.js";

const project = await createProject({ after });
const { inspect, models, requestBody, snippet } = await project.load();

const MODULES = fileURLToPath(new URL("../node_modules", import.meta.url));
const FILE_NAME = "it's a photo.jpg";
const PROMPT = [
  "Say \"what\" 'this' is: \\ \\n %s ${HOME} $HOME `id` $(id) !! */",
  "",
  "zweitens: é 漢字 👍 \u2028 {curly} <b>&amp;</b>\tEOF \u0000\u0001",
].join("\n");

const languages = {
  python: {
    file: "snippet.py",
    program: python,
    answer: (printed) => printed.replace(/\r?\n$/, ""),
  },
  javascript: {
    file: "snippet.mjs",
    program: process.execPath,
    answer: (printed) => printed.replace(/\n$/, ""),
  },
  curl: {
    file: "snippet.sh",
    program: "sh",
    answer: (printed) => JSON.parse(printed).choices[0].message.content,
  },
};

const photo = fixture(PHOTO);
const clip = fixture(CLIP);
const fields = {
  text: PROMPT,
  system: "Don't \"guess\" for $5.",
  maxTokens: 4096,
  extra: { temperature: 0.25, metadata: { "who's": ["me", true, false, null, 1e21, -0.5, {}, []] } },
};
const inFile = { ...byBase64(new File([photo], FILE_NAME)), facts: await inspect(photo) };
const cases = {
  "an image by URL": {
    request: draft({ ...fields, media: [{ ...byUrl(), detail: "high" }] }),
    told: "image at https://example.com/photo.jpg, not fetched, counted as 1024×1024 pixels, detail high",
  },
  "an image in a file, and earlier turns": {
    request: draft({
      ...fields,
      media: [inFile],
      history: [
        { role: "user", content: "Hello, it's me" },
        { role: "assistant", content: [{ type: "text", text: 'What "now"?\n' }] },
      ],
    }),
    told: "jpeg image, 90×60 pixels",
  },
  "data without a name, in a file of the name that is documented": {
    request: draft({ ...fields, media: [{ ...inFile, data: photo }] }),
    fileName: "image-1.jpeg",
    told: "jpeg image, 90×60 pixels",
  },
  "a video by URL": {
    request: draft({ ...fields, media: [{ facts: await inspect(clip), via: "url", url: "https://example.com/clip.mp4" }] }),
    told: "video at https://example.com/clip.mp4, not fetched, counted as 640×360 pixels",
  },
  "a video in a file": {
    request: draft({ ...fields, media: [{ facts: await inspect(clip), via: "base64", data: new File([clip], FILE_NAME) }] }),
    data: clip,
    told: "mp4 video, 64×48 pixels",
  },
  "text alone": { request: draft({ text: PROMPT }), told: "Messages: user" },
};

/** Stands before the endpoint, and keeps what it is sent. */
async function witness(context) {
  const seen = {};
  seen.origin = await serve(context, (request, response) => {
    const chunks = [];
    seen.url = request.url;
    // The endpoint behind it knows one path.
    request.url = request.url.replace(/^.*\/chat\/completions$/, "/v1/chat/completions");
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      seen.body = JSON.parse(Buffer.concat(chunks));
      seen.authorization = request.headers.authorization;
    });
    forward(origin, request, response);
  });
  return seen;
}

test("a snippet leads to the provider's own endpoint unless told otherwise", () => {
  for (const language of Object.keys(languages)) {
    const code = snippet(draft(), language);
    assert.ok(code.includes("https://inference.baseten.co/v1"), code);
    assert.equal(snippet(draft(), language, { baseUrl: undefined }), code);
  }
});

for (const [language, { file, program, answer }] of Object.entries(languages)) {
  describe(`the ${language} snippet runs as it is, and sends what chat would send, with`, { concurrency: true }, () => {
    for (const [name, { request, fileName = FILE_NAME, data = photo, told }] of Object.entries(cases)) {
      test(name, async (context) => {
        const folder = await temporaryFolder(context);
        const seen = await witness(context);
        await writeFile(join(folder, fileName), data);
        await writeFile(join(folder, file), snippet(request, language, { baseUrl: `${seen.origin}/v1` }));
        await symlink(MODULES, join(folder, "node_modules"));

        const printed = await output(program, [file], { cwd: folder, env: { API_KEY: "test" } });

        const words = answer(printed);
        assert.ok(words.endsWith(`Prompt:\n\n${PROMPT}`), words);
        assert.ok(words.includes(told), words);
        assert.deepEqual(seen.body, await requestBody(request, { stream: false }));
        assert.equal(seen.authorization, "Bearer test");
      });
    }
  });
}

/** Where each provider's own documents say that a key is kept. */
const KEY_VARIABLES = {
  baseten: "BASETEN_API_KEY",
  openai: "OPENAI_API_KEY",
  anthropic: "ANTHROPIC_API_KEY",
  google: "GEMINI_API_KEY",
  xai: "XAI_API_KEY",
  mistral: "MISTRAL_API_KEY",
  moonshot: "MOONSHOT_API_KEY",
  alibaba: "DASHSCOPE_API_KEY",
  zai: "ZAI_API_KEY",
  deepseek: "DEEPSEEK_API_KEY",
  minimax: "MINIMAX_API_KEY",
  meta: "META_API_KEY",
};

describe("a snippet for a provider's own model asks its own endpoint, with the key from its own variable:", { concurrency: true }, () => {
  const own = models({ status: "current" }).filter(({ baseUrl }) => baseUrl);
  const first = [...new Map(own.map((model) => [model.provider, model]).reverse()).values()];

  test("of every provider that has an endpoint", () => {
    assert.deepEqual(first.map(({ provider }) => provider).sort(), Object.keys(KEY_VARIABLES).sort());
  });

  for (const { provider, id, baseUrl } of first) {
    for (const [language, { file, program, answer }] of Object.entries(languages)) {
      test(`${provider} in ${language}`, async (context) => {
        const folder = await temporaryFolder(context);
        const seen = await witness(context);
        const request = draft({ provider, model: id, text: "What is this?", maxTokens: 512, media: [inFile] });
        const code = snippet(request, language, { baseUrl });
        assert.equal(code.split(baseUrl).length, 2, code);
        const { pathname } = new URL(baseUrl);
        await writeFile(join(folder, FILE_NAME), photo);
        await writeFile(join(folder, file), code.replace(new URL(baseUrl).origin, seen.origin));
        await symlink(MODULES, join(folder, "node_modules"));

        const printed = await output(program, [file], { cwd: folder, env: { [KEY_VARIABLES[provider]]: "own" } });

        assert.ok(answer(printed).includes("jpeg image, 90×60 pixels"), printed);
        assert.equal(seen.url, `${pathname === "/" ? "" : pathname}/chat/completions`);
        assert.deepEqual(seen.body, await requestBody(request, { stream: false }));
        assert.equal(seen.authorization, "Bearer own");
      });
    }
  }
});
