/** The first 16 KB of each object of a bucket, and nothing else: `gets.js ENDPOINT CONNECTIONS fill|client|bare ...` */
import { readFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

const [, , endpoint, connections, way, count, sample] = process.argv;
const BUCKET = "photos";
const RANGE = "bytes=0-16383";
const httpAgent = { keepAlive: true, maxSockets: Number(connections) };
const client = new S3Client({ endpoint, forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED", responseChecksumValidation: "WHEN_REQUIRED", requestHandler: { httpAgent } });

async function* keys() {
  let token;
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket: BUCKET, ContinuationToken: token }));
    yield* page.Contents.map(({ Key }) => Key);
    token = page.NextContinuationToken;
  } while (token);
}

const agent = new Agent(httpAgent);
const ways = {
  async client(Key) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key, Range: RANGE }));
    await Body.transformToByteArray();
  },
  bare: (key) =>
    new Promise((resolve, reject) => {
      get(`${endpoint}/${BUCKET}/${key}`, { agent, headers: { range: RANGE } }, (response) => {
        if (response.statusCode !== 206) reject(new Error(`status ${response.statusCode}`));
        response.on("data", () => {}).on("end", resolve).on("error", reject);
      }).on("error", reject);
    }),
};

async function together(items, call) {
  let done = 0;
  const work = async () => {
    for await (const item of items) {
      await call(item);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: Number(connections) }, work));
  return done;
}

if (way === "fill") {
  const Body = readFileSync(sample);
  const numbers = Array.from({ length: Number(count) }, (_, index) => `${`${index}`.padStart(6, "0")}.jpg`).values();
  await together(numbers, (Key) => client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body })));
} else {
  process.stdout.write(`${await together(keys(), ways[way])}\n`);
}
agent.destroy();
client.destroy();
