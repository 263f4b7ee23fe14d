/** A server that speaks S3: s3rver, with faults of ours before it: it makes none by itself, has no
 *  permissions, and looks at no signature. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { temporaryFolder } from "./project.js";
import { forward, serve } from "./server.js";

const require = createRequire(import.meta.url);

export const BUCKET = "archive";

/** What s3rver takes. */
export const CREDENTIALS = { AWS_ACCESS_KEY_ID: "S3RVER", AWS_SECRET_ACCESS_KEY: "S3RVER" };

/** No credentials but those that a test gives: whatever the machine has is hidden. */
export const BARE = {
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_SESSION_TOKEN: undefined,
  AWS_PROFILE: undefined,
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_REGION: "us-east-1",
};

export async function createBucket(context) {
  const directory = await temporaryFolder(context);
  const script = fileURLToPath(new URL("s3-server.js", import.meta.url));
  const server = spawn(process.execPath, ["--openssl-legacy-provider", "--no-deprecation", script, directory, BUCKET], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = await once(server.stdout, "data");
  context.after(async () => {
    server.kill();
    await once(server, "close");
  });
  const direct = `http://127.0.0.1:${`${port}`.trim()}`;
  const client = new S3Client({
    endpoint: direct,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID, secretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY },
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
  context.after(() => client.destroy());
  const bucket = {
    direct,
    put: (key, body) => client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body })),
    remove: (key) => client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key })),
    /** Is asked about each request before it is passed on; true says that it has answered. */
    fault: async () => false,
    requests: 0,
  };
  bucket.origin = await serve(context, async (request, response) => {
    bucket.requests += 1;
    if (await bucket.fault(request, response)) return;
    forward(direct, request, response);
  });
  return bucket;
}

/** As S3 says it. */
export function refuse(response, status, code) {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code} on purpose</Message></Error>`);
  return true;
}

/** Makes Amazon's client a package of this project. */
export async function withClient(project) {
  const folder = join(project.folder, "node_modules/@aws-sdk");
  await mkdir(folder);
  await symlink(dirname(require.resolve("@aws-sdk/client-s3/package.json")), join(folder, "client-s3"), "junction");
}
