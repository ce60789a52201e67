// SSE-C, in a real browser: files are stored with the person's key, and reading asks for it.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { findPort } from "../../scripts/seaweedfs.mjs";
import { missingCephPrograms, startCeph } from "./ceph.mjs";
import { connect, corsRule, download, startWorld } from "./harness.mjs";

let world, page, complaints, close;
before(async () => (world = await startWorld()));
after(() => world?.close());
beforeEach(async () => {
  ({ page, complaints, close } = await world.page());
  page.setDefaultTimeout(15_000);
});
afterEach(async () => {
  await close();
  assert.deepEqual(complaints, [], "the page complained");
});

const NAME = "x-amz-server-side-encryption-customer";
const headers = (key) => ({
  [`${NAME}-algorithm`]: "AES256",
  [`${NAME}-key`]: key.toString("base64"),
  [`${NAME}-key-md5`]: createHash("md5").update(key).digest("base64"),
});
const details = () => page.getByRole("region", { name: "Object details" });
const row = (key) => page.locator(`tr[data-key="${key}"]`);
const press = (name) => page.getByRole("button", { name, exact: true }).click();
const give = async (key) => {
  await details().getByRole("textbox", { name: "SSE-C key" }).fill(key);
  await press("Open with this key");
};
const browse = () => page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Browse" }).click();
const uploadWith = async (key) => {
  await page.getByRole("link", { name: "Bucket encryption" }).click();
  await page.getByText("New files ask the storage for").first().click();
  await page.getByRole("combobox", { name: "New files ask the storage for" }).selectOption("sse-c");
  await page.getByRole("region", { name: "New files ask the storage for" }).getByRole("textbox", { name: "SSE-C key" }).fill(key);
  await press("Use for new files");
  await page.locator('[data-upload-sse="sse-c"]').waitFor();
  await browse();
};
const withoutEncryption = async () => {
  await press("Turn encryption off…");
  await page.getByRole("dialog").getByRole("button", { name: "Turn encryption off" }).click();
};

/** What a person does with objects of others and of their own; the storage must behave alike. */
const walk = async (s3, bucket) => {
  const key = randomBytes(32);
  const theirs = randomBytes(3000);
  await s3.put(bucket, "theirs.bin", theirs, headers(key));
  await s3.put(bucket, "plain.txt", "plain");
  await page.getByRole("button", { name: "Refresh" }).click();

  // Without the key: the state is known, and nothing more. A download says what to do.
  await page.locator('tr[data-key="theirs.bin"][data-sse="sse-c"]').waitFor();
  await row("theirs.bin").getByRole("button", { name: "Download" }).click();
  await page.locator('li[data-key="theirs.bin"][data-state="failed"]').getByText("give its SSE-C key").waitFor();
  await row("theirs.bin").getByRole("button", { name: "Details" }).click();
  await details().locator('dd[data-sse="sse-c"]').waitFor();
  await give("nonsense");
  await details().getByText("64 hex digits, or base64").first().waitFor();
  await give(randomBytes(32).toString("hex"));
  await details().getByText("does not open the object with this key").waitFor();

  // With it: details, and the file.
  await give(key.toString("base64"));
  await details().getByText(`${NAME}-algorithm: AES256`).waitFor();
  await details().locator('dd[data-sse="sse-c"]').waitFor();
  assert.deepEqual((await download(page, "theirs.bin")).bytes, theirs);
  await press("Close");

  // Own files: one message, and one in parts.
  const mine = randomBytes(32);
  await uploadWith(mine.toString("hex"));
  await withoutEncryption();
  const files = { "small.bin": Buffer.from("small"), "large.bin": randomBytes(20 << 20) };
  const paths = Object.keys(files).map((name) => join(world.folder, name));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(world.folder, name), bytes);
  await page.getByLabel("Choose files").setInputFiles(paths);
  for (const name of ["small.bin", "large.bin"]) {
    await page.locator(`li[data-key="${name}"][data-direction="upload"][data-state="done"]`).getByText("SSE-C").waitFor({ timeout: 60_000 });
    assert.equal((await s3.send("HEAD", `${bucket}/${name}`, { allow: [400] })).status, 400, "not without the key");
    assert.equal((await s3.send("HEAD", `${bucket}/${name}`, { headers: headers(mine) })).status, 200);
  }
  assert.deepEqual((await download(page, "large.bin")).bytes, files["large.bin"]);
  assert.equal((await download(page, "plain.txt")).bytes.toString(), "plain", "other objects are read without it");
  assert.ok(!(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).includes(mine.toString("hex")));
};

test("SeaweedFS: objects stored with SSE-C are asked for their key, uploads keep it in memory", async () => {
  const bucket = await world.bucket();
  await connect(world, page, bucket);
  await walk(world.s3, bucket);
  // The bucket page and the audit count them as what they are.
  await page.getByRole("link", { name: "Bucket encryption" }).click();
  await press("Check with HEAD");
  await page.locator('section[aria-label="Bucket encryption"][data-sse="mixed"]').waitFor();
});

const lacking = missingCephPrograms();
test("Ceph RGW: the same, with its own refusals", { skip: lacking.length ? `Ceph's Debian packages are missing: ${lacking.join(", ")}` : false }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "sealdrop-ssec-"));
  const ceph = await startCeph({ folder, port: await findPort() });
  try {
    await ceph.s3.createBucket("data");
    await ceph.s3.putCors("data", corsRule([world.origin]));
    const { accessKeyId, secretAccessKey } = ceph.credentials;
    await connect(world, page, "data", { "Endpoint URL": ceph.endpoint, "Access key ID": accessKeyId, "Secret access key": secretAccessKey });
    await walk(ceph.s3, "data");
  } finally {
    await ceph.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
});

test("where the CORS rule does not allow the key's headers, that is what is said", async () => {
  const bucket = await world.bucket();
  const rule = corsRule([world.origin]);
  rule.CORSRules[0].AllowedHeaders = ["content-type"];
  await world.s3.putCors(bucket, rule);
  const key = randomBytes(32);
  await world.s3.put(bucket, "theirs.bin", "x", headers(key));
  await connect(world, page, bucket);
  await row("theirs.bin").getByRole("button", { name: "Details" }).click();
  await give(key.toString("hex"));
  await details().getByText("the bucket's CORS rule does not let this page send them").waitFor();
});
