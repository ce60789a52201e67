// Storages that cannot be installed here, scripted: whatever the person took them for, the page says what is true of them.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { corsRule, startWorld, until } from "./harness.mjs";
import { startStub } from "./s3_stub.mjs";
import { documentedRules, echo, garage, minio, scality, withoutSse } from "./servers.mjs";

let world, page, complaints, close, stub, changed;
before(async () => (world = await startWorld()));
after(() => world?.close());
beforeEach(async () => {
  ({ page, complaints, close } = await world.page());
  page.setDefaultTimeout(30_000);
  changed = [];
});
afterEach(async () => {
  await close();
  const log = stub?.log ?? [];
  await stub?.close();
  stub = undefined;
  assert.deepEqual(complaints, [], "the page complained");
  // Whatever the page did to the storage: to test objects, to an upload that does not exist, or what the test asked for.
  const own = (line) => /\/(?:[^?]*\/)?sealdrop-test-object-[0-9a-f]{16}(\?|$)/.test(line) || changed.some((pattern) => pattern.test(line));
  assert.deepEqual(log.filter((line) => /^(PUT|POST|DELETE) /.test(line) && !own(line)), [], "a check changed something of the person's");
  assert.deepEqual(log.filter((line) => /^DELETE .*[?&]encryption/.test(line)), [], "DELETE ?encryption deletes buckets on Ceph 16.2");
});

const SSE = "x-amz-server-side-encryption";
const start = async (script, { objects = {}, bucket = {} } = {}) => {
  stub = await startStub(script);
  stub.buckets.set("data", { rules: documentedRules(corsRule([world.origin])), ...bucket });
  for (const [key, object] of Object.entries(objects)) stub.objects.set(`data/${key}`, { body: Buffer.from("x"), headers: {}, ...object });
};
const press = (name) => page.getByRole("button", { name, exact: true }).click();
const region = (name) => page.getByRole("region", { name, exact: true });
const goTo = (place) => page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: place }).click();
const verdict = (sse) => page.locator(`section[aria-label="Bucket encryption"][data-sse="${sse}"]`).waitFor();
const connectAs = async (provider) => {
  await page.goto(`${world.app.url}#/connect`);
  await page.getByRole("combobox", { name: "Provider" }).selectOption(provider);
  await page.getByRole("combobox", { name: "Addressing style" }).selectOption("path");
  const fields = { "Endpoint URL": stub.endpoint, Region: "us-east-1", Bucket: "data", "Access key ID": "AKID", "Secret access key": "secret" };
  for (const [name, value] of Object.entries(fields)) await page.getByRole("textbox", { name, exact: true }).fill(value);
  await press("Connect");
  await page.getByRole("table", { name: "Objects" }).waitFor();
  await goTo("Bucket encryption");
};
const wishes = () => region("New files ask the storage for");
const offered = async () => {
  await wishes().getByText("New files ask the storage for").first().click();
  return wishes().getByRole("combobox").locator("option").evaluateAll((options) => options.map((option) => option.value));
};
const wish = async (kind, fields = {}) => {
  await wishes().getByRole("combobox").selectOption(kind);
  for (const [name, text] of Object.entries(fields)) await wishes().getByRole("textbox", { name, exact: true }).fill(text);
  await press("Use for new files");
};
const refused = (words) => wishes().getByRole("alert").filter({ hasText: words }).waitFor();
const granted = (sse) => wishes().locator(`[data-wish-sse="${sse}"]`).waitFor();
const newBucket = async (name) => {
  await press("Create encrypted bucket");
  await page.getByRole("textbox", { name: "New bucket" }).fill(name);
};
const created = (sse) => page.locator(`.strip[data-sse="${sse}"]`).waitFor();

test("Scality 7.4, taken for ABCI 2.0: only commands make a bucket, and two things are needed before it can be believed", async () => {
  await start(scality({ old: true }), { objects: { "plain.txt": {} } });
  await connectAs("abci2");
  await verdict("none");
  assert.equal(await wishes().getByRole("combobox").count(), 0, "it takes no wishes");
  await press("Create a test object");
  await page.getByText("By HEAD of a test object").waitFor();
  await verdict("none");
  await newBucket("dataset-s0001");
  await press("Create and verify");
  await page.getByRole("alert").filter({ hasText: "does not let a browser create buckets" }).waitFor();
  const form = page.getByRole("form", { name: "A new bucket that encrypts" });
  for (const words of [`create-encrypted-bucket --endpoint-url ${stub.endpoint} s3://dataset-s0001`, "x-amz-scal-server-side-encryption: AES256", "put-bucket-encryption", "put-bucket-cors"]) {
    assert.ok(await form.getByText(words).isVisible(), `${words} is shown`);
  }
  stub.buckets.set("dataset-s0001", { encrypted: "AES256" });
  await press("Check it now");
  await page.getByRole("alert").filter({ hasText: "no CORS rule for it" }).waitFor();
  stub.buckets.get("dataset-s0001").rules = stub.buckets.get("data").rules;
  await press("Check it now");
  await created("sse-s3");
});

test("Scality 7.4, taken for something else: its 501 cannot be read, and is explained all the same", async () => {
  await start(scality({ old: true }), { bucket: { encrypted: "AES256" } });
  await connectAs("other");
  await verdict("empty");
  await press("Create a test object");
  await verdict("sse-s3");
  assert.ok((await offered()).includes("sse-s3"));
  await wish("sse-s3");
  await refused("in a way this page may not read");
  await page.locator('[data-upload-sse="default"]').waitFor();
  assert.deepEqual([...stub.objects.keys()], [], "nothing of the trials is left");
});

test("Scality 7.4 behind open preflights: a default that it does not know is not asked for; its header is", async () => {
  await start(scality({ old: true, openPreflights: true }));
  changed = [/^PUT \/dataset-s000[45]\/?(\?cors=)?$/];
  await connectAs("seaweedfs");
  await verdict("empty");
  await newBucket("dataset-s0004");
  await press("Create and verify");
  await page.getByRole("alert").filter({ hasText: "knows no default encryption for buckets" }).waitFor();
  assert.ok(!stub.buckets.has("dataset-s0004"), "no bucket is made that could never encrypt");
  await page.getByRole("combobox", { name: "By" }).selectOption("scality");
  await press("Create and verify");
  await created("sse-s3");
  await page.getByRole("textbox", { name: "New bucket" }).fill("data");
  await press("Create and verify");
  await page.getByRole("alert").filter({ hasText: "already" }).waitFor();
});

test("Scality 7.10 and 8: takes SSE-S3, no SSE-C, no context; an upload in parts is told by HEAD alone", async () => {
  await start(scality());
  changed = [/^(PUT|POST) \/data\/large\.bin/];
  await connectAs("abci2");
  await verdict("empty");
  await page.getByText("Bucket default (GetBucketEncryption): none.").waitFor();
  assert.deepEqual(await offered(), ["default", "sse-s3"], "its answer tells which Scality it is");
  await connectAs("other");
  await offered();
  await wish("sse-c", { "SSE-C key": randomBytes(32).toString("hex") });
  await refused("Scality no SSE-C");
  await wish("sse-kms", { "KMS key ID": "1", "Encryption context (JSON)": '{"a":"b"}' });
  await refused("in a way this page may not read");
  await wish("sse-s3");
  await granted("sse-s3");
  await goTo("Browse");
  await press("Turn encryption off…");
  await page.getByRole("dialog").getByRole("button", { name: "Turn encryption off" }).click();
  const path = join(world.folder, "large.bin");
  writeFileSync(path, randomBytes(20 << 20));
  await page.getByLabel("Choose files").setInputFiles(path);
  await page.locator('li[data-key="large.bin"][data-state="done"]').getByText("SSE-S3").waitFor({ timeout: 60_000 });
  const stored = stub.objects.get("data/large.bin");
  assert.equal(stored.headers[SSE], "AES256");
  assert.ok(stub.log.some((line) => line.startsWith("POST /data/large.bin?uploads")), "it went in parts");
});

test("Scality 8 behind open preflights: bucket default with Content-MD5 and one rule; old objects stay plain", async () => {
  await start(scality({ openPreflights: true }), { objects: { "old.txt": { before: true }, "new.txt": {} }, bucket: { encrypted: "AES256" } });
  changed = [/^PUT \/(safe|kms)-bucket\/?(\?(cors|encryption)=)?$/];
  await connectAs("other");
  await verdict("mixed");
  await newBucket("safe-bucket");
  await press("Create and verify");
  await created("sse-s3");
  assert.equal(stub.buckets.get("safe-bucket").rules.length, 1, "CORS in the same flow");
  await page.getByRole("textbox", { name: "New bucket" }).fill("kms-bucket");
  await page.getByRole("combobox", { name: "Algorithm" }).selectOption("sse-kms");
  await page.getByRole("textbox", { name: "KMS key ID" }).fill("1");
  await press("Create and verify");
  await created("sse-kms");
});

test("a storage with SSE, taken for one without: what HEAD and the bucket say counts", async () => {
  await start(scality(), { objects: { "old.txt": { before: true } }, bucket: { encrypted: "AES256" } });
  await connectAs("abci3");
  await verdict("none");
  await page.getByText("Bucket default (GetBucketEncryption): AES256").waitFor();
  await press("Create a test object");
  await verdict("sse-s3");
  assert.ok((await offered()).includes("sse-s3"));
});

test("a storage without SSE: not offered where that is known, else not encrypted", async () => {
  await start(withoutSse(), { objects: { "a.txt": {} } });
  await connectAs("abci3");
  await verdict("not-offered");
  await press("Create a test object");
  await verdict("not-offered");
  await connectAs("other");
  await verdict("none");
  assert.ok((await offered()).includes("sse-s3"));
  await wish("sse-s3");
  await granted("unconfirmed");
  await page.getByText("Do not rely on it").first().waitFor();
});

test("Garage: SSE-S3 is taken and ignored, which is said before a file is sent; SSE-C is real", async () => {
  await start(garage(), { objects: { "a.txt": {} } });
  await connectAs("other");
  await verdict("none");
  await offered();
  await wish("sse-s3");
  await granted("unconfirmed");
  await wish("sse-c", { "SSE-C key": randomBytes(32).toString("hex") });
  await granted("sse-c");
  await connectAs("garage");
  await verdict("not-offered");
});

test("MinIO without a KMS: its own words, a bucket that is there and plain, CORS that is nobody's rule", async () => {
  await start(minio(), { objects: { "a.txt": {} } });
  changed = [/^PUT \/safe-bucket\/?(\?(cors|encryption)=)?$/];
  await connectAs("minio");
  await verdict("none");
  await offered();
  await wish("sse-s3");
  await refused("KMS is not configured");
  await newBucket("safe-bucket");
  await press("Create and verify");
  await created("unconfirmed");
  await page.getByText("KMS is not configured").last().waitFor();
  await press("Check CORS");
  await region("CORS check").getByText("MINIO_API_CORS_ALLOW_ORIGIN").waitFor();
});

test("a storage that repeats what it is told is not believed, for SSE-C neither, and its echo shows no key", async () => {
  await start(echo(), { objects: { "a.txt": { headers: { [SSE]: "AES256" } } } });
  const key = randomBytes(32);
  await connectAs("other");
  await verdict("sse-s3");
  await press("Create a test object");
  await page.getByText("repeats an encryption algorithm that does not exist").first().waitFor();
  await press("Check with HEAD");
  await verdict("unconfirmed");
  await offered();
  await wish("sse-c", { "SSE-C key": key.toString("hex") });
  await granted("unconfirmed");
  stub.objects.set("data/a.txt", { body: Buffer.from("x"), headers: { [`${SSE}-customer-algorithm`]: "AES256", [`${SSE}-customer-key`]: key.toString("base64") } });
  await press("Check with HEAD");
  await page.getByRole("list", { name: "Evidence" }).locator('li[data-sse="sse-c"]').waitFor();
  assert.ok(!(await page.content()).includes(key.toString("base64")));
});

test("in a bucket with versions a test object is removed for good, by its version", async () => {
  await start({
    answer: ({ method, key, usual }) => (method === "PUT" && key ? { ...usual(), headers: { etag: '"e"', "x-amz-version-id": "v1", "access-control-expose-headers": "x-amz-version-id" } } : undefined),
  });
  await connectAs("other");
  await press("Create a test object");
  await page.getByText("By HEAD of a test object").waitFor();
  const removals = stub.log.filter((line) => line.startsWith("DELETE "));
  assert.ok(removals.length > 0 && removals.every((line) => line.endsWith("?versionId=v1")), removals.join("\n"));
});

const GIB = 2 ** 30;
const copyAll = async (into) => {
  await page.getByText("Copy objects into an encrypted bucket").click();
  await page.getByRole("textbox", { name: "Into bucket" }).fill(into);
  await press("Copy objects");
};
/** Two buckets of which the second encrypts; both show pages what the documented rule exposes, and `more` of it. */
const startPair = async ({ objects, more = [], answer = () => undefined }) => {
  const script = scality({ openPreflights: true });
  await start({ ...script, answer: async (call) => (await answer(call)) ?? script.answer(call) }, { objects });
  const rules = stub.buckets.get("data").rules.map((rule) => ({ ...rule, expose: [...rule.expose, ...more] }));
  stub.buckets.get("data").rules = rules;
  stub.buckets.set("safe", { encrypted: "AES256", rules });
};

test("an object over 5 GiB is copied in parts of one content, with its metadata and media type", async () => {
  const headers = { "x-amz-meta-owner": "ada", "content-type": "application/x-tar", "cache-control": "no-store" };
  await startPair({ objects: { "a.txt": {}, "huge 大.tar": { size: 6 * GIB + 1, headers } }, more: ["x-amz-meta-owner"] });
  changed = [/^PUT \/safe\/a\.txt$/, /^(PUT|POST) \/safe\/huge 大\.tar\?/];
  await connectAs("other");
  await copyAll("safe");
  await page.locator('[data-verified="2"]').waitFor();
  const copy = stub.objects.get("safe/huge 大.tar");
  assert.equal(copy.size, 6 * GIB + 1);
  assert.equal(copy.copied.length, 49);
  copy.copied.reduce((end, { start, length }) => (assert.equal(start, end), end + length), 0);
  for (const { source, ifMatch } of copy.copied) assert.deepEqual([source, ifMatch], ["/data/huge%20%E5%A4%A7.tar", '"e"']);
  for (const [name, value] of Object.entries(headers)) assert.equal(copy.headers[name], value, name);
  assert.equal(copy.headers[SSE], undefined, "the bucket's own encryption is what is proved");
});

test("over 5 GiB, nothing is copied whose metadata CORS may hide; the command is given", async () => {
  await startPair({ objects: { "a.txt": {}, "huge.bin": { size: 6 * GIB } } });
  const rules = stub.buckets.get("data").rules.map((rule) => ({ ...rule, expose: rule.expose.filter((name) => !name.startsWith("x-amz-meta-")) }));
  stub.buckets.get("data").rules = rules;
  changed = [/^PUT \/safe\/a\.txt$/];
  await connectAs("other");
  await copyAll("safe");
  await page.locator('[data-verified="1"]').waitFor();
  await page.getByText("carries only metadata that this page sees").waitFor();
  await page.getByText(`aws s3 cp --copy-props metadata-directive --endpoint-url ${stub.endpoint} --region us-east-1 s3://data/huge.bin s3://safe/huge.bin`).waitFor();
});

test("a copy in parts whose source changes, or that is stopped, leaves neither an object nor parts", async () => {
  let held = [];
  await startPair({
    objects: { "huge.bin": { size: 40 * GIB } },
    answer: ({ method, query, headers, error }) => {
      if (method === "DELETE" && query.has("uploadId") && stub.keeps) return error(403, "AccessDenied");
      if (!headers["x-amz-copy-source-range"]) return;
      return stub.changes ? error(412, "PreconditionFailed") : new Promise((done) => held.push(() => done(undefined)));
    },
  });
  changed = [/^(PUT|POST|DELETE) \/safe\/huge\.bin\?/];
  await connectAs("other");
  stub.changes = true;
  await copyAll("safe");
  await page.getByText("The object was changed while it was being read.").waitFor();
  await page.getByText(/Done: 0 copied and verified, 1 not/).waitFor();
  assert.equal(stub.uploads.size, 0);
  stub.keeps = true;
  await press("Copy objects");
  await page.getByText("The parts that were copied could not be removed from safe. Connect to safe and abort").waitFor();
  assert.equal(stub.uploads.size, 1);
  stub.uploads.clear();
  stub.keeps = stub.changes = false;
  await press("Copy objects");
  await until("four parts under way", () => held.length === 4);
  held.splice(0, 1)[0]();
  await page.getByText("huge.bin: 128 MiB of 40.0 GiB copied").waitFor();
  await press("Stop");
  for (const answer of held) answer();
  await page.getByText(/Stopped: 0 copied and verified, 0 not/).waitFor();
  assert.equal(stub.uploads.size, 0);
  assert.deepEqual([...stub.objects.keys()], ["data/huge.bin"]);
});
