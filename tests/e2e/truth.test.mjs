// The truth about the storage, in a real browser: verdicts per server, new buckets, CORS, audit, diagnosis.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { findPort, startSeaweedFs } from "../../scripts/seaweedfs.mjs";
import { KMS_KEY, missingCephPrograms, startCeph } from "./ceph.mjs";
import { connect, corsRule, fillConnect, showDetails, startWorld } from "./harness.mjs";
import { startStub } from "./s3_stub.mjs";

let world, page, complaints, close;
const stubs = [];
before(async () => (world = await startWorld()));
after(() => world?.close());
beforeEach(async () => {
  ({ page, complaints, close } = await world.page());
  page.setDefaultTimeout(15_000);
});
afterEach(async () => {
  await close();
  for (const stub of stubs.splice(0)) {
    assert.deepEqual(stub.log.filter((line) => /^DELETE [^?]*\?(.*&)?encryption/.test(line)), [], "DELETE ?encryption deletes buckets on Ceph 16.2");
    await stub.close();
  }
  assert.deepEqual(complaints, [], "the page complained");
});

const stubbed = async (options) => {
  const stub = await startStub(options);
  stubs.push(stub);
  stub.buckets.set("data", {});
  return stub;
};
const bucketPage = () => page.getByRole("link", { name: "Bucket encryption" }).click();
const press = (name) => page.getByRole("button", { name, exact: true }).click();
const verdict = (sse) => page.locator(`section[aria-label="Bucket encryption"][data-sse="${sse}"]`).waitFor();
const checkCors = async () => {
  await press("Check CORS");
  await page.getByRole("region", { name: "CORS check" }).getByText("Found by reading alone").waitFor({ state: "detached" });
  await page.getByRole("region", { name: "CORS check" }).locator("li[data-ok]").first().waitFor();
};
const probe = (words) => page.getByRole("region", { name: "CORS check" }).locator("li").filter({ hasText: words });
const open = async (stub, provider = "other", changes = {}) => {
  await page.goto(`${world.app.url}#/connect`);
  await page.getByRole("combobox", { name: "Provider" }).selectOption(provider);
  const fields = { "Endpoint URL": stub.endpoint, Region: "us-east-1", Bucket: "data", "Access key ID": "AKID", "Secret access key": "secret", ...changes };
  for (const [name, value] of Object.entries(fields)) await page.getByRole("textbox", { name, exact: true }).fill(value);
  await press("Connect");
  await page.getByRole("table", { name: "Objects" }).waitFor();
  await bucketPage();
};

const choose = async (value, key) => {
  await page.getByText("New files ask the storage for").first().click();
  await page.getByRole("combobox", { name: "New files ask the storage for" }).selectOption(value);
  if (key) await page.getByRole("region", { name: "New files ask the storage for" }).getByRole("textbox", { name: "KMS key ID" }).fill(key);
  await press("Use for new files");
  await page.locator(`[data-upload-sse="${value}"]`).waitFor();
};
const CLAIM = "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>";
const browse = () => page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Browse" }).click();

test("SeaweedFS, strict CORS: the check finds what a narrow rule lacks, and applying keeps the rules of others", async () => {
  const bucket = await world.bucket({ sse: true, expose: ["ETag"] });
  const others = corsRule(["https://somebody.example"]).CORSRules[0];
  const narrow = corsRule([world.origin], ["ETag"]).CORSRules[0];
  await world.s3.putCors(bucket, { CORSRules: [narrow, others] });
  await world.s3.put(bucket, "x.txt", "x");
  await connect(world, page, bucket);
  await bucketPage();
  await press("Check with HEAD");
  await verdict("hidden");
  // Whatever somebody does to the rule meanwhile, the next check sees it.
  await world.s3.putCors(bucket, corsRule([world.origin]));
  await press("Check with HEAD");
  await verdict("sse-s3");
  await world.s3.putCors(bucket, { CORSRules: [narrow, others] });
  await press("Check with HEAD");
  await verdict("hidden");
  await checkCors();
  for (const [words, ok] of [["PUT is allowed", "true"], ["DELETE is allowed", "true"], ["ETag is visible", "true"], ["SSE header", "false"], ["Content-Range", "false"], ["S3 Encryption Client", "false"]]) {
    assert.equal(await probe(words).getAttribute("data-ok"), ok, words);
  }
  await press("Apply this rule");
  await page.getByText("The rule was written.").waitFor();
  for (const words of ["SSE header", "Content-Range", "Date", "S3 Encryption Client"]) assert.equal(await probe(words).getAttribute("data-ok"), "true", words);
  const xml = await (await world.s3.send("GET", bucket, { query: "cors=" })).text();
  assert.match(xml, /https:\/\/somebody\.example/, "the rule of others is still there");
  await press("Check with HEAD");
  await verdict("sse-s3");
  assert.deepEqual((await world.s3.list(bucket)).map(({ key }) => key), ["x.txt"], "a check leaves nothing behind");
});

test("SeaweedFS, permissive CORS: it answers every page, yet only what is seen counts; a new bucket encrypts", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sealdrop-permissive-"));
  const weed = await startSeaweedFs({ folder, port: await findPort(), allowedOrigins: "*" });
  try {
    await weed.s3.createBucket("data");
    await weed.s3.put("data", "plain.txt", "x");
    await open(weed, "seaweedfs", { "Access key ID": weed.credentials.accessKeyId, "Secret access key": weed.credentials.secretAccessKey });
    await checkCors();
    await probe("PUT is allowed").waitFor();
    await press("Check with HEAD");
    await page.locator('section[aria-label="Bucket encryption"][data-sse="none"], section[aria-label="Bucket encryption"][data-sse="unknown"]').waitFor();
    await press("Create encrypted bucket");
    await page.getByRole("textbox", { name: "New bucket" }).fill("safe-bucket");
    await press("Create and verify");
    await page.locator('.strip[data-sse="sse-s3"]').waitFor();
    await page.getByText("Copy objects into an encrypted bucket").click();
    await press("Copy objects");
    await page.locator('[data-verified="1"]').waitFor();
    assert.equal((await weed.s3.head("safe-bucket", "plain.txt")).get("x-amz-server-side-encryption"), "AES256");
    assert.deepEqual((await weed.s3.list("data")).map(({ key }) => key), ["plain.txt"]);
    assert.deepEqual((await weed.s3.list("safe-bucket")).map(({ key }) => key), ["plain.txt"]);
  } finally {
    await weed.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
});

test("an audit counts every object by both layers, names the exceptions and exports them", async () => {
  const bucket = await world.bucket();
  for (let n = 0; n < 30; n++) await world.s3.put(bucket, `plain/${n}`, "x");
  for (let n = 0; n < 20; n++) await world.s3.put(bucket, `safe/${n}`, "x", { "x-amz-server-side-encryption": "AES256" });
  await connect(world, page, bucket);
  await bucketPage();
  await press("Audit all objects");
  await page.locator('[data-audit="over"]').waitFor();
  assert.equal(await page.locator('.chart [data-sse="sse-s3"]').first().getAttribute("data-count"), "20");
  assert.equal(await page.locator('.chart [data-sse="none"]').first().getAttribute("data-count"), "30");
  const waiting = page.waitForEvent("download");
  await press("Save as CSV");
  const csv = readFileSync(await (await waiting).path(), "utf8");
  assert.equal(csv.trim().split("\r\n").length, 51);
  assert.match(csv, /plain\/7,1,none,none/);
  await page.setViewportSize({ width: 360, height: 740 });
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "fits 360 px");
});

test("a new bucket is created only where nothing is taken, verified by a test object, and takes a verified copy", async () => {
  // A permissive storage: the browser may create buckets there.
  const encrypted = new Set();
  const stub = await stubbed({
    sseOnHead: (object, bucket) => (bucket?.encrypted || object.encrypted ? "AES256" : undefined),
    answer: ({ method, bucket, key, query, headers, buckets, objects, error }) => {
      if (method === "OPTIONS") return;
      if (!buckets.has(bucket) && method !== "PUT") return error(404, "NoSuchBucket");
      if (method === "GET" && query.has("encryption")) return error(404, "ServerSideEncryptionConfigurationNotFoundError");
      if (method === "PUT" && query.has("encryption")) {
        if (!headers["content-md5"]) return error(400, "InvalidRequest");
        encrypted.add(bucket);
        buckets.get(bucket).encrypted = "AES256";
        return { status: 200 };
      }
      if (method === "PUT" && query.has("cors") && !headers["content-md5"]) return error(400, "MissingContentMD5");
      const source = headers["x-amz-copy-source"];
      if (method === "PUT" && key && source) {
        const from = decodeURIComponent(source.slice(1));
        objects.set(`${bucket}/${key}`, objects.get(from));
        return { status: 200, body: "<CopyObjectResult><ETag>&quot;e&quot;</ETag></CopyObjectResult>" };
      }
    },
  });
  stub.objects.set("data/a b.txt", { body: Buffer.from("hello"), headers: {} });
  await open(stub);
  await press("Create encrypted bucket");
  await page.getByRole("textbox", { name: "New bucket" }).fill("data");
  await press("Create and verify");
  await page.getByRole("alert").filter({ hasText: "already" }).waitFor();
  assert.ok(!stub.log.includes("PUT /data"), "an existing bucket is never created again");
  await page.getByRole("textbox", { name: "New bucket" }).fill("safe-bucket");
  await press("Create and verify");
  await page.locator('.strip[data-sse="sse-s3"]').waitFor();
  assert.ok(encrypted.has("safe-bucket"));
  await page.getByText("Copy objects into an encrypted bucket").click();
  assert.equal(await page.getByRole("textbox", { name: "Into bucket" }).inputValue(), "safe-bucket");
  await press("Copy objects");
  await page.locator('[data-verified="1"]').waitFor();
  assert.deepEqual([...stub.objects.keys()].sort(), ["data/a b.txt", "safe-bucket/a b.txt"], "the source stays, no test object is left");
});

test("Scality 7.4: the header makes the bucket, HEAD alone tells, 501 is explained", async () => {
  const stub = await stubbed({
    sseOnHead: (_, bucket) => bucket?.encrypted,
    answer: ({ method, bucket, headers, query, buckets, error }) => {
      if (method === "OPTIONS") return;
      if (headers["x-amz-server-side-encryption"] || query.has("encryption")) return error(501, "NotImplemented");
      if (!buckets.has(bucket) && method !== "PUT") return error(404, "NoSuchBucket");
    },
  });
  await open(stub, "abci2");
  await press("Create a test object");
  await verdict("none");
  await page.getByText("GetBucketEncryption gives no answer here").waitFor();
  await press("Create encrypted bucket");
  await page.getByText("cannot be made to encrypt later").waitFor();
  await page.getByRole("textbox", { name: "New bucket" }).fill("dataset-s0001");
  await page.getByRole("form", { name: "A new bucket that encrypts" }).getByText("The same in a terminal").click();
  await page.getByText(`create-encrypted-bucket --endpoint-url ${stub.endpoint} s3://dataset-s0001`).waitFor();
  await press("Create and verify");
  await page.locator('.strip[data-sse="sse-s3"]').waitFor();
  assert.equal(stub.buckets.get("dataset-s0001").encrypted, "AES256");
});

test("Scality's trap: 200 on creation, but the bucket stays plain", async () => {
  const stub = await stubbed({
    answer: ({ method, bucket, buckets, error }) => (method !== "OPTIONS" && !buckets.has(bucket) && method !== "PUT" ? error(404, "NoSuchBucket") : undefined),
  });
  await open(stub, "abci2");
  await press("Create encrypted bucket");
  await page.getByRole("textbox", { name: "New bucket" }).fill("dataset-s0002");
  await press("Create and verify");
  await page.locator('.strip[data-sse="unconfirmed"]').waitFor();
  await page.getByText("is NOT confirmed to encrypt").waitFor();
});

test("where a browser cannot create a bucket, the command is given and the bucket verified afterwards", async () => {
  const stub = await stubbed({
    sseOnHead: (_, bucket) => bucket?.encrypted,
    answer: ({ method, bucket, buckets, error }) => (!buckets.has(bucket) ? { ...error(method === "OPTIONS" ? 404 : 403, "NoSuchBucket"), cors: false } : undefined),
  });
  await open(stub, "abci2");
  await press("Create encrypted bucket");
  await page.getByRole("textbox", { name: "New bucket" }).fill("dataset-s0003");
  await press("Create and verify");
  await page.getByRole("alert").filter({ hasText: "does not let a browser create buckets" }).waitFor();
  stub.buckets.set("dataset-s0003", { encrypted: "AES256" });
  await press("Check it now");
  await page.locator('.strip[data-sse="sse-s3"]').waitFor();
});

test("Ceph 16.2 answers ?encryption with a listing: that is no claim", async () => {
  const stub = await stubbed({
    answer: ({ method, query }) => (method === "GET" && query.has("encryption") ? { status: 200, body: "<ListBucketResult><Name>data</Name></ListBucketResult>" } : undefined),
  });
  await open(stub, "ceph");
  await press("Create a test object");
  await verdict("none");
  await page.getByText("GetBucketEncryption gives no answer here").waitFor();
});

test("what HEAD says of an object stands where its content is kept back, and the reason is the true one", async () => {
  const stub = await stubbed({
    sseOnHead: () => "AES256",
    answer: ({ method, key, error }) => (method === "GET" && key.startsWith("archived") ? error(403, "InvalidObjectState") : undefined),
  });
  stub.objects.set("data/archived.nc", { body: Buffer.from("x"), headers: {} });
  await open(stub);
  await browse();
  await page.locator('tr[data-key="archived.nc"][data-sse="sse-s3"][data-cse="unknown"]').waitFor();
  const details = await showDetails(page, "archived.nc");
  assert.equal(await details.locator("[data-sse]").getAttribute("data-sse"), "sse-s3");
  await details.getByText("This object is archived").waitFor();
  await details.getByRole("button", { name: "Download", exact: true }).click();
  const line = page.locator('li[data-key="archived.nc"][data-state="failed"]');
  await line.getByText("Have it restored first").waitFor();
});

test("an object that may not be looked at leaves the verdict to the others; where there are none, the reason is told", async () => {
  const stub = await stubbed({
    sseOnHead: () => "AES256",
    answer: ({ method, key, query, error }) => {
      if (method === "HEAD" && key === "denied") return error(403, "AccessDenied");
      if (method === "GET" && query.has("encryption")) return { status: 200, body: CLAIM };
    },
  });
  for (const name of ["denied", "a/../b", "open"]) stub.objects.set(`data/${name}`, { body: Buffer.from("x"), headers: {} });
  await open(stub);
  await press("Check with HEAD");
  await verdict("sse-s3");
  stub.objects.delete("data/open");
  stub.objects.delete("data/a/../b");
  await open(stub);
  await page.getByRole("alert").filter({ hasText: "may not" }).first().waitFor();
});

test("a bucket that claims a default but stores plain is unconfirmed; ABCI 3.0 offers none", async () => {
  const stub = await stubbed({ answer: ({ method, query }) => (method === "GET" && query.has("encryption") ? { status: 200, body: CLAIM } : undefined) });
  await open(stub);
  await press("Create a test object");
  await verdict("unconfirmed");
  const plain = await stubbed();
  await open(plain, "abci3");
  await press("Create a test object");
  await verdict("not-offered");
});

test("wrong key, no such bucket and a wrong region are told apart when nothing can be read", async () => {
  const stub = await stubbed({
    answer: ({ headers, bucket, buckets, error }) => {
      if (headers["sec-fetch-mode"] !== "cors") return;
      if (!buckets.has(bucket)) return error(404, "NoSuchBucket");
    },
  });
  const wrongKey = await stubbed({
    answer: ({ method, query, headers, error }) => {
      // Signed requests are refused without CORS; unsigned ones are about the bucket, with CORS.
      const signed = query.has("list-type") || headers.authorization;
      if (method !== "OPTIONS") return signed ? { ...error(403, "SignatureDoesNotMatch"), cors: false } : error(403, "AccessDenied");
    },
  });
  const fields = (stub, more) => ({ "Endpoint URL": stub.endpoint, "Access key ID": "A", "Secret access key": "s", ...more });
  await fillConnect(world, page, "data", fields(wrongKey));
  await page.getByRole("alert").filter({ hasText: "access key ID or secret access key" }).waitFor();
  const found = page.getByRole("region", { name: "Diagnosis" });
  assert.equal(await found.locator("li").filter({ hasText: "This page may read answers" }).getAttribute("data-ok"), "true");
  assert.equal(await found.locator("li").filter({ hasText: "signed request" }).getAttribute("data-ok"), "false");
  await fillConnect(world, page, "nowhere", fields(stub));
  await page.getByRole("alert").filter({ hasText: "no bucket named nowhere" }).waitFor();
});

test("an upload that asks for SSE: confirmed, refused with an explanation, or unconfirmed", async () => {
  const bucket = await world.bucket();
  await connect(world, page, bucket);
  await bucketPage();
  await choose("sse-s3");
  await browse();
  await press("Turn encryption off…");
  await page.getByRole("dialog").getByRole("button", { name: "Turn encryption off" }).click();
  await page.getByLabel("Choose files").setInputFiles({ name: "a.txt", mimeType: "", buffer: Buffer.from("a") });
  await page.locator('li[data-key="a.txt"][data-state="done"]').waitFor();
  assert.equal((await world.s3.head(bucket, "a.txt")).get("x-amz-server-side-encryption"), "AES256");

  const silent = await stubbed();
  await open(silent);
  await choose("sse-s3");
  await browse();
  await page.getByLabel("Choose files").setInputFiles({ name: "b.txt", mimeType: "", buffer: Buffer.from("b") });
  await page.locator('li[data-key="b.txt"][data-state="done"]').getByText("Asked for, not confirmed").waitFor();
});

const RCLONE = fileURLToPath(new URL("../../.tools/venv/bin/rclone", import.meta.url));
test("a HEAD that repeats whatever it was told is not believed", async () => {
  const stub = await stubbed({ sseOnHead: (object) => object.headers["x-amz-server-side-encryption"] });
  stub.objects.set("data/told", { body: Buffer.from("x"), headers: { "x-amz-server-side-encryption": "AES256" } });
  await open(stub);
  await press("Check with HEAD");
  await verdict("sse-s3");
  await press("Create a test object");
  await page.getByText("repeats an encryption algorithm that does not exist").waitFor();
  await press("Check with HEAD");
  await verdict("unconfirmed");
  assert.deepEqual([...stub.objects.keys()], ["data/told"]);
});

test("rclone serve s3 exposes nothing but the ETag and has no CORS rules to read: unknown, never encrypted", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sealdrop-rclone-"));
  mkdirSync(join(folder, "data"));
  const free = createServer();
  const port = await new Promise((resolve) => free.listen(0, "127.0.0.1", () => resolve(free.address().port)));
  await new Promise((done) => free.close(done));
  const child = spawn(RCLONE, ["serve", "s3", folder, "--addr", `127.0.0.1:${port}`], { stdio: "ignore" });
  try {
    for (let tries = 0; tries < 100 && !(await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined)); tries++) await new Promise((done) => setTimeout(done, 100));
    await open({ endpoint: `http://127.0.0.1:${port}` }, "other", { "Secret access key": "secretsecret" });
    await press("Create a test object");
    await verdict("unknown");
  } finally {
    child.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
});

const lacking = missingCephPrograms();
test("Ceph RGW: no default encryption, SSE-S3 ignored, SSE-KMS real, and no bucket lost", { skip: lacking.length ? `Ceph's Debian packages are missing: ${lacking.join(", ")}` : false }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "sealdrop-ceph-"));
  const ceph = await startCeph({ folder, port: await findPort() });
  try {
    await ceph.s3.createBucket("data");
    await ceph.s3.putCors("data", corsRule([world.origin]));
    await open(ceph, "ceph", { "Access key ID": ceph.credentials.accessKeyId, "Secret access key": ceph.credentials.secretAccessKey });
    await press("Check with HEAD");
    await verdict("empty");
    await press("Create a test object");
    // Its answer to GetBucketCors has no CORS headers: until an SSE header was seen, nothing tells `none` from `hidden`.
    await verdict("unknown");
    await page.getByText("GetBucketEncryption gives no answer here").waitFor();
    await checkCors();
    for (const [words, ok] of [["PUT is allowed", "true"], ["POST is allowed", "true"], ["DELETE is allowed", "true"], ["ETag is visible", "unknown"], ["SSE header", "unknown"]]) {
      assert.equal(await probe(words).getAttribute("data-ok"), ok, words);
    }
    await page.getByText("cannot be read from this page").waitFor();
    await press("Create encrypted bucket");
    await page.getByRole("textbox", { name: "New bucket" }).fill("not-yet-there");
    await press("Create and verify");
    await page.getByRole("alert").filter({ hasText: "does not let a browser create buckets" }).waitFor();
    await press("Create encrypted bucket");
    await choose("sse-s3");
    await browse();
    await press("Turn encryption off…");
    await page.getByRole("dialog").getByRole("button", { name: "Turn encryption off" }).click();
    const upload = (name) => page.getByLabel("Choose files").setInputFiles({ name, mimeType: "", buffer: Buffer.from(name) });
    await upload("ignored.txt");
    await page.locator('li[data-key="ignored.txt"][data-state="done"]').getByText("Asked for, not confirmed").waitFor();
    await bucketPage();
    await choose("sse-kms", KMS_KEY);
    await browse();
    await upload("kms.txt");
    await page.locator('li[data-key="kms.txt"][data-state="done"]').getByText("SSE-KMS").waitFor();
    assert.equal((await ceph.s3.head("data", "kms.txt")).get("x-amz-server-side-encryption"), "aws:kms");
    await bucketPage();
    await press("Create a test object");
    await verdict("none");
    assert.deepEqual((await ceph.s3.list("data")).map(({ key }) => key), ["ignored.txt", "kms.txt"], "nothing of a check is left, and the bucket is there");
  } finally {
    await ceph.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
});

test("what a test object showed is remembered with its date over a reload, and is not passed off as what is", async () => {
  const bucket = await world.bucket({ sse: true });
  const section = page.locator('section[aria-label="Bucket encryption"]');
  await connect(world, page, bucket);
  await bucketPage();
  await press("Create a test object");
  await verdict("sse-s3");
  await page.reload();
  await connect(world, page, bucket);
  await bucketPage();
  await verdict("empty");
  const earlier = section.locator('[data-earlier-sse="sse-s3"]');
  assert.match(await earlier.textContent(), /^Checked on .*20\d\d.*, by a test object: SSE-S3 .*check again/);
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.ok(kept.includes("sealdrop-verdicts") && !kept.includes(world.credentials.secretAccessKey) && !kept.includes(world.credentials.accessKeyId));
});

test("the bucket page is found by the names of its parts, from the keyboard, in dark and at 360 px", async () => {
  const bucket = await world.bucket({ sse: true });
  await world.s3.put(bucket, "x.txt", "x");
  await page.setViewportSize({ width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: "dark" });
  await connect(world, page, bucket);
  await bucketPage();
  // Nobody pressed anything: whoever comes here wants to know.
  await verdict("sse-s3");
  const encryption = page.getByRole("region", { name: "Bucket encryption", exact: true });
  for (const name of ["Check with HEAD", "Create a test object", "Audit all objects", "Create encrypted bucket"]) {
    assert.equal(await encryption.getByRole("button", { name, exact: true }).count(), 1, name);
  }
  assert.match(await encryption.getByRole("status").textContent(), /SSE-S3/);
  const section = page.getByRole("region", { name: "CORS check", exact: true });
  const outcomes = () => section.locator("li[data-ok]").evaluateAll((items) => items.map((item) => item.dataset.ok));
  await section.getByText("Found by reading alone").waitFor();
  assert.deepEqual(await outcomes(), Array(12).fill("true"));
  await section.getByRole("button", { name: "Check CORS" }).focus();
  await page.keyboard.press("Enter");
  await section.getByText("Found by reading alone").waitFor({ state: "detached" });
  await section.getByText("The bucket has this rule already.").waitFor();
  assert.deepEqual(await outcomes(), Array(12).fill("true"));
  await encryption.getByRole("button", { name: "Audit all objects" }).focus();
  await page.keyboard.press("Enter");
  await page.locator('[data-audit="over"]').waitFor();
  const chart = page.getByRole("list", { name: "Objects by both layers" }).getByRole("listitem");
  assert.match((await chart.allTextContents()).join(), /SSE-S3.*1 \(100 %\)/, "the chart says in words what it shows");
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 360), "fits 360 px");
});
