// Objects stored with Content-Encoding: what is saved are the stored bytes, and never a part of what the browser unpacked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { chooseFiles, chooseFormat, connect, download, inWorld, queueEnds, sha256, showDetails, useKey } from "./harness.mjs";
import { startStub } from "./s3_stub.mjs";

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

test("where the storage cannot be asked for the stored bytes, Chromium gives nothing of them: the encoding is the reason told, not the network", async (t) => {
  const packed = gzipSync(rows(100_000));
  const stub = await startStub({
    answer: ({ method, key, headers, usual }) => {
      if (key !== "packed.csv" || !/GET|HEAD/.test(method)) return undefined;
      const whole = { ...usual(), headers: { ...usual().headers, "content-encoding": "gzip" } };
      const [from, to] = headers.range?.match(/\d+/g)?.map(Number) ?? [];
      if (to === undefined) return whole;
      const body = packed.subarray(from, to + 1);
      return { status: 206, headers: { ...whole.headers, "content-range": `bytes ${from}-${from + body.length - 1}/${packed.length}` }, body };
    },
  });
  t.after(() => stub.close());
  stub.buckets.set("data", {});
  stub.objects.set("data/packed.csv", { body: packed, headers: {} });
  await connect(world, page, "data", { "Endpoint URL": stub.endpoint });
  await page.locator('tr[data-key="packed.csv"]').getByRole("button", { name: "Download" }).click();
  const failed = page.locator('li[data-key="packed.csv"][data-state="failed"]');
  await failed.getByText("stored packed (Content-Encoding)").waitFor();
  await failed.getByText("such as aws s3 cp").waitFor();
  await (await showDetails(page, "packed.csv")).getByText("stored packed (Content-Encoding)").waitFor();
});

test("where parts alone come without CORS headers, that is the reason told, and no packing", async (t) => {
  const stub = await startStub({ answer: ({ headers, usual }) => (headers.range ? { ...usual(), status: 206, cors: false } : undefined) });
  t.after(() => stub.close());
  stub.buckets.set("data", {});
  stub.objects.set("data/plain.csv", { body: rows(100_000), headers: {} });
  await connect(world, page, "data", { "Endpoint URL": stub.endpoint });
  await page.locator('tr[data-key="plain.csv"]').getByRole("button", { name: "Download" }).click();
  const failed = page.locator('li[data-key="plain.csv"][data-state="failed"]');
  await failed.getByText("seem to have no CORS headers").waitFor();
  await failed.getByText("the same CORS headers with 206 as with 200").waitFor();
  await (await showDetails(page, "plain.csv")).getByText("seem to have no CORS headers").waitFor();
});
