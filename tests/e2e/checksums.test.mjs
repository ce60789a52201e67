// SHA-256 of every file: of uploads in every format, of those that were stopped, of downloads; checked by the real sha256sum.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { hang } from "./faulty.mjs";
import { chooseFormat, connect, download, goTo, inFaultyWorld, queueEnds, sha256, switchEncryptionOff, until, useKey } from "./harness.mjs";

const MIB = 1 << 20;
let world, proxy, page;
inFaultyWorld((...given) => ([world, proxy, page] = given));

const at = (name) => join(world.folder, name);

/** Connected to the bucket by way of the proxy, with a key, and with every file hashed, if that is wanted. */
const begin = async (bucket, { hashed = true } = {}) => {
  await connect(world, page, bucket, { "Endpoint URL": proxy.endpoint });
  await useKey(page);
  if (!hashed) return;
  await goTo(page, "Bucket encryption");
  await page.getByText("Checks and checksums").click();
  await page.getByRole("checkbox", { name: /SHA-256 of every file/ }).check();
  await page.locator('[data-hash="true"]').waitFor();
  await goTo(page, "Browse");
};

const manifest = () => page.getByRole("region", { name: "Manifest of this session" });
const save = async (form) => {
  await goTo(page, "Transfers");
  await manifest().getByRole("combobox").selectOption(form);
  const waiting = page.waitForEvent("download");
  await manifest().getByRole("button", { name: "Save manifest" }).click();
  const saved = await waiting;
  return { name: saved.suggestedFilename(), text: readFileSync(await saved.path(), "utf8") };
};
const records = async () => JSON.parse((await save("JSON")).text).transfers;

/** What the real sha256sum says in that folder. */
const check = (text, folder) => {
  writeFileSync(join(folder, "SHA256SUMS"), text);
  return spawnSync("sha256sum", ["--strict", "-c", "SHA256SUMS"], { cwd: folder, encoding: "utf8" });
};

test("a folder goes up, and sha256sum checks it; a file that changed since is found", async () => {
  const bucket = await world.bucket();
  const folder = at("data");
  const files = { "large.bin": randomBytes(12 * MIB + 5), "raw/small.txt": "small", "raw/empty": "", "-x y.txt": "odd", "データ.txt": "日本" };
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  await begin(bucket);
  await page.getByLabel("Choose folder").setInputFiles(folder);
  await queueEnds(page, { done: 5 });
  const { name, text } = await save("SHA256SUMS");
  assert.equal(name, "SHA256SUMS");
  await manifest().getByText("5 files, all with their SHA-256.").waitFor();
  await manifest().getByText("Names begin in data/ of the bucket.").waitFor();
  const good = check(text, folder);
  assert.equal(good.status, 0, `${text}\n${good.stdout}${good.stderr}`);
  assert.equal(good.stdout.match(/: OK/g).length, 5, good.stdout);
  assert.ok(text.includes(`${sha256(files["large.bin"])}  large.bin\n`));
  writeFileSync(join(folder, "raw/small.txt"), "Small");
  assert.match(check(text, folder).stdout, /raw\/small\.txt: FAILED/);
});

test("in every format, and as it is, a file of several parts has its hash; without the setting it has none", async () => {
  const bucket = await world.bucket();
  await begin(bucket);
  const files = new Map();
  const upload = async (name, length) => {
    files.set(name, randomBytes(length));
    writeFileSync(at(name), files.get(name));
    await page.getByLabel("Choose files").setInputFiles(at(name));
    await queueEnds(page, { done: files.size });
  };
  for (const format of ["esdk", "esdk-signed", "s3ec-v3"]) {
    await chooseFormat(page, format);
    await upload(`${format}.bin`, 17 * MIB + 1);
    await upload(`${format}.empty`, 0);
  }
  await switchEncryptionOff(page);
  for (const [name, length] of [["plain.bin", 17 * MIB + 1], ["plain.small", 300_000], ["plain.tiny", 3], ["plain.empty", 0]]) await upload(name, length);
  for (const [name, bytes] of files) if (name.startsWith("plain")) assert.equal(sha256(await world.s3.get(bucket, name)), sha256(bytes), name);
  const all = await records();
  assert.equal(all.length, files.size);
  for (const { key, sha256: hash } of all) assert.equal(hash, sha256(files.get(key)), key);

  await goTo(page, "Bucket encryption");
  await page.getByText("Checks and checksums").click();
  await page.getByRole("checkbox", { name: /SHA-256 of every file/ }).uncheck();
  await goTo(page, "Browse");
  await upload("unasked.bin", 9 * MIB);
  await save("SHA256SUMS");
  await manifest().getByText("With a SHA-256: 10. Left out, for they have none: 1.").waitFor();
  await manifest().getByRole("link", { name: "Have it computed for every file" }).click();
  await page.getByRole("heading", { name: "Bucket encryption" }).first().waitFor();
  assert.equal((await records()).find(({ key }) => key === "unasked.bin").sha256, null);
});

for (const encrypted of [true, false]) {
  const kind = encrypted ? "encrypted" : "as it is";
  const start = async () => {
    const bucket = await world.bucket();
    const bytes = randomBytes(41 * MIB);
    writeFileSync(at("data.bin"), bytes);
    await begin(bucket);
    if (!encrypted) await switchEncryptionOff(page);
    // The first part is the one that is missing.
    proxy.fault = ({ part }) => (part === 1 ? hang : undefined);
    await page.getByLabel("Choose files").setInputFiles(at("data.bin"));
    await until("the second part is not sent", () => proxy.stored.has(2));
    return { bucket, bytes };
  };
  const isHashed = async (bytes) => assert.deepEqual((await records()).map(({ key, sha256 }) => [key, sha256]), [["data.bin", sha256(bytes)]]);

  test(`an upload that was paused has its hash (${kind})`, async () => {
    const { bytes } = await start();
    await page.getByRole("button", { name: "Pause", exact: true }).click();
    await page.locator('li[data-state="paused"]').waitFor();
    proxy.heal();
    await page.getByRole("button", { name: "Resume", exact: true }).click();
    await queueEnds(page, { done: 1 });
    await isHashed(bytes);
  });

  test(`an upload that another page goes on with has its hash, as was asked for when it was begun (${kind})`, async () => {
    const { bucket, bytes } = await start();
    await page.reload();
    proxy.heal();
    await begin(bucket, { hashed: false });
    await goTo(page, "Transfers");
    await page.getByLabel("Choose the file again").setInputFiles(at("data.bin"));
    await queueEnds(page, { done: 1 });
    await isHashed(bytes);
  });
}

test("a file that is gone ends its upload, although the parts wait for one another", async () => {
  for (const encrypted of [true, false]) {
    const bucket = await world.bucket();
    writeFileSync(at("data.bin"), randomBytes(41 * MIB));
    await begin(bucket);
    if (!encrypted) await switchEncryptionOff(page);
    proxy.fault = ({ operation }) => {
      if (operation === "CreateMultipartUpload") rmSync(at("data.bin"));
    };
    await page.getByLabel("Choose files").setInputFiles(at("data.bin"));
    await queueEnds(page, { done: 0, failed: 1 });
    assert.deepEqual(await world.s3.uploads(bucket), []);
    proxy.heal();
    await page.reload();
  }
});

/** Private files that are to be read once more wait in the page, until `window.go` lets them go to a worker. */
const holdBack = () =>
  page.addInitScript(() => {
    const post = Worker.prototype.postMessage;
    const waiting = [];
    let free = false;
    Worker.prototype.postMessage = function (message, ...rest) {
      const file = message?.[1]?.[2];
      if (free || !(file instanceof File) || !file.name.startsWith("download-")) return post.call(this, message, ...rest);
      waiting.push(() => post.call(this, message, ...rest));
    };
    window.go = () => {
      free = true;
      waiting.splice(0).forEach((post) => post());
    };
  });
const privateFiles = (remove = false) =>
  page.evaluate(async (remove) => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("sealdrop-downloads", { create: true });
    const names = await Array.fromAsync(folder.keys());
    for (const name of remove ? names : []) await folder.removeEntry(name);
    return names.length;
  }, remove);
const row = (state) => page.locator(`.transfers li[data-key="data.bin"][data-state="${state}"]`);
const hashing = () => row("verifying").getByText("computing SHA-256: 0 B of 3.00 MiB").waitFor();
const ask = () => page.locator('tr[data-key="data.bin"]').getByRole("button", { name: "Download" }).click();

const uploaded = async (name, bytes) => {
  writeFileSync(at(name), bytes);
  await page.getByLabel("Choose files").setInputFiles(at(name));
  await queueEnds(page, { done: 1 });
  await page.getByRole("button", { name: "Remove finished" }).click();
};

test("downloads have their hash, in every format, and sha256sum checks what was saved", async () => {
  const bucket = await world.bucket();
  await begin(bucket, { hashed: false });
  const bytes = randomBytes(12 * MIB + 7);
  const names = ["esdk", "esdk-signed", "s3ec-v3", "plain"];
  for (const name of names) {
    if (name === "plain") await switchEncryptionOff(page);
    else await chooseFormat(page, name);
    await uploaded(name, bytes);
  }
  await page.reload();
  await begin(bucket);
  const folder = mkdtempSync(at("saved-"));
  for (const name of names) writeFileSync(join(folder, name), (await download(page, name)).bytes);
  await queueEnds(page, { done: names.length });
  const { text } = await save("SHA256SUMS");
  const checked = check(text, folder);
  assert.equal(checked.stdout, [...names].sort().map((name) => `${name}: OK\n`).join(""), checked.stderr);
  assert.deepEqual((await records()).map(({ direction, sha256 }) => [direction, sha256]), names.map(() => ["download", sha256(bytes)]));
});

test("while a download is hashed that is shown, and it can be paused and cancelled", async () => {
  const bucket = await world.bucket();
  await holdBack();
  await begin(bucket);
  const bytes = randomBytes(3 * MIB);
  await uploaded("data.bin", bytes);
  const button = (name) => page.locator('.transfers li[data-key="data.bin"]').getByRole("button", { name, exact: true });
  await ask();
  await hashing();
  await button("Pause").click();
  await row("paused").waitFor();
  await button("Resume").click();
  await hashing();
  await button("Cancel").click();
  await row("cancelled").waitFor();
  await until("nothing of it stays", async () => (await privateFiles()) === 0);
  await button("Retry").click();
  await hashing();
  await button("Pause").click();
  await row("paused").waitFor();
  await page.evaluate("go()");
  const waiting = page.waitForEvent("download");
  await button("Resume").click();
  assert.equal(sha256(readFileSync(await (await waiting).path())), sha256(bytes));
  await queueEnds(page, { done: 1 });
  assert.equal((await records()).at(-1).sha256, sha256(bytes));
});

test("a download that cannot be read once more ends all the same, without a hash, and says why", async () => {
  const bucket = await world.bucket();
  await holdBack();
  await begin(bucket);
  const bytes = randomBytes(3 * MIB);
  await uploaded("data.bin", bytes);
  await ask();
  await hashing();
  await privateFiles(true);
  await page.evaluate("go()");
  await row("done").getByText(/no SHA-256: the browser could not read/).waitFor();
  const [up, down] = await records();
  assert.deepEqual([up.sha256, down.sha256], [sha256(bytes), null]);
});
