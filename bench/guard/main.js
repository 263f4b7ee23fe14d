/**
 * What `guard` adds to a call, beside what the call takes without it: JSON.stringify, and sending to a server on the same
 * machine; to each chunk of a streamed answer; and to memory. In Node. `cargo xtask bench` runs it, with the package's folder.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bytesOf, watchMemories } from "../common/memory.js";
import { folder, isOnce } from "../common/options.js";
import { printTable, short, title } from "../common/table.js";
import { measureCalls, measureChunks, measureMemory } from "./measure.js";

const memories = watchMemories();
const load = (file) => import(pathToFileURL(join(folder, file)));
const { guard } = await load("fetch-node.js");
const { preload } = await load("node.js");
await preload(["network"]);

const MB = 1_000_000;
const effort = isOnce
  ? { photo: MB / 50, photos: 2, rounds: 2, chunks: 100, large: MB }
  : { photo: 5 * MB, photos: 20, rounds: 30, chunks: 20_000, large: 50 * MB };

title("What guard adds to a call");
printTable(
  ["call", "without, ms", "guard, ms", "share"],
  (await measureCalls(guard, effort)).map(({ name, plain, added }) => [name, short(plain), short(added), `${short((added / plain) * 100)} %`]),
);
title("What guard adds to a streamed chunk");
const { plain, guarded } = await measureChunks(guard, effort);
printTable(["without, µs", "with, µs", "added, µs"], [[short(plain), short(guarded), short(guarded - plain)]]);
title(`A body of ${effort.large / MB} MB`);
const { before, after } = await measureMemory(guard, effort, () => bytesOf(memories));
printTable(["memory of the program before, MB", "behind the call, MB"], [[short(before / MB), short(after / MB)]]);
