// Objects stored with Content-Encoding: what is saved are the stored bytes, and never a part of what the browser unpacked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { chooseFiles, chooseFormat, connect, download, inWorld, queueEnds, sha256, useKey } from "./harness.mjs";

let world, page;
inWorld({ begin: (it) => void (world = it), each: (it) => (page = it) });

/** A table that packs to a fifth or less. */
const rows = (count) => Buffer.from(Array.from({ length: count }, (_, i) => `row ${(i * 7919) % 10_007}, ${(i * 104_729) % 1_299_709}\n`).join(""));

test("packed objects come as they are stored, small and in several pieces; one encrypted before it was labelled so opens", async () => {
  const bucket = await world.bucket();
  const stored = { "small.csv": [gzipSync(rows(50)), "gzip"], "large.csv": [gzipSync(rows(1_500_000), { level: 1 }), "gzip"], "brotli.csv": [brotliCompressSync(rows(20_000)), "br"] };
  assert.ok(stored["large.csv"][0].length > 9 << 20, `${stored["large.csv"][0].length}`);
  for (const [key, [bytes, encoding]] of Object.entries(stored)) await world.s3.put(bucket, key, bytes, { "content-encoding": encoding });
  await connect(world, page, bucket);
  await useKey(page);
  await chooseFormat(page, "s3ec-v3");
  const content = rows(2_000);
  await chooseFiles(world, page, [{ name: "labelled.csv", buffer: content }]);
  await queueEnds(page, { done: 1 });
  const head = await world.s3.head(bucket, "labelled.csv");
  const metadata = Object.fromEntries([...head].filter(([name]) => name.startsWith("x-amz-meta-")));
  await world.s3.put(bucket, "labelled.csv", await world.s3.get(bucket, "labelled.csv"), { ...metadata, "content-encoding": "gzip" });
  for (const [key, [bytes]] of Object.entries(stored)) assert.equal(sha256((await download(page, key)).bytes), sha256(bytes), key);
  assert.equal(sha256((await download(page, "labelled.csv")).bytes), sha256(content));
});
