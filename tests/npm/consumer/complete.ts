// Uses all that the package offers, and every type of the contract that it ships.
import init, {
  chat,
  estimate,
  inspect,
  listModels,
  models,
  reconcile,
  requestBody,
  snippet,
  TilewiseError,
} from "tilewise";
import type {
  BilledPart,
  ChatEvent,
  ChatOptions,
  ChatResult,
  ChatStream,
  Detail,
  Draft,
  EndpointOptions,
  Estimate,
  EstimateOptions,
  ImageFacts,
  InspectOptions,
  Limits,
  MediaEstimate,
  MediaFacts,
  MediaPart,
  MediaSource,
  Model,
  Reconciliation,
  Usage,
  VideoFacts,
  Violation,
  WasmSource,
} from "tilewise";

const binaries: (WasmSource | Promise<WasmSource>)[] = [
  "tilewise.wasm",
  new URL("https://example.com/tilewise.wasm"),
  new Request("tilewise.wasm"),
  new Response(),
  new Uint8Array(),
  new ArrayBuffer(0),
  WebAssembly.compile(new Uint8Array()),
];
for (const binary of binaries) await init(binary);
const ready: Promise<void> = init();
await ready;

const sources: MediaSource[] = [
  new Blob(),
  new File([], "photo.jpg"),
  new ArrayBuffer(0),
  new Uint8Array(),
  new URL("https://example.com"),
  "data:,",
];
const reading: InspectOptions = { signal: new AbortController().signal, maxBytes: 1 };
const facts: MediaFacts[] = await Promise.all(sources.map((source) => inspect(source, reading)));

function describe(facts: MediaFacts): string {
  const size: number = facts.displayWidth * facts.displayHeight;
  const length: number | null = facts.bytes;
  if (facts.kind === "image") {
    const image: ImageFacts = facts;
    const upright: boolean = image.orientation === 1;
    return `${image.format} ${image.animated ?? "?"} ${image.hasAlpha ?? "?"} ${upright} ${size} ${length}`;
  }
  const video: VideoFacts = facts;
  const frames: number | null = video.frameCount;
  return `${video.codec ?? "?"} ${video.rotation + 90} ${frames} ${video.durationMs} ${video.hasAudio}`;
}

const [model]: Model[] = models();
const limits: Limits | undefined = model?.limits;
const price: number | null | undefined = model?.price.cachedInput;
const figures: string[] | undefined = model?.sources.map(({ what, url, checked }) => what + url + checked);

const detail: Detail = "original";
const media: MediaPart[] = facts.map((facts, index) =>
  index % 2
    ? { facts, via: "url", url: "https://example.com/photo.jpg", detail }
    : { facts, via: "base64", data: new Blob() },
);
const draft: Draft = {
  model: model?.id ?? "moonshotai/Kimi-K2.6",
  text: facts.map(describe).join("\n"),
  media,
  system: "Be brief.",
  history: [
    { role: "user", content: [{ type: "text", text: "Hello" }] },
    { role: "user", text: "And this?", media },
  ],
  maxTokens: 100,
  extra: { temperature: 0.2, stop: ["\n"] },
};

const assumptions: EstimateOptions = {
  rule: "processor",
  price: { input: 1, output: null },
  limits: { ...limits, maxImages: 1 },
  sampleFps: 2,
  cachedShare: 0.5,
};
const expected: Estimate = estimate(draft, assumptions);
const tokens: (number | null)[] = expected.media.map((medium: MediaEstimate) => medium.tokens[expected.rule]);
const sides: (number | undefined)[] = expected.media.map(({ grid }) => grid?.columns);
const dollars: number | null = expected.cost.inputUsd ?? expected.cost.maxOutputUsd;
const bounds: number[] = [expected.text.low, expected.text.tokens, expected.text.high, expected.bodyBytes];
const fixes: string[] = expected.violations
  .filter((violation: Violation) => violation.severity === "error")
  .map(({ code, media, actual, allowed, message, fix }) => `${code} ${media} ${actual}/${allowed} ${fix ?? message}`);

const body: Record<string, unknown> = await requestBody(draft, { stream: false });
const languages: Parameters<typeof snippet>[1][] = ["python", "javascript", "curl"];
const programs: string[] = languages.map((language) => snippet(draft, language));

const endpoint: EndpointOptions = {
  baseUrl: "https://inference.baseten.co/v1",
  apiKey: "key",
  headers: { "x-own": "1" },
  signal: new AbortController().signal,
  maxRetries: 0,
  timeoutMs: 1000,
};
const listed: Model[] = await listModels(endpoint);
const live: Estimate = estimate(draft, { models: listed.filter(({ listed }) => listed !== false) });
const again: number[] = [live.mediaTokens - live.earlierMediaTokens, live.maxOutputTokens ?? 0];
const options: ChatOptions = { ...endpoint, force: true, estimate: { models: listed } };

function tell(event: ChatEvent): string {
  switch (event.type) {
    case "reasoning":
    case "text":
      return event.text;
    case "tool_call":
      return `${event.index} ${event.id} ${event.name} ${event.arguments}`;
    case "usage":
      return `${event.usage.inputTokens}`;
    case "finish":
      return event.reason;
    case "retry":
      return `${event.attempt} ${event.waitMs} ${event.cause}`;
    default:
      return event satisfies never;
  }
}

const stream: ChatStream = chat(draft, options);
try {
  for await (const event of stream) tell(event);
  const result: ChatResult = await stream.result;
  const usage: Usage | null = result.usage;
  if (usage) {
    const { inputTokens, usd, follows, parts, cost }: Reconciliation = reconcile(expected, usage);
    const billed: BilledPart[] = [parts.freshInput, parts.cachedInput, parts.output, parts.reasoning];
    again.push(cost.lowUsd ?? 0, parts.media.low ?? parts.text.low, ...billed.map(({ usd }) => usd ?? 0));
    const rule: "published" | "processor" | "neither" | null = follows;
    tell({ type: "text", text: `${inputTokens.difference} ${usd.reported} ${rule}` });
  }
} catch (error) {
  if (!(error instanceof TilewiseError)) throw error;
  const code: "http" | "limit" | string = error.code;
  const violations: Violation[] = error.violations ?? [];
  const partial: ChatResult | undefined = error.partial;
  const spent: number | null = reconcile(expected, partial?.usage ?? null, partial ?? null).cost.highUsd;
  again.push(spent ?? 0);
  throw new Error(`${code} ${error.status ?? 0} ${violations.length}`, { cause: error.body });
} finally {
  stream.abort();
}

export { again, body, bounds, dollars, figures, fixes, price, programs, sides, tokens };
