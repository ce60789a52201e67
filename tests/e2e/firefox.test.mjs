// Smoke runs in Firefox ESR: connect, upload, download, in each kind of format.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import puppeteer from "puppeteer-core";
import { hang, startFaulty } from "./faulty.mjs";
import { KEY, s3ecPeer, sha256, startWorld } from "./harness.mjs";
import { startStub } from "./s3_stub.mjs";

let world, firefox, downloads;
before(async () => {
  world = await startWorld();
  downloads = join(world.folder, "downloads");
  mkdirSync(downloads);
  firefox = await puppeteer.launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    extraPrefsFirefox: {
      "browser.download.folderList": 2,
      "browser.download.dir": downloads,
      "browser.download.useDownloadDir": true,
      "browser.download.always_ask_before_handling_new_types": false,
    },
  });
});
after(async () => {
  await firefox?.close();
  await world?.close();
});

const connect = async (bucket, endpoint = world.endpoint) => {
  const page = await firefox.newPage();
  await page.goto(`${world.app.url}#/connect?provider=seaweedfs&endpoint=${encodeURIComponent(endpoint)}&bucket=${bucket}`);
  await page.locator("#access-key-id").fill(world.credentials.accessKeyId);
  await page.locator("#secret-access-key").fill(world.credentials.secretAccessKey);
  await page.locator('button[type="submit"]').click();
  await page.waitForSelector('table[aria-label="Objects"]');
  await page.locator('a[href="#/keys"]').click();
  await page.locator("#paste-key").fill(KEY);
  await page.locator("form.inline button[type=submit]").click();
  await page.waitForSelector('li[aria-current="true"]');
  return page;
};
const upload = async (page, name, bytes) => {
  const path = join(world.folder, name);
  writeFileSync(path, bytes);
  await page.locator('nav a[href^="#/browse"]').click();
  const input = await page.waitForSelector("#choose-files");
  await input.uploadFile(path);
  await page.waitForSelector(`li[data-key="${name}"][data-state="done"]`, { timeout: 60_000 });
};
const downloadAgain = async (page, name, bytes) => {
  const download = await page.waitForSelector(`tr[data-key="${name}"] button:nth-of-type(2)`);
  await download.click();
  await page.waitForSelector(`li[data-key="${name}"][data-direction="download"][data-state="done"]`, { timeout: 60_000 });
  const saved = join(downloads, name);
  for (let tries = 0; tries < 100 && !(existsSync(saved) && readFileSync(saved).length === bytes.length); tries++) await sleep(100);
  assert.equal(sha256(readFileSync(saved)), sha256(bytes));
};

test("connect, upload 20 MiB, download it again", { timeout: 120_000 }, async () => {
  const bucket = await world.bucket({ sse: true });
  const bytes = randomBytes(20 << 20);
  const page = await connect(bucket);
  await upload(page, "fox.bin", bytes);
  assert.equal((await world.s3.get(bucket, "fox.bin")).subarray(0, 3).toString("hex"), "020478");
  await downloadAgain(page, "fox.bin", bytes);
  await page.close();
});

test("every file is hashed, up and down, also one that is stored as it is", { timeout: 120_000 }, async () => {
  const bucket = await world.bucket();
  const bytes = randomBytes((17 << 20) + 9);
  const page = await connect(bucket);
  await page.locator('nav a[href^="#/bucket"]').click();
  await page.locator("summary:has([data-hash])").click();
  await page.locator("details:has([data-hash]) .check:last-child input").click();
  await page.waitForSelector('[data-hash="true"]');
  await upload(page, "hashed.bin", bytes);
  await downloadAgain(page, "hashed.bin", bytes);
  await page.locator("::-p-text(Turn encryption off…)").click();
  await page.locator('dialog ::-p-text(Turn encryption off)').click();
  await page.waitForSelector("button ::-p-text(Turn encryption on)");
  await upload(page, "plain.bin", bytes);
  assert.equal(sha256(await world.s3.get(bucket, "plain.bin")), sha256(bytes));
  await page.locator('nav a[href="#/transfers"]').click();
  await page.select("#manifest-form", "JSON");
  await page.locator(".manifest button").click();
  const saved = join(downloads, "sealdrop-manifest.json");
  for (let tries = 0; tries < 100 && !existsSync(saved); tries++) await sleep(100);
  await sleep(200);
  const { transfers } = JSON.parse(readFileSync(saved, "utf8"));
  const hash = sha256(bytes);
  assert.deepEqual(transfers.map(({ key, direction, sha256 }) => [key, direction, sha256]), [["hashed.bin", "upload", hash], ["hashed.bin", "download", hash], ["plain.bin", "upload", hash]]);
  await page.close();
});

test("an object of the S3 Encryption Client, in parts: the official Python client opens it, and so does Firefox", { timeout: 120_000 }, async () => {
  const bucket = await world.bucket();
  const bytes = randomBytes((17 << 20) + 4_321);
  const page = await connect(bucket);
  await page.select("#format", "s3ec-v3");
  await upload(page, "v3.bin", bytes);
  const { accessKeyId, secretAccessKey } = world.credentials;
  const official = await s3ecPeer(["get", world.endpoint, bucket, "v3.bin", "--access-key", accessKeyId, "--secret-key", secretAccessKey, "--wrap", "aes", "--aes", KEY, "--strict"]);
  assert.ok(official.startsWith(`${sha256(bytes)} `));
  await downloadAgain(page, "v3.bin", bytes);
  await page.close();
});

test("a download whose page is closed in the middle goes on in the next one", { timeout: 180_000 }, async () => {
  const bucket = await world.bucket();
  const proxy = await startFaulty(world.endpoint);
  const bytes = randomBytes((36 << 20) + 5);
  let page = await connect(bucket, proxy.endpoint);
  await upload(page, "long.bin", bytes);
  const pieces = [];
  proxy.fault = ({ operation, range }) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
    if (operation !== "GetObject" || !(last - first >= 1 << 20)) return undefined;
    return pieces.length < 3 ? void pieces.push(first) : hang;
  };
  await (await page.waitForSelector('tr[data-key="long.bin"] button:nth-of-type(2)')).click();
  const noted = () =>
    page.evaluate(async () => {
      const done = (request) => new Promise((resolve, reject) => ((request.onsuccess = () => resolve(request.result)), (request.onerror = () => reject(request.error))));
      const database = await done(indexedDB.open("sealdrop"));
      const store = database.transaction("records").objectStore("records");
      const texts = await done(store.getAll(IDBKeyRange.bound("got/", "got/\uffff")));
      database.close();
      return texts.flatMap((text) => JSON.parse(text)).length;
    });
  for (let tries = 0; (await noted()) < 3; tries++) {
    assert.ok(tries < 300, "the pieces are not noted");
    await sleep(100);
  }
  await page.close();
  const again = [];
  proxy.fault = ({ operation, range }) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
    if (operation === "GetObject" && last - first >= 1 << 20) again.push(first);
  };
  page = await connect(bucket, proxy.endpoint);
  await page.locator('nav a[href="#/transfers"]').click();
  await page.locator('section[aria-labelledby="unfinished-downloads-title"] button.primary').click();
  await page.waitForSelector('li[data-key="long.bin"][data-direction="download"][data-state="done"]', { timeout: 60_000 });
  const saved = join(downloads, "long.bin");
  for (let tries = 0; tries < 100 && !(existsSync(saved) && readFileSync(saved).length === bytes.length); tries++) await sleep(100);
  assert.equal(sha256(readFileSync(saved)), sha256(bytes));
  assert.deepEqual(again.filter((first) => pieces.includes(first)), [], "what had come is not fetched again");
  await page.close();
  await proxy.close();
});

test("an object stored packed comes as it is stored, not as Firefox would unpack it", { timeout: 60_000 }, async () => {
  const bucket = await world.bucket();
  const packed = gzipSync(Buffer.from("a line that comes again and again\n".repeat(20_000)));
  await world.s3.put(bucket, "packed.csv", packed, { "content-encoding": "gzip" });
  const page = await connect(bucket);
  await page.locator('nav a[href^="#/browse"]').click();
  await downloadAgain(page, "packed.csv", packed);
});

test("where the storage cannot be asked for the stored bytes, nothing of them is saved and the reason told", { timeout: 60_000 }, async () => {
  const packed = gzipSync(Buffer.from("a line that comes again and again\n".repeat(20_000)));
  const encoded = ({ method, key, usual }) => key === "cut.csv" && /GET|HEAD/.test(method) && { ...usual(), headers: { ...usual().headers, "content-encoding": "gzip" } };
  const stub = await startStub({ answer: (call) => encoded(call) || undefined });
  try {
    stub.buckets.set("data", {});
    stub.objects.set("data/cut.csv", { body: packed, headers: {} });
    const page = await connect("data", stub.endpoint);
    await page.locator('nav a[href^="#/browse"]').click();
    await (await page.waitForSelector('tr[data-key="cut.csv"] button:nth-of-type(2)')).click();
    const failed = await page.waitForSelector('li[data-key="cut.csv"][data-state="failed"]');
    assert.match(await failed.evaluate((node) => node.innerText), /stored packed \(Content-Encoding\)/);
    assert.ok(!existsSync(join(downloads, "cut.csv")));
  } finally {
    await stub.close();
  }
});
