// Bad networks and bad days of a storage: every case ends in the same file, or in a clear refusal.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { corrupt, cutAnswer, cutRequest, drip, dripIn, held, loseAnswer, notBefore, refuse, twice } from "./faulty.mjs";
import { chooseFiles, chooseFormat, connect as connectTo, download, goTo, inFaultyWorld, opensOfficially, python, queueEnds, sha256, until, useKey } from "./harness.mjs";

const MIB = 1 << 20;
let world, proxy, page;
inFaultyWorld((...given) => ([world, proxy, page] = given));

const connect = (bucket) => connectTo(world, page, bucket, { "Endpoint URL": proxy.endpoint });
const transfer = (state) => page.locator(`li[data-key="data.bin"][data-state="${state}"]`);
const button = (name) => page.locator('li[data-key="data.bin"]').getByRole("button", { name, exact: true });
const count = (name) => proxy.log.filter((asked) => asked === name).length;

const makeFile = (size) => {
  const path = join(world.folder, "data.bin");
  writeFileSync(path, randomBytes(size));
  return path;
};

/** The object is this file, says the official library; nothing is left half done. */
const isStored = async (bucket, path) => {
  await opensOfficially(world, bucket, "data.bin", readFileSync(path));
  assert.deepEqual(await world.s3.uploads(bucket), []);
};

/** Connects, breaks, uploads. */
const upload = async (bucket, path, fault) => {
  await connect(bucket);
  await useKey(page);
  proxy.log.length = 0;
  proxy.fault = fault;
  await page.getByLabel("Choose files").setInputFiles(path);
};

const healing = {
  "parts are cut in the middle": ({ operation, count }) => operation === "UploadPart" && count <= 2 && cutRequest(MIB),
  "a storm of 503 SlowDown": ({ operation, count }) => operation === "UploadPart" && count <= 2 && refuse(503, "SlowDown"),
  "answers to parts are lost": ({ operation, count }) => operation === "UploadPart" && count === 1 && loseAnswer,
  "500 on Complete": ({ operation, count }) => operation === "CompleteMultipartUpload" && count === 1 && refuse(500, "InternalError"),
  "200 with an error in it on Complete": ({ operation, count }) => operation === "CompleteMultipartUpload" && count === 1 && refuse(200, "InternalError"),
  "the answer to Complete is lost": ({ operation, count }) => operation === "CompleteMultipartUpload" && count === 1 && loseAnswer,
  "parts and Complete reach the storage twice": ({ operation }) => /UploadPart|CompleteMultipartUpload/.test(operation) && twice,
  "HEAD at the end fails at first": ({ operation, count }) => operation === "HeadObject" && count <= 2 && refuse(503, "SlowDown"),
};
test("upload: what is sent of parts side by side adds up, and never becomes less", async () => {
  const bucket = await world.bucket();
  await upload(bucket, makeFile(65 * MIB), ({ operation }) => (operation === "UploadPart" ? dripIn : undefined));
  await page.evaluate(() => {
    window.seen = [];
    const look = () => seen.push(...[...document.querySelectorAll('li[data-key="data.bin"] progress')].map((bar) => bar.value));
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  await queueEnds(page, { done: 1 });
  const seen = await page.evaluate("window.seen");
  assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
  assert.ok(new Set(seen).size > 5, seen.join());
});

for (const [name, fault] of Object.entries(healing)) {
  test(`upload: ${name}`, async () => {
    const bucket = await world.bucket();
    const path = makeFile(20 * MIB);
    let hits = 0;
    await upload(bucket, path, (asked) => {
      const hit = fault(asked);
      hits += hit ? 1 : 0;
      return hit || undefined;
    });
    await queueEnds(page, { done: 1 }, 60_000);
    assert.ok(hits > 0, "the fault was met");
    await isStored(bucket, path);
  });
}

test("upload: a storage that takes its time with a part gets it once", async () => {
  const bucket = await world.bucket();
  const path = makeFile(20 * MIB);
  await upload(bucket, path, ({ operation, part }) => (operation === "UploadPart" && part === 2 ? dripIn : undefined));
  await queueEnds(page, { done: 1 }, 60_000);
  assert.deepEqual([1, 2, 3].map((part) => count(`UploadPart:${part}`)), [1, 1, 1]);
  await isStored(bucket, path);
});

test("upload: the answer to a small file's PUT is lost", async () => {
  const bucket = await world.bucket();
  const path = makeFile(70_000);
  await upload(bucket, path, ({ operation, count }) => (operation === "PutObject" && count === 1 ? loseAnswer : undefined));
  await queueEnds(page, { done: 1 }, 60_000);
  assert.ok(count("PutObject") >= 1);
  await isStored(bucket, path);
});

test("upload: a byte that changes on its way is noticed by the storage, and the part is sent again", async () => {
  const bucket = await world.bucket();
  for (const size of [12 * MIB, 70_000]) {
    const path = makeFile(size);
    await connect(bucket);
    await goTo(page, "Bucket encryption");
    await page.getByText("Checks and checksums").click();
    await page.getByRole("combobox", { name: "Integrity" }).selectOption("content-md5");
    await page.getByRole("checkbox", { name: /Open every part once more/ }).check();
    await page.locator('[data-integrity="content-md5"][data-verify="true"]').waitFor();
    await useKey(page);
    const sent = size > MIB ? "UploadPart" : "PutObject";
    proxy.fault = ({ operation, count }) => (operation === sent && count === 1 ? corrupt : undefined);
    proxy.log.length = 0;
    await page.getByLabel("Choose files").setInputFiles(path);
    await queueEnds(page, { done: 1 }, 60_000);
    await isStored(bucket, path);
    assert.ok(proxy.log.filter((name) => name.startsWith(sent)).length >= (size > MIB ? 3 : 2), `sent again: ${proxy.log}`);
    await world.s3.delete(bucket, "data.bin");
    await page.reload();
  }
});

test("upload: without a network it waits, and goes on by itself", async () => {
  const bucket = await world.bucket();
  const path = makeFile(12 * MIB);
  let went = false;
  await upload(bucket, path, ({ part }) => {
    if (!part || went) return undefined;
    went = true;
    page.context().setOffline(true);
    return cutRequest(1);
  });
  await transfer("waiting").getByText(/offline/).waitFor();
  await page.context().setOffline(false);
  await queueEnds(page, { done: 1 }, 60_000);
  await isStored(bucket, path);
});

test("upload: on a slow network the page still lists while files go up, and none of them waits inside the browser", async () => {
  const bucket = await world.bucket();
  await connect(bucket);
  await useKey(page);
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  const uploading = (uploadThroughput) => network.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput });
  await uploading(20_000);
  const files = Array.from({ length: 12 }, (_, at) => ({ name: `${at}.bin`, buffer: randomBytes(250_000) }));
  await chooseFiles(world, page, files);
  await page.locator('li[data-state="running"]').nth(11).waitFor();
  await page.waitForTimeout(1_000);
  await world.s3.put(bucket, "beside.txt", "there meanwhile");
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.locator('tr[data-key="beside.txt"]').waitFor({ timeout: 5_000 });
  await uploading(-1);
  await queueEnds(page, { done: files.length });
});

test("upload: a clock that is off is corrected once, and shown", async () => {
  const bucket = await world.bucket();
  await page.addInitScript(() => {
    const now = Date.now;
    globalThis.ahead = 0;
    Date.now = () => now() + globalThis.ahead;
  });
  const path = makeFile(12 * MIB);
  await connect(bucket);
  await useKey(page);
  await page.evaluate(() => (globalThis.ahead = 20 * 60_000));
  await page.getByLabel("Choose files").setInputFiles(path);
  await queueEnds(page, { done: 1 }, 60_000);
  await page.getByText(/clock is 20 min ahead of the storage's/).waitFor();
  await isStored(bucket, path);
});

test("upload: the clock that was off is set right in the middle; it goes on, and the warning goes", async () => {
  const bucket = await world.bucket();
  await page.addInitScript(() => {
    const now = Date.now;
    globalThis.ahead = 0;
    Date.now = () => now() + globalThis.ahead;
  });
  const path = makeFile(56 * MIB);
  await connect(bucket);
  await useKey(page);
  await page.evaluate(() => (globalThis.ahead = 20 * 60_000));
  let setClock;
  const isSet = new Promise((resolve) => (setClock = resolve));
  proxy.fault = ({ part, count }) => (part > 2 && part < 5 && count === 1 ? held(isSet) : undefined);
  await page.getByLabel("Choose files").setInputFiles(path);
  const banner = page.getByText(/clock is 20 min ahead of the storage's/);
  await banner.waitFor();
  await until("parts are stored", () => proxy.stored.size >= 2);
  await page.evaluate(() => (globalThis.ahead = 0));
  setClock();
  await queueEnds(page, { done: 1 }, 60_000);
  await banner.waitFor({ state: "detached" });
  await isStored(bucket, path);
});

test("upload: files that go up together while the clock is set are all refused, and all sent again", async () => {
  const bucket = await world.bucket();
  await page.addInitScript(() => {
    const now = Date.now;
    globalThis.ahead = 0;
    Date.now = () => now() + globalThis.ahead;
  });
  await connect(bucket);
  await useKey(page);
  const files = ["a", "b", "c", "d"].map((name) => ({ name, buffer: Buffer.from(name) }));
  let setClock, refuseAll, asked;
  const isSet = new Promise((resolve) => (setClock = resolve));
  const together = new Promise((resolve) => (refuseAll = resolve));
  let sent = 0;
  proxy.fault = ({ operation }) => {
    if (operation === "ListObjectsV2") {
      asked = true;
      return held(isSet);
    }
    if (operation !== "PutObject") return undefined;
    sent += 1;
    if (sent === files.length) refuseAll();
    return held(together);
  };
  await chooseFiles(world, page, files);
  // What is there was asked by the right clock.
  await until("no listing", () => asked);
  await page.evaluate(() => (globalThis.ahead = 20 * 60_000));
  setClock();
  await queueEnds(page, { done: files.length });
  assert.equal(sent, 2 * files.length, "each was refused once");
});

test("upload: a refusal that cannot heal ends it at once, says why, and leaves no parts", async () => {
  const bucket = await world.bucket();
  await upload(bucket, makeFile(20 * MIB), ({ operation, part }) => (part === 2 ? refuse(403, "AccessDenied") : undefined));
  await queueEnds(page, { done: 0, failed: 1 });
  await transfer("failed").getByText(/may not do that/).waitFor();
  assert.equal(count("UploadPart:2"), 1, "not tried again");
  assert.deepEqual(await world.s3.uploads(bucket), []);
});

const changes = {
  "cut short": (path) => truncateSync(path, 9 * MIB),
  deleted: unlinkSync,
  "written over, with the same size": (path) => writeFileSync(path, randomBytes(96 * MIB)),
};
for (const [name, change] of Object.entries(changes)) {
  test(`upload: a file that is ${name} meanwhile is refused, and leaves no parts`, async () => {
    const bucket = await world.bucket();
    const path = makeFile(96 * MIB);
    let changed = false;
    await upload(bucket, path, ({ part }) => {
      if (part && !changed) {
        changed = true;
        change(path);
      }
    });
    await queueEnds(page, { done: 0, failed: 1 });
    await transfer("failed").getByText(/changed|read/i).first().waitFor();
    assert.deepEqual(await world.s3.uploads(bucket), []);
  });
}

/** An encrypted object in a bucket, and the page connected to it. */
const stored = async (size) => {
  const bucket = await world.bucket();
  const path = makeFile(size);
  await upload(bucket, path, () => undefined);
  await queueEnds(page, { done: 1 }, 120_000);
  await page.getByRole("button", { name: "Remove finished" }).click();
  proxy.log.length = 0;
  return { bucket, path };
};
const saved = () => page.waitForEvent("download", { timeout: 60_000 });
const startDownload = () => page.locator('tr[data-key="data.bin"]').getByRole("button", { name: "Download" }).click();
const isSaved = async (waiting, path) => assert.equal(sha256(readFileSync(await (await waiting).path())), sha256(readFileSync(path)));

test("download: cut answers, 503s and a slow drip end in the same file", async () => {
  const { path } = await stored(40 * MIB);
  let hits = 0;
  proxy.fault = ({ operation, range }) => {
    if (operation !== "GetObject" || !range) return undefined;
    hits += 1;
    return [cutAnswer(MIB), refuse(503, "SlowDown"), drip, cutAnswer(3 * MIB)][hits - 1];
  };
  const { bytes } = await download(page, "data.bin");
  assert.ok(hits > 6);
  assert.equal(sha256(bytes), sha256(readFileSync(path)));
});

test("download: paused and resumed, only what is missing is fetched", async () => {
  const { path } = await stored(48 * MIB);
  const asked = [];
  let free = 4;
  // What is over the number waits for ever, as at a storage that hangs.
  proxy.fault = ({ operation, range }) => {
    if (operation !== "GetObject" || !range) return undefined;
    asked.push(range);
    return free-- > 0 ? undefined : { cutRequest: Infinity };
  };
  await startDownload();
  await page.waitForFunction(() => Number(document.querySelector('li[data-key="data.bin"] progress')?.value) >= 30);
  await button("Pause").click();
  await transfer("paused").waitFor();
  const before = asked.splice(0);
  free = Infinity;
  const waiting = saved();
  await button("Resume").click();
  await isSaved(waiting, path);
  await queueEnds(page, { done: 1 });
  assert.ok(asked.length > 0 && asked.length + 3 <= 7, `${asked.length} requests after ${before.length}`);
});

test("download: the token expires; with new credentials it goes on", async () => {
  const { path } = await stored(40 * MIB);
  let broken = true;
  const asked = [];
  proxy.fault = ({ operation, range }) => {
    const [from, to] = range?.match(/\d+/g)?.map(Number) ?? [];
    if (operation !== "GetObject" || !(to - from > MIB)) return undefined;
    asked.push(range);
    // Three are fetched at a time: when the fourth is asked for, one is there.
    return broken && asked.length > 3 ? refuse(403, "ExpiredToken") : undefined;
  };
  await startDownload();
  await transfer("paused").waitFor();
  broken = false;
  asked.length = 0;
  const waiting = saved();
  await page.getByRole("link", { name: "Enter new credentials" }).click();
  const { accessKeyId, secretAccessKey } = world.credentials;
  await page.getByRole("textbox", { name: "Access key ID" }).fill(accessKeyId);
  await page.getByRole("textbox", { name: "Secret access key" }).fill(secretAccessKey);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await isSaved(waiting, path);
  assert.ok(asked.length > 0 && asked.length <= 4, `${asked.length} of 5 pieces`);
});

test("download: an object that is replaced meanwhile is refused; nothing is saved", async () => {
  const { bucket } = await stored(40 * MIB);
  let downloads = 0;
  page.on("download", () => (downloads += 1));
  let replaced;
  let pieces = 0;
  proxy.fault = ({ operation, range }) => {
    if (operation !== "GetObject" || !range || ++pieces <= 3) return undefined;
    replaced ??= world.s3.put(bucket, "data.bin", randomBytes(40 * MIB));
    return notBefore(replaced);
  };
  await startDownload();
  await transfer("failed").waitFor({ timeout: 60_000 });
  await replaced;
  assert.equal(downloads, 0);
});

/** Private files that the page has. */
const privateFiles = () =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("sealdrop-downloads", { create: true });
    const names = [];
    for await (const name of folder.keys()) names.push(name);
    return names;
  });
const left = async () => (await privateFiles()).length;

test("download: cancelled in the middle leaves nothing in private storage", async () => {
  await stored(40 * MIB);
  let free = 2;
  proxy.fault = ({ operation, range }) => (operation === "GetObject" && range && free-- <= 0 ? { cutRequest: Infinity } : undefined);
  const before = await left();
  await startDownload();
  await page.waitForFunction(() => Number(document.querySelector('li[data-key="data.bin"] progress')?.value) > 0);
  await button("Pause").click();
  await transfer("paused").waitFor();
  assert.equal(await left(), before + 1);
  await button("Cancel").click();
  await transfer("cancelled").waitFor();
  await until("the private file is left", async () => (await left()) <= before, 10_000);
});

for (const [what, format, asZip] of [["a download", "esdk", false], ["a signed one", "esdk-signed", false], ["a ZIP", "esdk", true]]) {
  test(`download: what an earlier page left makes room when ${what} finds none in the middle`, async () => {
    const bucket = await world.bucket();
    const path = makeFile(12 * MIB);
    await connect(bucket);
    await useKey(page);
    await chooseFormat(page, format);
    const open = (prefix) => page.evaluate((hash) => (location.hash = hash), `#/browse/${bucket}/${prefix}`);
    if (asZip) await open("in/");
    await page.getByLabel("Choose files").setInputFiles(path);
    await queueEnds(page, { done: 1 });
    await page.evaluate(async (size) => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("sealdrop-downloads", { create: true });
      const file = await (await folder.getFileHandle("download-00000000deadbeef", { create: true })).createWritable();
      await file.write(new Uint8Array(size));
      await file.close();
      // Nobody knows beforehand.
      StorageManager.prototype.estimate = async () => ({ usage: 0, quota: 1e12 });
    }, 8 * MIB);
    const network = await page.context().newCDPSession(page);
    await network.send("Storage.overrideQuotaForOrigin", { origin: world.origin, quotaSize: 16 * MIB });
    const waiting = saved();
    if (asZip) {
      await open("");
      await page.locator('tr[data-key="in/"]').getByRole("button", { name: "Download" }).click();
      const zip = await (await waiting).path();
      const program = "import sys,zipfile,hashlib\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nprint(*[hashlib.sha256(z.read(i)).hexdigest() for i in z.infolist()])";
      assert.equal(python(["-c", program, zip], world.folder).trim(), sha256(readFileSync(path)));
    } else {
      await startDownload();
      await isSaved(waiting, path);
    }
    await queueEnds(page, { done: 2 });
    assert.ok(!(await privateFiles()).includes("download-00000000deadbeef"), "room was made");
  });
}

test("download: full private storage ends it with the reason; nothing is saved or left", async () => {
  await stored(24 * MIB);
  let downloads = 0;
  page.on("download", () => (downloads += 1));
  const before = await left();
  const network = await page.context().newCDPSession(page);
  await network.send("Storage.overrideQuotaForOrigin", { origin: world.origin, quotaSize: 12 * MIB });
  await startDownload();
  await transfer("failed").waitFor();
  assert.match(await transfer("failed").innerText(), /this browser's share of it, is full/);
  assert.equal(downloads, 0);
  await until("the private file is left", async () => (await left()) <= before, 10_000);
});
