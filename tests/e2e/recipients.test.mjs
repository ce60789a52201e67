// Several recipients: each of them alone opens what was written, officially and here; also what was stopped halfway.
import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { startGate } from "./gate.mjs";
import { KEY, connect as connectTo, download, peer, queueEnds, sha256, startWorld, useKey } from "./harness.mjs";

let world, gate, page, complaints, close;
const pair = () => generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding: { type: "spki", format: "pem" }, privateKeyEncoding: { type: "pkcs8", format: "pem" } });
const [ours, theirs] = [pair(), pair()];
before(async () => {
  world = await startWorld();
  gate = await startGate(world.endpoint);
  writeFileSync(at("ours.pem"), ours.privateKey);
  writeFileSync(at("theirs.pem"), theirs.privateKey);
});
after(async () => {
  await gate.close();
  await world.close();
});
beforeEach(async () => {
  ({ page, complaints, close } = await world.page());
  page.on("dialog", (dialog) => dialog.accept());
});
afterEach(async () => {
  gate.open();
  await close();
  assert.deepEqual(complaints, []);
});

const at = (name) => join(world.folder, name);
const connect = (bucket) => connectTo(world, page, bucket, { "Endpoint URL": gate.endpoint });
const goTo = (place) => page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: place }).click();
const keys = () => page.getByRole("list", { name: "Keys" });
const file = (name, bytes) => ({ name, mimeType: "", buffer: randomBytes(bytes) });
const load = async (label, text) => {
  const held = await keys().getByRole("listitem").count();
  await page.getByLabel("Key file").setInputFiles([{ name: `${label}.txt`, mimeType: "", buffer: Buffer.from(text) }]);
  await keys().getByRole("listitem").nth(held).waitFor();
};
const chooseFormat = (format) => page.getByRole("combobox", { name: "Format" }).selectOption(format);
const details = async (key) => {
  await page.locator(`tr[data-key="${key}"]`).getByRole("button", { name: "Details" }).click();
  const panel = page.getByRole("region", { name: "Object details" });
  await panel.getByRole("heading", { name: key }).waitFor();
  return panel;
};
const untilStored = async (parts) => {
  for (const deadline = Date.now() + 60_000; gate.stored.length < parts; await page.waitForTimeout(50)) assert.ok(Date.now() < deadline, "no part arrives");
};

test("an AES key and two public RSA keys of one name: each alone opens the message, officially and here", async () => {
  const bucket = await world.bucket();
  await connect(bucket);
  await useKey(page);
  await goTo("Keys");
  await load("ours", ours.publicKey);
  await load("theirs", theirs.publicKey);
  for (const label of ["ours", "theirs"]) await page.getByRole("checkbox", { name: `Also encrypt for ${label}` }).check();
  const files = { "plain.bin": file("plain.bin", (9 << 20) + 5), "signed.bin": file("signed.bin", 100_000) };
  for (const [name, format] of [["plain.bin", "esdk"], ["signed.bin", "esdk-signed"]]) {
    await goTo("Keys");
    await chooseFormat(format);
    await goTo("Browse");
    await page.locator(".strip").getByText("also for ours, theirs").waitFor();
    await page.getByLabel("Choose files").setInputFiles([files[name]]);
    await page.locator(`tr[data-key="${name}"][data-cse="esdk"]`).waitFor({ timeout: 60_000 });
    writeFileSync(at(name), await world.s3.get(bucket, name));
    for (const keyring of [["--aes", KEY], ["--rsa", at("ours.pem")], ["--rsa", at("theirs.pem")]]) {
      await peer(["decrypt", at(name), at("opened"), ...keyring]);
      assert.equal(sha256(readFileSync(at("opened"))), sha256(files[name].buffer), `${name} ${keyring[0]}`);
    }
  }
  const panel = await details("plain.bin");
  await panel.locator('[data-cse-wrap="aes rsa"]').waitFor();
  const wrapped = panel.getByRole("list", { name: "Wrapped data keys" }).getByRole("listitem");
  assert.equal(await wrapped.filter({ hasText: /^(AES|RSA): MyAppKeys \/ S3(AES|RSA)Key, [0-9a-f]{4}(-[0-9a-f]{4}){3}/ }).count(), 3);

  // One recipient only where the format has one, and it is said who is left out.
  await goTo("Keys");
  await chooseFormat("s3ec-v3");
  await goTo("Browse");
  await page.locator(".strip.warn").getByText("Not for ours, theirs").waitFor();

  // Elsewhere, with the last recipient's key alone.
  await page.reload();
  await connect(bucket);
  await goTo("Keys");
  await load("theirs", theirs.privateKey);
  await goTo("Browse");
  for (const name of Object.keys(files)) assert.equal(sha256((await download(page, name)).bytes), sha256(files[name].buffer), name);
});

test("an upload for two goes on with the other one's key, and with a passphrase typed again", async () => {
  const bucket = await world.bucket();
  for (const name of ["two.bin", "phrase.bin"]) writeFileSync(at(name), randomBytes(40 << 20));
  const begin = async (name) => {
    await goTo("Browse");
    gate.admit(2);
    await page.getByLabel("Choose files").setInputFiles(at(name));
    await untilStored(2);
    await page.reload();
    gate.open();
    await connect(bucket);
  };
  const goOn = async (name) => {
    gate.admit(Infinity);
    await goTo("Transfers");
    await page.getByLabel("Choose the file again").setInputFiles(at(name));
    await queueEnds(page, { done: 1 });
    assert.ok(gate.stored.length < 5, "what was sent is not sent again");
    await goTo("Browse");
    assert.equal(sha256((await download(page, name)).bytes), sha256(readFileSync(at(name))));
    await page.reload();
    await connect(bucket);
  };

  await connect(bucket);
  await useKey(page);
  await goTo("Keys");
  await load("ours", ours.publicKey);
  await page.getByRole("checkbox", { name: "Also encrypt for ours" }).check();
  await begin("two.bin");
  await goTo("Keys");
  await load("ours", ours.privateKey);
  await goOn("two.bin");

  await goTo("Keys");
  await page.getByRole("button", { name: "Suggest a passphrase" }).click();
  const phrase = await page.getByRole("textbox", { name: "Passphrase" }).inputValue();
  const usePhrase = async () => {
    await page.getByRole("button", { name: "Use passphrase" }).click();
    await page.locator('li[aria-current="true"]').waitFor();
  };
  await usePhrase();
  await begin("phrase.bin");
  await goTo("Keys");
  await page.getByRole("textbox", { name: "Passphrase" }).fill(phrase);
  await usePhrase();
  await goOn("phrase.bin");
  assert.deepEqual(await world.s3.uploads(bucket), []);
});
