// The main job in a real browser, against a server that checks signatures and CORS.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startGate } from "./gate.mjs";
import { KEY, chooseFiles, connect, download, fillConnect, inWorld, peer, python, queueEnds, sha256, switchEncryptionOff, useKey } from "./harness.mjs";

let world, page;
inWorld({ begin: (it) => void (world = it), each: (it) => (page = it) });

const choose = (files) => (Array.isArray(files) ? chooseFiles(world, page, files) : page.getByLabel("Choose files").setInputFiles(files));
const file = (name, bytes) => ({ name, mimeType: "", buffer: bytes });
const alertSays = (words) => page.getByRole("alert").filter({ hasText: words }).first().waitFor();

test("a folder with 150 files and odd names arrives encrypted, whole, under names in form C", async () => {
  const bucket = await world.bucket({ sse: true });
  const folder = join(world.folder, "many");
  mkdirSync(join(folder, "sub"), { recursive: true });
  const odd = ["a b+c.txt", "cafe\u0301.txt", "鍵 🔑 (1).txt", "100%.txt", "sub/empty.bin", "~tilde=&.txt"];
  const contents = new Map();
  for (let n = 0; n < 150; n++) {
    const name = odd[n] ?? `sub/file-${n}.txt`;
    const bytes = name.endsWith("empty.bin") ? Buffer.alloc(0) : randomBytes(200 + n);
    writeFileSync(join(folder, name), bytes);
    contents.set(`many/${name}`.normalize("NFC"), bytes);
  }
  await connect(world, page, bucket);
  await useKey(page);
  await page.getByLabel("Choose folder").setInputFiles(folder);
  await queueEnds(page, { done: 150 });
  const listed = await world.s3.list(bucket);
  assert.deepEqual(listed.map(({ key }) => key).sort(), [...contents.keys()].sort());
  const stored = await world.s3.get(bucket, "many/a b+c.txt");
  assert.equal(stored.subarray(0, 3).toString("hex"), "020478");
  await page.getByRole("link", { name: "many/" }).click();
  for (const key of ["many/café.txt", "many/鍵 🔑 (1).txt", "many/100%.txt"]) {
    const { bytes } = await download(page, key);
    assert.equal(sha256(bytes), sha256(contents.get(key)), key);
  }
});

test("dropping works without a picker", async () => {
  const bucket = await world.bucket();
  await connect(world, page, bucket);
  await useKey(page);
  const data = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(["dropped"], "dropped.txt"));
    return data;
  });
  for (const kind of ["dragenter", "dragover", "drop"]) await page.dispatchEvent("[data-drop]", kind, { dataTransfer: data });
  await queueEnds(page, { done: 1 });
  assert.ok(await world.s3.head(bucket, "dropped.txt"));
});

test("64 MiB go up in parts, come back identical, and survive a reload of the page", async () => {
  const bucket = await world.bucket({ sse: true });
  const bytes = randomBytes(64 << 20);
  const path = join(world.folder, "large.bin");
  writeFileSync(path, bytes);
  await connect(world, page, bucket);
  await useKey(page);
  await choose(path);
  await queueEnds(page, { done: 1 });
  const transfer = page.locator('li[data-key="large.bin"]');
  assert.equal(await transfer.getAttribute("data-state"), "done");
  await transfer.getByText("SSE-S3").waitFor();
  assert.match((await world.s3.head(bucket, "large.bin")).get("etag"), /-\d+"$/, "a multipart ETag");
  await page.reload();
  await connect(world, page, bucket);
  await useKey(page);
  const back = await download(page, "large.bin");
  assert.equal(back.name, "large.bin");
  assert.equal(sha256(back.bytes), sha256(bytes));
  assert.deepEqual(await world.s3.uploads(bucket), []);
});

test("cancelling aborts the multipart upload", async (t) => {
  const bucket = await world.bucket();
  const path = join(world.folder, "cancel.bin");
  writeFileSync(path, Buffer.alloc(40 << 20, 7));
  const gate = await startGate(world.endpoint);
  t.after(gate.close);
  gate.admit(2);
  await connect(world, page, bucket, { "Endpoint URL": gate.endpoint });
  await useKey(page);
  await choose(path);
  const transfer = page.locator('li[data-key="cancel.bin"]');
  await page.locator('li[data-key="cancel.bin"][data-state="running"]').waitFor();
  await transfer.getByRole("button", { name: "Cancel" }).press("Enter");
  await page.locator('li[data-key="cancel.bin"][data-state="cancelled"]').waitFor();
  assert.deepEqual(await world.s3.uploads(bucket), []);
  assert.equal(await world.s3.head(bucket, "cancel.bin"), undefined);
});

test("existing objects are replaced only after asking", async () => {
  const bucket = await world.bucket();
  await world.s3.put(bucket, "a.txt", "old");
  await connect(world, page, bucket);
  await useKey(page);
  await choose([file("a.txt", Buffer.from("new")), file("b.txt", Buffer.from("b"))]);
  await page.getByRole("dialog").getByText("1 of 2 files").waitFor();
  await page.getByRole("button", { name: "Skip existing" }).click();
  await queueEnds(page, { done: 1 });
  assert.equal((await world.s3.get(bucket, "a.txt")).toString(), "old");
  await choose([file("a.txt", Buffer.from("new"))]);
  await page.getByRole("button", { name: "Replace existing" }).click();
  await queueEnds(page, { done: 2 });
  assert.notEqual((await world.s3.get(bucket, "a.txt")).toString(), "old");
});

test("a wrong key saves nothing, and says which key is needed", async () => {
  const bucket = await world.bucket();
  await connect(world, page, bucket);
  await useKey(page);
  await choose([file("secret.txt", Buffer.from("for one key only"))]);
  await queueEnds(page, { done: 1 });
  await page.reload();
  await connect(world, page, bucket);
  await useKey(page, "11".repeat(32));
  let saved = 0;
  page.on("download", () => saved++);
  await page.locator('tr[data-key="secret.txt"]').getByRole("button", { name: "Download" }).click();
  await queueEnds(page, { done: 0, failed: 1 });
  await page.getByText("None of your keys opens this object").waitFor();
  assert.equal(saved, 0);
});

test("one flipped bit, or a cut end, is refused and nothing is saved", async () => {
  const bucket = await world.bucket();
  await connect(world, page, bucket);
  await useKey(page);
  await choose([file("good.bin", randomBytes(3 << 20))]);
  await queueEnds(page, { done: 1 });
  const stored = await world.s3.get(bucket, "good.bin");
  const flipped = Buffer.from(stored);
  flipped[flipped.length - 5000] ^= 1;
  await world.s3.put(bucket, "flipped.bin", flipped);
  await world.s3.put(bucket, "cut.bin", stored.subarray(0, stored.length - (1 << 20)));
  await page.getByRole("button", { name: "Refresh" }).click();
  let saved = 0;
  page.on("download", () => saved++);
  for (const key of ["flipped.bin", "cut.bin"]) await page.locator(`tr[data-key="${key}"]`).getByRole("button", { name: "Download" }).click();
  await queueEnds(page, { done: 1, failed: 2 });
  assert.equal(await page.getByText("The object is not authentic").count(), 2);
  assert.equal(saved, 0);
  const left = await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("sealdrop-downloads", { create: true });
    return (await Array.fromAsync(folder.keys())).length;
  });
  assert.equal(left, 0, "no private file is left");
});

test("SSE states: sse-s3, none, hidden and empty are told apart", async () => {
  for (const [options, expected] of [
    [{ sse: true }, "sse-s3"],
    [{}, "none"],
    [{ expose: ["ETag"] }, "hidden"],
  ]) {
    const bucket = await world.bucket(options);
    await world.s3.put(bucket, "x.txt", "x");
    await connect(world, page, bucket);
    await page.locator('tr[data-key="x.txt"]').getByRole("button", { name: "Details" }).click();
    await page.getByRole("region", { name: "Object details" }).locator(`[data-sse="${expected}"]`).waitFor();
    await page.getByRole("link", { name: "Bucket encryption" }).click();
    await page.getByRole("button", { name: "Check with HEAD" }).click();
    await page.locator(`section[aria-label="Bucket encryption"][data-sse="${expected}"]`).waitFor();
  }
  const bucket = await world.bucket({ sse: true });
  await connect(world, page, bucket);
  await page.getByRole("link", { name: "Bucket encryption" }).click();
  await page.getByRole("button", { name: "Check with HEAD" }).click();
  await page.locator('section[aria-label="Bucket encryption"][data-sse="empty"]').waitFor();
  await page.getByRole("button", { name: "Create a test object" }).click();
  await page.locator('section[aria-label="Bucket encryption"][data-sse="sse-s3"]').waitFor();
  assert.deepEqual(await world.s3.list(bucket), [], "the test object is gone");
});

test("wrong credentials, a wrong bucket, a wrong endpoint and missing CORS each say so", async () => {
  const bucket = await world.bucket();
  await fillConnect(world, page, bucket, { "Secret access key": "wrong" });
  await page.getByRole("alert").filter({ hasText: /secret access key|CORS rule/ }).first().waitFor();
  await fillConnect(world, page, "no-such-bucket-here");
  await page.getByRole("alert").filter({ hasText: /no bucket|bucket name/ }).first().waitFor();
  await fillConnect(world, page, bucket, { "Endpoint URL": "http://127.0.0.1:9" });
  await alertSays("Nothing answers");
  await fillConnect(world, page, await world.bucket({ cors: false }));
  await alertSays("no CORS rule");
  await fillConnect(world, page, bucket, { Bucket: "" });
  await alertSays("Bucket is empty");
});

test("a generated key must be saved before it encrypts, and its file opens the object again", async () => {
  const bucket = await world.bucket();
  await connect(world, page, bucket);
  await page.getByRole("link", { name: "Keys" }).click();
  await page.getByRole("button", { name: "Generate key", exact: true }).click();
  const use = page.getByRole("list", { name: "Keys" }).getByRole("button", { name: "Use key" });
  assert.equal(await use.isDisabled(), true);
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save key file" }).click();
  const text = readFileSync(await (await waiting).path(), "utf8");
  assert.match(text, /^[0-9a-f]{64}\n$/);
  await use.click();
  await page.getByRole("link", { name: "Browse" }).click();
  await choose([file("k.txt", Buffer.from("hello"))]);
  await queueEnds(page, { done: 1 });
  await page.reload();
  await connect(world, page, bucket);
  await page.getByRole("link", { name: "Keys" }).click();
  await page.getByLabel("Key file", { exact: true }).setInputFiles(file("my.key", Buffer.from(text)));
  await page.getByRole("list", { name: "Keys" }).getByRole("button", { name: "Use key" }).click();
  await page.getByRole("link", { name: "Browse" }).click();
  assert.equal((await download(page, "k.txt")).bytes.toString(), "hello");
});

test("without a key nothing is sent; without encryption only after a deliberate choice", async () => {
  const bucket = await world.bucket();
  await connect(world, page, bucket);
  await choose([file("plain.txt", Buffer.from("in clear"))]);
  await page.getByRole("dialog").getByText("Choose a key first").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  assert.deepEqual(await world.s3.list(bucket), []);
  await switchEncryptionOff(page);
  await page.getByText("Encryption is off").waitFor();
  await choose([file("plain.txt", Buffer.from("in clear"))]);
  await queueEnds(page, { done: 1 });
  assert.equal((await world.s3.get(bucket, "plain.txt")).toString(), "in clear");
  assert.equal((await download(page, "plain.txt")).bytes.toString(), "in clear");
});

test("deleting asks first", async () => {
  const bucket = await world.bucket();
  await world.s3.put(bucket, "gone.txt", "x");
  await connect(world, page, bucket);
  const row = page.locator('tr[data-key="gone.txt"]');
  await row.getByRole("button", { name: "Delete" }).click();
  await page.keyboard.press("Escape");
  assert.ok(await world.s3.head(bucket, "gone.txt"));
  await row.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete object" }).click();
  await row.waitFor({ state: "detached" });
  assert.equal(await world.s3.head(bucket, "gone.txt"), undefined);
});

test("the official AWS Encryption SDK opens what the browser wrote, and the browser what it wrote", async () => {
  const bucket = await world.bucket();
  const bytes = randomBytes((2 << 20) + 12_345);
  await connect(world, page, bucket);
  await useKey(page);
  await choose([file("ours.bin", bytes)]);
  await queueEnds(page, { done: 1 });
  const at = (name) => join(world.folder, name);
  writeFileSync(at("ours.esdk"), await world.s3.get(bucket, "ours.bin"));
  await peer(["decrypt", at("ours.esdk"), at("ours.plain"), "--aes", KEY]);
  // The README's own words, to the letter.
  const snippet = /```python\n([\s\S]*?)```/.exec(readFileSync(new URL("../../README.md", import.meta.url), "utf8"))[1];
  writeFileSync(at("sealdrop-key.txt"), `${KEY}\n`);
  writeFileSync(at("object-as-stored.bin"), readFileSync(at("ours.esdk")));
  python(["-c", snippet], world.folder);
  assert.equal(sha256(readFileSync(at("file"))), sha256(readFileSync(at("ours.plain"))));
  assert.equal(sha256(readFileSync(at("ours.plain"))), sha256(bytes));
  const theirs = randomBytes(3 * 4096);
  writeFileSync(at("theirs.plain"), theirs);
  await peer(["encrypt", at("theirs.plain"), at("theirs.esdk"), "--aes", KEY, "--suite", "0478", "--ctx", "project=demo"]);
  await world.s3.put(bucket, "theirs.bin", readFileSync(at("theirs.esdk")));
  await page.getByRole("button", { name: "Refresh" }).click();
  assert.equal(sha256((await download(page, "theirs.bin")).bytes), sha256(theirs));
  await page.locator('tr[data-key="theirs.bin"]').getByRole("button", { name: "Details" }).click();
  const details = page.getByRole("region", { name: "Object details" });
  await details.locator('[data-cse="esdk"][data-cse-wrap="aes"]').waitFor();
});

test("no secret is in storage, address or page text after all that", async () => {
  const bucket = await world.bucket();
  await page.goto(`${world.app.url}#/connect?bucket=x&secretAccessKey=leaked-secret`);
  await page.getByRole("button", { name: "Connect", exact: true }).waitFor();
  assert.ok(!page.url().includes("leaked-secret"));
  await connect(world, page, bucket);
  await useKey(page);
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }) + location.href + document.body.innerText);
  for (const secret of [KEY, world.credentials.secretAccessKey, world.credentials.accessKeyId]) assert.ok(!kept.includes(secret));
});
