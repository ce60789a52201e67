// What new files ask of the storage: only what it takes, DSSE-KMS where there is it, and the same wish after a reload.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { connect, inGatedWorld, queueEnds, useKey } from "./harness.mjs";
import { startStub } from "./s3_stub.mjs";

const MIB = 1 << 20;
let world, gate, page, stub;
inGatedWorld((...given) => {
  [world, gate, page] = given;
  page.setDefaultTimeout(15_000);
});
afterEach(async () => {
  await stub?.close();
  stub = undefined;
});

const SSE = "x-amz-server-side-encryption";
const press = (name) => page.getByRole("button", { name, exact: true }).click();
const goTo = (place) => page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: place }).click();
const wishes = () => page.getByRole("region", { name: "New files ask the storage for" });
const choice = () => wishes().getByRole("combobox", { name: "New files ask the storage for" });
const choose = async (value, fields = {}) => {
  await goTo("Bucket encryption");
  await wishes().getByText("New files ask the storage for").first().click();
  await choice().selectOption(value);
  for (const [name, text] of Object.entries(fields)) await wishes().getByRole("textbox", { name, exact: true }).fill(text);
  await press("Use for new files");
};
const chosen = (value) => page.locator(`[data-upload-sse="${value}"]`).waitFor();
const openStub = async (provider) => {
  stub.buckets.set("data", stub.buckets.get("data") ?? {});
  await page.goto(`${world.app.url}#/connect`);
  await page.getByRole("combobox", { name: "Provider" }).selectOption(provider);
  await page.getByRole("combobox", { name: "Addressing style" }).selectOption("path");
  for (const [name, value] of Object.entries({ "Endpoint URL": stub.endpoint, Region: "us-east-1", Bucket: "data", "Access key ID": "AKID", "Secret access key": "secret" })) {
    await page.getByRole("textbox", { name, exact: true }).fill(value);
  }
  await press("Connect");
  await page.getByRole("table", { name: "Objects" }).waitFor();
  await goTo("Bucket encryption");
};
const upload = async (name) => {
  await page.getByLabel("Choose files").setInputFiles({ name, mimeType: "", buffer: Buffer.from(name) });
  return page.locator(`li[data-key="${name}"][data-state="done"]`);
};

test("Amazon: DSSE-KMS is asked for, and less than that is not confirmed", async () => {
  let shows = (object) => object.headers[SSE];
  stub = await startStub({ sseOnHead: (object) => shows(object) });
  await openStub("aws");
  await choose("sse-kms-dsse", { "KMS key ID": "alias/two", "Encryption context (JSON)": "not JSON" });
  await wishes().getByText("must be a JSON object of strings").waitFor();
  await wishes().getByRole("textbox", { name: "Encryption context (JSON)" }).fill('{"project":"climate"}');
  await press("Use for new files");
  await chosen("sse-kms-dsse");
  await goTo("Browse");
  await press("Turn encryption off…");
  await page.getByRole("dialog").getByRole("button", { name: "Turn encryption off" }).click();
  await (await upload("two.txt")).getByText("DSSE-KMS").waitFor();
  const sent = stub.objects.get("data/two.txt").headers;
  assert.deepEqual([sent[SSE], sent[`${SSE}-aws-kms-key-id`], Buffer.from(sent[`${SSE}-context`], "base64").toString()], ["aws:kms:dsse", "alias/two", '{"project":"climate"}']);
  shows = () => "aws:kms";
  await (await upload("one.txt")).getByText("Asked for, not confirmed").waitFor();
});

test("Amazon: a new bucket may have DSSE-KMS as its default; one layer does not pass for two", async () => {
  let document = "";
  let shown = "aws:kms:dsse";
  stub = await startStub({
    sseOnHead: (_, bucket) => bucket?.encrypted && shown,
    answer: ({ method, bucket, query, body, buckets, error }) => {
      if (method === "OPTIONS") return;
      if (!buckets.has(bucket) && method !== "PUT") return error(404, "NoSuchBucket");
      if (method === "GET" && query.has("encryption")) return error(404, "ServerSideEncryptionConfigurationNotFoundError");
      if (method !== "PUT" || !query.has("encryption")) return;
      document = body.toString();
      buckets.get(bucket).encrypted = true;
      return { status: 200 };
    },
  });
  await openStub("aws");
  await press("Create encrypted bucket");
  await page.getByRole("combobox", { name: "Algorithm" }).selectOption("sse-kms-dsse");
  await page.getByRole("textbox", { name: "KMS key ID" }).fill("alias/two");
  for (const [bucket, sse] of [["two-layers", "sse-kms-dsse"], ["one-layer", "unconfirmed"]]) {
    await page.getByRole("textbox", { name: "New bucket" }).fill(bucket);
    await press("Create and verify");
    await page.locator(`.strip[data-sse="${sse}"]`).filter({ hasText: bucket }).waitFor();
    assert.match(document, /<SSEAlgorithm>aws:kms:dsse<\/SSEAlgorithm><KMSMasterKeyID>alias\/two</);
    shown = "aws:kms";
  }
});

test("what a storage does not take is not offered, and why is said", async () => {
  stub = await startStub();
  for (const [provider, offered, words] of [
    ["other", ["default", "sse-s3", "sse-kms", "sse-c"], "What HEAD shows after the upload counts"],
    ["garage", ["default", "sse-c"], "only with a key you send"],
  ]) {
    await openStub(provider);
    await wishes().getByText("New files ask the storage for").first().click();
    assert.deepEqual(await choice().locator("option").evaluateAll((options) => options.map((option) => option.value)), offered, provider);
    await wishes().getByText(words).waitFor();
  }
  for (const [provider, words] of [["abci2", "refuses (501)"], ["abci3", "no server-side encryption"]]) {
    await openStub(provider);
    await wishes().getByText(words).waitFor();
    assert.equal(await choice().count(), 0, provider);
  }
});

/** Starts an upload through the gate, leaves it in the middle by a reload, and comes back. */
const interrupted = async (bucket, path) => {
  await goTo("Browse");
  await useKey(page);
  gate.admit(2);
  await page.getByLabel("Choose files").setInputFiles(path);
  const deadline = Date.now() + 60_000;
  while (gate.stored.length < 2) {
    assert.ok(Date.now() < deadline, "no part arrives");
    await page.waitForTimeout(50);
  }
  await page.reload();
  gate.open();
  await connect(world, page, bucket, { "Endpoint URL": gate.endpoint });
  await useKey(page);
  await goTo("Transfers");
  return page.getByRole("region", { name: "Unfinished uploads" }).locator('li[data-key="data.bin"]');
};
const makeFile = () => {
  const path = join(world.folder, "data.bin");
  writeFileSync(path, randomBytes(28 * MIB));
  return path;
};

test("after a reload an upload still asks for what it asked for, and says what HEAD confirms", async () => {
  const bucket = await world.bucket();
  const path = makeFile();
  await connect(world, page, bucket, { "Endpoint URL": gate.endpoint });
  await choose("sse-s3");
  await chosen("sse-s3");
  const unfinished = await interrupted(bucket, path);
  await unfinished.getByLabel("Choose the file again").setInputFiles(path);
  await queueEnds(page, { done: 1 });
  await page.locator('li[data-key="data.bin"][data-state="done"]').getByText("SSE-S3").waitFor();
  assert.equal((await world.s3.head(bucket, "data.bin")).get(SSE), "AES256");
});

test("after a reload an upload with SSE-C asks for that very key, and goes on", async () => {
  const bucket = await world.bucket();
  const path = makeFile();
  const key = randomBytes(32);
  await connect(world, page, bucket, { "Endpoint URL": gate.endpoint });
  await choose("sse-c", { "SSE-C key": key.toString("hex") });
  await chosen("sse-c");
  const unfinished = await interrupted(bucket, path);
  assert.equal(await unfinished.getByLabel("Choose the file again").count(), 0, "the key comes first");
  const kept = await page.evaluate(async () => {
    const database = await new Promise((done) => (indexedDB.open("sealdrop").onsuccess = (event) => done(event.target.result)));
    const read = (store) => new Promise((done) => (database.transaction(store).objectStore(store).getAll().onsuccess = (event) => done(event.target.result)));
    return JSON.stringify(await Promise.all([...database.objectStoreNames].map(read)));
  });
  assert.ok(kept.includes("sse-c") && !kept.includes(key.toString("base64")), "the wish is kept, the key is not");
  await unfinished.getByRole("textbox", { name: "SSE-C key" }).fill(randomBytes(32).toString("hex"));
  await unfinished.getByRole("button", { name: "Give key" }).click();
  await page.getByText("begun with another SSE-C key").waitFor();
  await unfinished.getByRole("textbox", { name: "SSE-C key" }).fill(key.toString("hex"));
  await unfinished.getByRole("button", { name: "Give key" }).click();
  await unfinished.getByLabel("Choose the file again").setInputFiles(path);
  await queueEnds(page, { done: 1 });
  await page.locator('li[data-key="data.bin"][data-state="done"]').getByText("SSE-C").waitFor();
  const headers = { [`${SSE}-customer-algorithm`]: "AES256", [`${SSE}-customer-key`]: key.toString("base64"), [`${SSE}-customer-key-md5`]: createHash("md5").update(key).digest("base64") };
  assert.equal((await world.s3.send("HEAD", `${bucket}/data.bin`, { headers })).status, 200);
  assert.equal((await world.s3.send("HEAD", `${bucket}/data.bin`, { allow: [400] })).status, 400);
});
