// Uploads that are stopped and go on: what was sent is not sent again, and never becomes half of two files.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { KEY, connect, peer, queueEnds, sha256, startWorld, useKey } from "./harness.mjs";

const MIB = 1 << 20;
let world, page, complaints, close, parts;
before(async () => (world = await startWorld()));
after(() => world.close());
beforeEach(async () => {
  ({ page, complaints, close } = await world.page());
  parts = [];
  page.on("requestfinished", (request) => {
    if (request.method() === "PUT" && request.url().includes("partNumber=")) parts.push(Number(new URL(request.url()).searchParams.get("partNumber")));
  });
  page.on("dialog", (dialog) => dialog.accept());
});
afterEach(async () => {
  await close();
  assert.deepEqual(complaints, []);
});

// One session a page: the limits of several would add up.
const sessions = new WeakMap();
const throttle = async (mibPerSecond) => {
  if (!sessions.has(page)) sessions.set(page, await page.context().newCDPSession(page));
  await sessions.get(page).send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: mibPerSecond < 0 ? -1 : mibPerSecond * MIB });
};
const goTo = (place) => page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: place }).click();
const transfer = (state) => page.locator(`li[data-key="data.bin"][data-state="${state}"]`);
const button = (name) => page.locator('li[data-key="data.bin"]').getByRole("button", { name, exact: true });

/** A file of random bytes on disk. */
const makeFile = (mib) => {
  const path = join(world.folder, "data.bin");
  writeFileSync(path, randomBytes(mib * MIB));
  return path;
};

/** The object is this file, says the official library; nothing is left half done. */
const isStored = async (bucket, path) => {
  const at = (name) => join(world.folder, name);
  writeFileSync(at("stored"), await world.s3.get(bucket, "data.bin"));
  peer(["decrypt", at("stored"), at("opened"), "--aes", KEY]);
  assert.equal(sha256(readFileSync(at("opened"))), sha256(readFileSync(path)));
  assert.deepEqual(await world.s3.uploads(bucket), []);
};

/** Starts an upload and waits until some parts are in the bucket. */
const startSlowly = async (bucket, path, sent = 2) => {
  await connect(world, page, bucket);
  await useKey(page);
  await throttle(8);
  await page.getByLabel("Choose files").setInputFiles(path);
  const deadline = Date.now() + 60_000;
  while (parts.length < sent) {
    assert.ok(Date.now() < deadline, "no part arrives");
    await page.waitForTimeout(50);
  }
  // What is under way now stays under way.
  await throttle(0.1);
};

/** The page is closed in the middle, opened again, and has the key. */
const reopen = async (bucket) => {
  await page.reload();
  await throttle(-1);
  await connect(world, page, bucket);
  await useKey(page);
  await goTo("Transfers");
  await page.getByRole("region", { name: "Unfinished uploads" }).getByText("data.bin").waitFor();
};

test("a paused upload sends nothing, and goes on with what was sent", async () => {
  const bucket = await world.bucket();
  const path = makeFile(80);
  await startSlowly(bucket, path);
  await button("Pause").click();
  await transfer("paused").waitFor();
  const before = parts.length;
  await page.waitForTimeout(1_500);
  assert.equal(parts.length, before, "nothing is sent while it is paused");
  // Twice at once: the first run has hardly let go when the second begins.
  await button("Resume").click();
  await button("Pause").click();
  await button("Resume").click();
  await throttle(-1);
  await queueEnds(page, { done: 1 }, 180_000);
  assert.equal(new Set(parts).size, parts.length, `no part was sent twice: ${parts}`);
  await isStored(bucket, path);
});

test("after a reload the same file goes on, without sending again what is there", async () => {
  const bucket = await world.bucket();
  const path = makeFile(80);
  await startSlowly(bucket, path, 3);
  await reopen(bucket);
  const before = new Set(parts);
  parts = [];
  await page.getByLabel("Choose the file again").setInputFiles(path);
  await queueEnds(page, { done: 1 }, 180_000);
  for (const part of parts) assert.ok(!before.has(part), `part ${part} was sent twice`);
  await isStored(bucket, path);
  await page.getByRole("region", { name: "Unfinished uploads" }).waitFor({ state: "detached" });
});

test("picking the file as always goes on too", async () => {
  const bucket = await world.bucket();
  const path = makeFile(96);
  await startSlowly(bucket, path);
  await reopen(bucket);
  const before = new Set(parts);
  parts = [];
  await goTo("Browse");
  await page.getByLabel("Choose files").setInputFiles(path);
  await queueEnds(page, { done: 1 }, 180_000);
  for (const part of parts) assert.ok(!before.has(part), `part ${part} was sent twice`);
  await isStored(bucket, path);
});

test("a file that changed, even with the same size and date, starts over under a fresh key", async () => {
  for (const at of [5, 45 * MIB]) {
    const bucket = await world.bucket();
    const path = makeFile(48);
    const { atime, mtime } = statSync(path);
    parts = [];
    await startSlowly(bucket, path);
    const changed = readFileSync(path);
    changed[at] ^= 1;
    await reopen(bucket);
    writeFileSync(path, changed);
    utimesSync(path, atime, mtime);
    await page.getByLabel("Choose the file again").setInputFiles(path);
    await queueEnds(page, { done: 1 }, 180_000);
    await isStored(bucket, path);
  }
});

test("a file that is plainly another is refused, and the unfinished one can be discarded", async () => {
  const bucket = await world.bucket();
  const path = makeFile(96);
  await startSlowly(bucket, path);
  await reopen(bucket);
  writeFileSync(path, "short");
  await page.getByLabel("Choose the file again").setInputFiles(path);
  await page.getByRole("alert").filter({ hasText: "not the file that was begun" }).waitFor();
  assert.equal((await world.s3.uploads(bucket)).length, 1);
  await page.getByRole("button", { name: "Discard" }).click();
  await page.getByRole("region", { name: "Unfinished uploads" }).waitFor({ state: "detached" });
  assert.deepEqual(await world.s3.uploads(bucket), []);
});

test("cancelling a paused upload leaves nothing behind", async () => {
  const bucket = await world.bucket();
  await startSlowly(bucket, makeFile(96));
  await button("Pause").click();
  await transfer("paused").waitFor();
  await button("Cancel").click();
  await transfer("cancelled").waitFor();
  const deadline = Date.now() + 10_000;
  while ((await world.s3.uploads(bucket)).length) assert.ok(Date.now() < deadline, "parts are left");
});

test("two tabs never drive the same upload", async () => {
  const bucket = await world.bucket();
  const path = makeFile(60);
  await startSlowly(bucket, path);
  const first = page;
  const second = await page.context().newPage();
  page = second;
  await connect(world, page, bucket);
  await useKey(page);
  await goTo("Transfers");
  await page.getByLabel("Choose the file again").setInputFiles(path);
  await page.getByText("Another tab goes on with this upload").waitFor();
  await second.close();
  page = first;
  await throttle(-1);
  await queueEnds(page, { done: 1 }, 180_000);
  await isStored(bucket, path);
});

test("credentials that run out stop the queue; with new ones it goes on by itself", async () => {
  const bucket = await world.bucket();
  const path = makeFile(60);
  let expired = false;
  await page.route(/partNumber=/, (route) => {
    if (expired && route.request().method() === "PUT") {
      const headers = { "access-control-allow-origin": "*", "content-type": "application/xml" };
      return route.fulfill({ status: 400, headers, body: "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>" });
    }
    return route.continue();
  });
  await startSlowly(bucket, path);
  expired = true;
  await throttle(8);
  await transfer("failed").waitFor();
  await page.getByText(/expired/i).first().waitFor();
  assert.equal((await world.s3.uploads(bucket)).length, 1, "what was sent is kept");
  expired = false;
  await throttle(-1);
  await goTo("Connection");
  const { accessKeyId, secretAccessKey } = world.credentials;
  await page.getByRole("textbox", { name: "Access key ID" }).fill(accessKeyId);
  await page.getByRole("textbox", { name: "Secret access key" }).fill(secretAccessKey);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await queueEnds(page, { done: 1 }, 180_000);
  await isStored(bucket, path);
});
