// Several recipients: each of them alone opens what was written, officially and here; also what was stopped halfway.
import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startKmsStub } from "./kms_stub.mjs";
import { KEY, chooseFiles, chooseFormat, connect as connectTo, download, goTo, inGatedWorld, opensOfficially, queueEnds, sha256, showDetails, until, useKey } from "./harness.mjs";

let world, gate, page;
const pair = () => generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding: { type: "spki", format: "pem" }, privateKeyEncoding: { type: "pkcs8", format: "pem" } });
const [ours, theirs] = [pair(), pair()];
inGatedWorld((...given) => {
  [world, gate, page] = given;
  writeFileSync(at("ours.pem"), ours.privateKey);
  writeFileSync(at("theirs.pem"), theirs.privateKey);
});

const at = (name) => join(world.folder, name);
const connect = (bucket) => connectTo(world, page, bucket, { "Endpoint URL": gate.endpoint });
const keys = () => page.getByRole("list", { name: "Keys" });
const file = (name, bytes) => ({ name, buffer: randomBytes(bytes) });
const load = async (label, text) => {
  const held = await keys().getByRole("listitem").count();
  await page.getByLabel("Key file").setInputFiles([{ name: `${label}.txt`, mimeType: "", buffer: Buffer.from(text) }]);
  await keys().getByRole("listitem").nth(held).waitFor();
};
const untilStored = (parts) => until("no part arrives", () => gate.stored.length >= parts);

test("an AES key and two public RSA keys of one name: each alone opens the message, officially and here", async () => {
  const bucket = await world.bucket();
  await connect(bucket);
  await useKey(page);
  await goTo(page, "Keys");
  await load("ours", ours.publicKey);
  await load("theirs", theirs.publicKey);
  for (const label of ["ours", "theirs"]) await page.getByRole("checkbox", { name: `Also encrypt for ${label}` }).check();
  const files = { "plain.bin": file("plain.bin", (9 << 20) + 5), "signed.bin": file("signed.bin", 100_000) };
  for (const [name, format] of [["plain.bin", "esdk"], ["signed.bin", "esdk-signed"]]) {
    await chooseFormat(page, format);
    await page.locator(".strip").getByText("also for ours, theirs").waitFor();
    await chooseFiles(world, page, [files[name]]);
    await page.locator(`tr[data-key="${name}"][data-cse="esdk"]`).waitFor({ timeout: 60_000 });
    for (const keyring of [["--aes", KEY], ["--rsa", at("ours.pem")], ["--rsa", at("theirs.pem")]]) await opensOfficially(world, bucket, name, files[name].buffer, keyring);
  }
  const panel = await showDetails(page, "plain.bin");
  await panel.locator('[data-cse-wrap="aes rsa"]').waitFor();
  const wrapped = panel.getByRole("list", { name: "Wrapped data keys" }).getByRole("listitem");
  assert.equal(await wrapped.filter({ hasText: /^(AES|RSA): MyAppKeys \/ S3(AES|RSA)Key, [0-9a-f]{4}(-[0-9a-f]{4}){3}/ }).count(), 3);

  // One recipient only where the format has one, and it is said who is left out.
  await chooseFormat(page, "s3ec-v3");
  await page.locator(".strip.warn").getByText("Not for ours, theirs").waitFor();

  // Elsewhere, with the last recipient's key alone.
  await page.reload();
  await connect(bucket);
  await goTo(page, "Keys");
  await load("theirs", theirs.privateKey);
  await goTo(page, "Browse");
  for (const name of Object.keys(files)) assert.equal(sha256((await download(page, name)).bytes), sha256(files[name].buffer), name);
});

/** An upload is stopped halfway that was begun for the stub's key; gives the stub, and what uses a key of it. */
const stopForKms = async (t, bucket, path, meanwhile = async () => {}) => {
  const key = randomBytes(32);
  const stub = await startKmsStub({ dataKey: key, decrypt: () => key });
  t.after(() => stub.close());
  const use = async (arn) => {
    await goTo(page, "Keys");
    await page.getByRole("textbox", { name: "KMS key ID or ARN" }).fill(arn);
    await page.getByRole("textbox", { name: "KMS endpoint URL" }).fill(stub.endpoint);
    await page.getByRole("button", { name: "Use KMS key" }).click();
    await page.locator("main p", { hasText: arn }).getByText("In use").waitFor();
  };
  await connect(bucket);
  await use(stub.arn);
  await goTo(page, "Browse");
  gate.admit(2);
  await page.getByLabel("Choose files").setInputFiles(path);
  await untilStored(2);
  await meanwhile();
  await page.reload();
  gate.open();
  await connect(bucket);
  const wrapped = () => stub.asked.map((text) => JSON.parse(text)).filter((ask) => !ask.CiphertextBlob && !ask.EncryptionContext.sealdrop);
  return { stub, use, wrappedBy: () => wrapped().map((ask) => ask.KeyId) };
};
const TWO = "arn:aws:kms:us-east-1:123456789012:key/two";
// A whole second: fractions do not survive being set again.
const DATE = new Date("2026-01-02T03:04:05Z");
const write = (path, bytes) => {
  writeFileSync(path, bytes);
  utimesSync(path, DATE, DATE);
};
const chooseAgain = async (path) => {
  await goTo(page, "Transfers");
  await page.getByLabel("Choose the file again").setInputFiles(path);
};

test("an upload for a KMS key goes on with no other, and starts over for that key, whichever is in use", async (t) => {
  const bucket = await world.bucket();
  const path = at("kms.bin");
  const bytes = randomBytes(24 << 20);
  write(path, bytes);
  const { stub, use, wrappedBy } = await stopForKms(t, bucket, path);
  await use(TWO);
  await goTo(page, "Transfers");
  await page.getByRole("region", { name: "Unfinished uploads" }).getByText(`AWS KMS ${stub.arn}`).waitFor();
  await chooseAgain(path);
  await page.getByRole("alert").filter({ hasText: stub.arn }).waitFor();
  await use(stub.arn);
  await use(TWO);
  bytes[5] ^= 1;
  write(path, bytes);
  await chooseAgain(path);
  await queueEnds(page, { done: 1 });
  assert.deepEqual(wrappedBy(), [stub.arn, stub.arn]);
  await goTo(page, "Browse");
  assert.equal(sha256((await download(page, "kms.bin")).bytes), sha256(bytes));
  assert.deepEqual(await world.s3.uploads(bucket), []);
});

test("an upload for a KMS key that its record does not name goes on, but does not start over", async (t) => {
  for (const changes of [false, true]) {
    const bucket = await world.bucket();
    const path = at("kms.bin");
    const bytes = randomBytes(24 << 20);
    write(path, bytes);
    const { stub, use, wrappedBy } = await stopForKms(t, bucket, path, () =>
      page.evaluate(async () => {
        const done = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
        const database = await done(indexedDB.open("sealdrop"));
        const store = database.transaction("records", "readwrite").objectStore("records");
        const [key] = (await done(store.getAllKeys())).filter((key) => key.startsWith("upload/"));
        const record = JSON.parse(await done(store.get(key)));
        await done(store.put(JSON.stringify({ ...record, fingerprint: "AWS KMS" }), key));
        database.close();
      }),
    );
    await use(stub.arn);
    if (changes) bytes[5] ^= 1;
    write(path, bytes);
    await chooseAgain(path);
    await queueEnds(page, changes ? { done: 0, failed: 1 } : { done: 1 });
    if (changes) await page.locator('li[data-key="kms.bin"]').getByText("a KMS key that was not noted is missing").waitFor();
    assert.deepEqual(wrappedBy(), [stub.arn], "the data key is the one it was begun with");
    assert.equal((await world.s3.list(bucket)).length, changes ? 0 : 1);
    await page.reload();
  }
});

test("an upload for two goes on with the other one's key, and with a passphrase typed again", async () => {
  const bucket = await world.bucket();
  for (const name of ["two.bin", "phrase.bin"]) writeFileSync(at(name), randomBytes(24 << 20));
  const begin = async (name) => {
    await goTo(page, "Browse");
    gate.admit(2);
    await page.getByLabel("Choose files").setInputFiles(at(name));
    await untilStored(2);
    await page.reload();
    gate.open();
    await connect(bucket);
  };
  const goOn = async (name) => {
    gate.admit(Infinity);
    await goTo(page, "Transfers");
    await page.getByLabel("Choose the file again").setInputFiles(at(name));
    await queueEnds(page, { done: 1 });
    assert.ok(gate.stored.length < 3, "what was sent is not sent again");
    await goTo(page, "Browse");
    assert.equal(sha256((await download(page, name)).bytes), sha256(readFileSync(at(name))));
    await page.reload();
    await connect(bucket);
  };

  await connect(bucket);
  await useKey(page);
  await goTo(page, "Keys");
  await load("ours", ours.publicKey);
  await page.getByRole("checkbox", { name: "Also encrypt for ours" }).check();
  await begin("two.bin");
  await goTo(page, "Keys");
  await load("ours", ours.privateKey);
  await goOn("two.bin");

  await goTo(page, "Keys");
  await page.getByRole("button", { name: "Suggest a passphrase" }).click();
  const phrase = await page.getByRole("textbox", { name: "Passphrase" }).inputValue();
  let noted = () => page.getByRole("button", { name: "I have it" }).click();
  const usePhrase = async () => {
    await page.getByRole("button", { name: "Use passphrase" }).click();
    await noted();
    await page.locator('li[aria-current="true"]').waitFor();
  };
  await usePhrase();
  await begin("phrase.bin");
  await goTo(page, "Keys");
  await page.getByRole("textbox", { name: "Passphrase" }).fill(phrase);
  noted = () => {};
  await usePhrase();
  await goOn("phrase.bin");
  assert.deepEqual(await world.s3.uploads(bucket), []);
});
