/** s3rver, as a program of its own: its listing ends in a token by a cipher that Node has only when asked. */
import S3rver from "s3rver";

const server = new S3rver({ port: 0, address: "127.0.0.1", silent: true, directory: process.argv[2], configureBuckets: [{ name: "photos" }] });
const { port } = await server.run();
process.stdout.write(`${port}\n`);
