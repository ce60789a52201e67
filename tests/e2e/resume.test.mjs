// Uploads that are stopped and go on: what was sent is not sent again, and never becomes half of two files.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { KEY, connect as connectTo, inGatedWorld, peer, queueEnds, sha256, until, useKey } from "./harness.mjs";

const MIB = 1 << 20;
let world, gate, page;
inGatedWorld((...given) => ([world, gate, page] = given));

const connect = (world, page, bucket) => connectTo(world, page, bucket, { "Endpoint URL": gate.endpoint });
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
  await peer(["decrypt", at("stored"), at("opened"), "--aes", KEY]);
  assert.equal(sha256(readFileSync(at("opened"))), sha256(readFileSync(path)));
  assert.deepEqual(await world.s3.uploads(bucket), []);
};

/** Starts an upload and waits until so many parts are in the bucket; the others wait at the gate. */
const startAndHold = async (bucket, path, sent = 2) => {
  await connect(world, page, bucket);
  await useKey(page);
  gate.admit(sent);
  await page.getByLabel("Choose files").setInputFiles(path);
  const deadline = Date.now() + 60_000;
  while (gate.stored.length < sent) {
    assert.ok(Date.now() < deadline, "no part arrives");
    await page.waitForTimeout(50);
  }
};

/** The page is closed in the middle, opened again, and has the key. */
const reopen = async (bucket) => {
  await page.reload();
  gate.open();
  await connect(world, page, bucket);
  await useKey(page);
  await goTo("Transfers");
  await page.getByRole("region", { name: "Unfinished uploads" }).getByText("data.bin").waitFor();
};

/** What has been stored is noted, and counted anew. */
const storedSoFar = () => {
  const before = new Set(gate.stored);
  gate.stored = [];
  return before;
};

test("a paused upload sends nothing, and goes on with what was sent", async () => {
  const bucket = await world.bucket();
  const path = makeFile(56);
  await startAndHold(bucket, path);
  await button("Pause").click();
  await transfer("paused").waitFor();
  const before = gate.stored.length;
  gate.open();
  await page.waitForTimeout(1_500);
  assert.equal(gate.stored.length, before, "nothing is sent while it is paused");
  gate.shut();
  // Twice at once: the first run has hardly let go when the second begins.
  await button("Resume").click();
  await button("Pause").click();
  await button("Resume").click();
  gate.open();
  await queueEnds(page, { done: 1 }, 180_000);
  assert.equal(new Set(gate.stored).size, gate.stored.length, `no part was sent twice: ${gate.stored}`);
  await isStored(bucket, path);
});

test("after a reload the same file goes on, without sending again what is there", async () => {
  const bucket = await world.bucket();
  const path = makeFile(56);
  await startAndHold(bucket, path, 3);
  await reopen(bucket);
  const before = storedSoFar();
  await page.getByLabel("Choose the file again").setInputFiles(path);
  await queueEnds(page, { done: 1 }, 180_000);
  for (const part of gate.stored) assert.ok(!before.has(part), `part ${part} was sent twice`);
  await isStored(bucket, path);
  await page.getByRole("region", { name: "Unfinished uploads" }).waitFor({ state: "detached" });
});

test("picking the file as always goes on too", async () => {
  const bucket = await world.bucket();
  const path = makeFile(56);
  await startAndHold(bucket, path);
  await reopen(bucket);
  const before = storedSoFar();
  await goTo("Browse");
  await page.getByLabel("Choose files").setInputFiles(path);
  await queueEnds(page, { done: 1 }, 180_000);
  for (const part of gate.stored) assert.ok(!before.has(part), `part ${part} was sent twice`);
  await isStored(bucket, path);
});

test("a file that changed, even with the same size and date, starts over under a fresh key", async () => {
  for (const at of [5, 45 * MIB]) {
    const bucket = await world.bucket();
    const path = makeFile(48);
    // A whole second: fractions do not survive being set again.
    const date = new Date("2026-01-02T03:04:05Z");
    utimesSync(path, date, date);
    await startAndHold(bucket, path);
    const changed = readFileSync(path);
    changed[at] ^= 1;
    await reopen(bucket);
    writeFileSync(path, changed);
    utimesSync(path, date, date);
    await page.getByLabel("Choose the file again").setInputFiles(path);
    await queueEnds(page, { done: 1 }, 180_000);
    await isStored(bucket, path);
  }
});

test("a file that is plainly another is refused, and the unfinished one can be discarded", async () => {
  const bucket = await world.bucket();
  const path = makeFile(56);
  await startAndHold(bucket, path);
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
  await startAndHold(bucket, makeFile(56));
  await button("Pause").click();
  await transfer("paused").waitFor();
  await button("Cancel").click();
  await transfer("cancelled").waitFor();
  const deadline = Date.now() + 10_000;
  while ((await world.s3.uploads(bucket)).length) assert.ok(Date.now() < deadline, "parts are left");
});

test("records that the browser closed in the middle are opened anew, and keep what is sent from then on", async () => {
  await page.addInitScript(() => {
    const { open } = IDBFactory.prototype;
    globalThis.opened = [];
    IDBFactory.prototype.open = function (...given) {
      const opening = open.apply(this, given);
      opening.addEventListener("success", () => globalThis.opened.push(opening.result));
      return opening;
    };
  });
  const bucket = await world.bucket();
  const path = makeFile(96);
  await startAndHold(bucket, path);
  await until("four wait", () => gate.waits() === 4);
  await page.evaluate(() => globalThis.opened.splice(0).forEach((database) => database.close()));
  gate.release(4);
  await until("four that were made afterwards wait", () => gate.waits() === 4);
  gate.release(1);
  await until("one of them is stored", () => gate.stored.length === 7);
  await reopen(bucket);
  const before = storedSoFar();
  await page.getByLabel("Choose the file again").setInputFiles(path);
  await queueEnds(page, { done: 1 }, 180_000);
  for (const part of gate.stored) assert.ok(!before.has(part), `part ${part} was sent twice`);
  await isStored(bucket, path);
});

test("two tabs never drive the same upload", async () => {
  const bucket = await world.bucket();
  const path = makeFile(56);
  await startAndHold(bucket, path);
  const first = page;
  const second = await page.context().newPage();
  page = second;
  await connect(world, page, bucket);
  await useKey(page);
  await goTo("Transfers");
  await page.getByLabel("Choose the file again").setInputFiles(path);
  await page.getByText("Another tab goes on with this transfer").waitFor();
  await second.close();
  page = first;
  gate.open();
  await queueEnds(page, { done: 1 }, 180_000);
  await isStored(bucket, path);
});

test("what another tab sent in between is not sent again when that tab is gone", async () => {
  const bucket = await world.bucket();
  const path = makeFile(56);
  await startAndHold(bucket, path);
  const first = page;
  page = await first.context().newPage();
  page.on("dialog", (dialog) => dialog.accept());
  await connect(world, page, bucket);
  await useKey(page);
  await goTo("Transfers");
  await page.getByLabel("Choose the file again").setInputFiles(path);
  await page.getByText("Another tab goes on with this transfer").waitFor();
  gate.shut();
  gate.release(2);
  for (const deadline = Date.now() + 30_000; gate.stored.length < 4; await page.waitForTimeout(50)) assert.ok(Date.now() < deadline);
  const before = storedSoFar();
  await first.close();
  gate.open();
  await button("Retry").click();
  await queueEnds(page, { done: 1 }, 180_000);
  for (const part of gate.stored) assert.ok(!before.has(part), `part ${part} was sent twice`);
  await isStored(bucket, path);
});

test("credentials that run out stop the queue; with new ones it goes on by itself", async () => {
  const bucket = await world.bucket();
  const path = makeFile(56);
  let expired = false;
  await page.route(/partNumber=/, (route) => {
    if (expired && route.request().method() === "PUT") {
      const headers = { "access-control-allow-origin": "*", "content-type": "application/xml" };
      return route.fulfill({ status: 400, headers, body: "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>" });
    }
    return route.continue();
  });
  await startAndHold(bucket, path);
  expired = true;
  gate.open();
  await transfer("paused").waitFor();
  await page.getByRole("alert").getByText(/expired/i).first().waitFor();
  assert.equal((await world.s3.uploads(bucket)).length, 1, "what was sent is kept");
  // Nothing else is tried with them.
  const other = join(world.folder, "other.bin");
  writeFileSync(other, "waits");
  await page.getByLabel("Choose files").setInputFiles(other);
  await page.locator('li[data-key="other.bin"][data-state="queued"]').waitFor();
  expired = false;
  await page.getByRole("link", { name: "Enter new credentials" }).click();
  const { accessKeyId, secretAccessKey } = world.credentials;
  await page.getByRole("textbox", { name: "Access key ID" }).fill(accessKeyId);
  await page.getByRole("textbox", { name: "Secret access key" }).fill(secretAccessKey);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await queueEnds(page, { done: 2 }, 180_000);
  await page.locator('[data-credentials="wanted"]').waitFor({ state: "detached" });
  await isStored(bucket, path);
});
