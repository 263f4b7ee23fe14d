/** s3rver, as a program of its own: a page of its listing ends in a token by a cipher that Node has only when asked. */
import S3rver from "s3rver";

const [, , directory, bucket] = process.argv;
const server = new S3rver({ port: 0, address: "127.0.0.1", silent: true, directory, configureBuckets: [{ name: bucket }] });
const { port } = await server.run();
process.stdout.write(`${port}\n`);
