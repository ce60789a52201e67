// Every format and kind of key: written in parts, read back after a reload, and opened by the official clients.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startGate } from "./gate.mjs";
import { KEY, chooseFiles, chooseFormat, connect, download, goTo, inWorld, opensOfficially, queueEnds, runShown, s3ecPeer, sha256, showDetails, shownPrograms, until, useKey } from "./harness.mjs";

let world, page;
inWorld({ begin: (it) => void (world = it), each: (it) => (page = it) });

const keys = () => page.getByRole("list", { name: "Keys" });
const FILES = () => [
  { name: "parts.bin", buffer: randomBytes((17 << 20) + 12_345) },
  { name: "exact.bin", buffer: randomBytes(16 << 20) },
  { name: "small.txt", buffer: Buffer.from("small") },
  { name: "empty.txt", buffer: Buffer.alloc(0) },
];
const upload = async (files) => {
  await goTo(page, "Browse");
  await chooseFiles(world, page, files);
  await queueEnds(page, { done: files.length });
};
const readBack = async (bucket, files, addKey) => {
  await page.reload();
  await connect(world, page, bucket);
  await goTo(page, "Keys");
  await addKey();
  await goTo(page, "Browse");
  for (const { name, buffer } of files) assert.equal(sha256((await download(page, name)).bytes), sha256(buffer), name);
};
const official = (bucket, key, options) => s3ecPeer(["get", world.endpoint, bucket, key, "--access-key", world.credentials.accessKeyId, "--secret-key", world.credentials.secretAccessKey, ...options]);

/** The program in the details panel, run to the letter beside the key file, decrypts the object. */
const decryptsAsShown = async (key, expected, { keyFile, keyBytes, typed } = {}) => {
  const [[library, program]] = Object.entries(await shownPrograms(await showDetails(page, key)));
  const folder = mkdtempSync(join(world.folder, "shown-"));
  if (keyFile) writeFileSync(join(folder, keyFile), keyBytes);
  await runShown(world, library, program, folder, { typed });
  assert.equal(sha256(readFileSync(join(folder, key))), sha256(expected), library);
};

test("the program shown for an object decrypts it", async () => {
  const bucket = await world.bucket();
  const files = [{ name: "shown.bin", buffer: randomBytes(2 << 20) }];
  await connect(world, page, bucket);
  await useKey(page);
  await upload(files);
  await decryptsAsShown("shown.bin", files[0].buffer, { keyFile: "sealdrop-key.txt", keyBytes: KEY });
});

for (const format of ["s3ec-v3", "s3ec-v2"]) {
  test(`${format} with a raw AES key: whole, in parts and empty; the official Python client opens it`, async () => {
    const bucket = await world.bucket();
    const files = FILES();
    await connect(world, page, bucket);
    await useKey(page);
    await chooseFormat(page, format);
    await upload(files);
    for (const { name, buffer } of files) {
      const answer = await official(bucket, name, ["--wrap", "aes", "--aes", KEY, ...(format === "s3ec-v3" ? ["--strict"] : [])]);
      assert.match(answer, new RegExp(`^${sha256(buffer)} ${buffer.length}\\b`), name);
    }
    await page.locator(`tr[data-key="parts.bin"][data-cse="${format}"]`).waitFor();
    if (format === "s3ec-v3") await readBack(bucket, files, () => page.getByLabel("Key file").setInputFiles([{ name: "k", mimeType: "", buffer: Buffer.from(KEY) }]));
    assert.deepEqual(await world.s3.uploads(bucket), []);
  });
}

test("a key pair made here: saved, used in both formats, opened officially; its public half alone is a drop-box", async () => {
  const bucket = await world.bucket();
  await connect(world, page, bucket);
  await goTo(page, "Keys");
  await page.getByRole("button", { name: "Generate key pair" }).click();
  const saving = page.waitForEvent("download");
  await keys().getByRole("button", { name: "Save key file" }).click({ timeout: 60_000 });
  const path = join(world.folder, "private.pem");
  await (await saving).saveAs(path);
  const savingPublic = page.waitForEvent("download");
  await keys().getByRole("button", { name: "Save public key" }).click();
  const publicPath = join(world.folder, "public.pem");
  await (await savingPublic).saveAs(publicPath);
  assert.ok(!readFileSync(publicPath, "utf8").includes("PRIVATE"));
  await keys().getByRole("button", { name: "Use key" }).click();
  const message = [{ name: "message.bin", buffer: randomBytes(3 << 20) }];
  await upload(message);
  await decryptsAsShown("message.bin", message[0].buffer, { keyFile: "sealdrop-private-key.pem", keyBytes: readFileSync(path) });
  await opensOfficially(world, bucket, "message.bin", message[0].buffer, ["--rsa", path]);

  // Elsewhere, with the public half alone.
  await page.reload();
  await connect(world, page, bucket);
  await goTo(page, "Keys");
  await page.getByLabel("Key file").setInputFiles(publicPath);
  await keys().getByText("cannot read back").waitFor();
  await keys().getByRole("button", { name: "Use key" }).click();
  await chooseFormat(page, "s3ec-v3");
  const dropped = [{ name: "dropped.bin", buffer: randomBytes(9 << 20) }];
  await upload(dropped);
  await page.locator('tr[data-key="dropped.bin"]').getByRole("button", { name: "Download" }).click();
  await queueEnds(page, { done: 1, failed: 1 });
  assert.match(await official(bucket, "dropped.bin", ["--wrap", "rsa", "--rsa", path, "--strict"]), new RegExp(`^${sha256(dropped[0].buffer)} `));
  await readBack(bucket, [...message, ...dropped], () => page.getByLabel("Key file").setInputFiles(path));
});

test("a passphrase opens in another session what was written with it; a weak one is not taken", async () => {
  const bucket = await world.bucket();
  await connect(world, page, bucket);
  await goTo(page, "Keys");
  await page.getByRole("textbox", { name: "Passphrase" }).fill("password");
  await page.getByText("too weak").waitFor();
  assert.ok(await page.getByRole("button", { name: "Use passphrase" }).isDisabled());
  await page.getByRole("button", { name: "Suggest a passphrase" }).click();
  const phrase = await page.getByRole("textbox", { name: "Passphrase" }).inputValue();
  assert.match(phrase, /^([a-z]{5}-){5}[a-z]{5}$/);
  await page.getByRole("button", { name: "Use passphrase" }).click();
  const waits = page.locator("li.key").filter({ hasText: "Write its passphrase down first" });
  await waits.waitFor();
  // Nothing is written with it before somebody has it, and leaving is asked about.
  assert.ok(await waits.getByRole("button", { name: "Use key" }).isDisabled());
  const isAsked = await page.evaluate(() => {
    const leaving = new Event("beforeunload", { cancelable: true });
    dispatchEvent(leaving);
    return leaving.defaultPrevented;
  });
  assert.ok(isAsked);
  assert.equal(await page.locator('li[aria-current="true"]').count(), 0);
  // A browser that saves nothing is told from one that does, and the passphrase stays in sight.
  await page.evaluate(() => {
    globalThis.makeUrl = URL.createObjectURL;
    URL.createObjectURL = () => {
      throw new DOMException("not today", "NotAllowedError");
    };
  });
  const save = page.getByRole("button", { name: "Save passphrase file" });
  await save.click();
  const note = page.getByRole("status").filter({ hasText: phrase });
  await note.getByRole("alert").filter({ hasText: "NotAllowedError: not today" }).waitFor();
  await page.evaluate(() => (URL.createObjectURL = globalThis.makeUrl));
  const saving = page.waitForEvent("download");
  await save.click();
  assert.equal(readFileSync(await (await saving).path(), "utf8"), `${phrase}\n`);
  await note.getByRole("alert").waitFor({ state: "detached" });
  await page.locator('li[aria-current="true"]').waitFor();
  const files = [{ name: "esdk.bin", buffer: randomBytes(1 << 20) }];
  await upload(files);
  await chooseFormat(page, "s3ec-v3");
  const others = [{ name: "s3ec.bin", buffer: randomBytes(1 << 20) }];
  await goTo(page, "Browse");
  await chooseFiles(world, page, others);
  await queueEnds(page, { done: 2 });
  await readBack(bucket, [...files, ...others], async () => {
    await page.getByRole("textbox", { name: "Passphrase" }).fill(phrase);
    await page.getByRole("button", { name: "Use passphrase" }).click();
    await page.locator('li[aria-current="true"]').waitFor();
  });
  // The programs shown ask for it.
  for (const { name, buffer } of [...files, ...others]) await decryptsAsShown(name, buffer, { typed: `${phrase}\n` });
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + location.href + document.body.innerText);
  assert.ok(!kept.includes(phrase));
});

test("an object of the S3 Encryption Client goes on after a reload with what was sent", async (t) => {
  const bucket = await world.bucket();
  const path = join(world.folder, "again.bin");
  writeFileSync(path, randomBytes(40 << 20));
  const gate = await startGate(world.endpoint);
  t.after(gate.close);
  gate.admit(2);
  const through = { "Endpoint URL": gate.endpoint };
  await connect(world, page, bucket, through);
  await useKey(page);
  await chooseFormat(page, "s3ec-v3");
  await goTo(page, "Browse");
  await page.getByLabel("Choose files").setInputFiles(path);
  await until("no part arrives", () => gate.stored.length >= 2);
  const before = new Set(gate.stored);
  gate.stored = [];
  await page.reload();
  gate.open();
  await connect(world, page, bucket, through);
  await useKey(page);
  await goTo(page, "Transfers");
  await page.getByLabel("Choose the file again").setInputFiles(path);
  await queueEnds(page, { done: 1 });
  // One that the closed page had sent may arrive as well.
  assert.equal(new Set([...before, ...gate.stored]).size, 5);
  for (const part of gate.stored) assert.ok(!before.has(part), `part ${part} was sent twice`);
  assert.match(await official(bucket, "again.bin", ["--wrap", "aes", "--aes", KEY, "--strict"]), new RegExp(`^${sha256(readFileSync(path))} `));
  assert.deepEqual(await world.s3.uploads(bucket), []);
});
