// A long day's work, after which no secret is anywhere but in the page's memory: not in storage, addresses, texts, the
// console, the names of private files, or any request but those that carry it by design.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startGate } from "./gate.mjs";
import { chooseFiles, connect, download, fillConnect, startWorld, useKey } from "./harness.mjs";
import { startKmsStub } from "./kms_stub.mjs";

const AES = randomBytes(32);
const DATA_KEY = randomBytes(32);
const CUSTOMER_KEY = randomBytes(32);
const PHRASE = "lusab-babad-gutih-tugad-zuzuz-dolup";
const vector = JSON.parse(readFileSync(new URL("../vectors/esdk/v2-0478-rsa-f4096-n1.json", import.meta.url), "utf8"));
const message = readFileSync(new URL("../vectors/esdk/v2-0478-rsa-f4096-n1.bin", import.meta.url));
const pem = vector.keys.find(({ type }) => type === "raw-rsa").private_key_pem;

/** The shapes in which bytes could leak. */
const shapes = (bytes) => [bytes.toString("hex"), bytes.toString("hex").toUpperCase(), bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url"), [...bytes].join(",")];

let world, gate, kms, page, complaints, close, secrets;
before(async () => {
  world = await startWorld({ bodies: true });
  gate = await startGate(world.endpoint);
  kms = await startKmsStub({ dataKey: DATA_KEY, decrypt: () => DATA_KEY });
  ({ page, complaints, close } = await world.page());
  page.on("dialog", (dialog) => dialog.accept());
  // A passphrase is meant to cost; on a busy machine it does.
  page.setDefaultTimeout(90_000);
  secrets = {
    "secret access key": [world.credentials.secretAccessKey],
    "AES key": shapes(AES),
    "private RSA key": pem.split("\n").slice(1, -2),
    passphrase: [PHRASE],
    "KMS data key": shapes(DATA_KEY),
    "SSE-C key": shapes(CUSTOMER_KEY),
  };
});
after(async () => {
  await close?.();
  await kms?.close();
  await gate?.close();
  await world?.close();
  assert.deepEqual(complaints, []);
});

const goTo = (place) => page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: place }).click();
const press = (name) => page.getByRole("button", { name, exact: true }).click();
const row = (key) => page.locator(`tr[data-key="${key}"]`);
const upload = async (name, bytes = 1000) => {
  await goTo("Browse");
  await chooseFiles(world, page, [{ name, buffer: randomBytes(bytes) }]);
  await page.locator(`li[data-key="${name}"][data-state="done"]`).waitFor({ timeout: 60_000 });
};

/** Everything the browser keeps for this origin, and everything the page shows or says. */
const remains = () =>
  page.evaluate(async () => {
    const kept = [location.href, document.title, document.cookie, document.referrer, window.name, JSON.stringify(history.state), JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
    kept.push(document.documentElement.outerHTML, document.body.innerText);
    for (const entry of performance.getEntries()) kept.push(entry.name);
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
      });
      for (const store of database.objectStoreNames) {
        const all = (method) => new Promise((resolve) => (database.transaction(store).objectStore(store)[method]().onsuccess = ({ target }) => resolve(target.result)));
        kept.push(JSON.stringify([name, store, await all("getAllKeys"), await all("getAll")]));
      }
      database.close();
    }
    const walk = async (folder, path) => {
      for await (const [name, handle] of folder) {
        kept.push(`${path}/${name}`);
        if (handle.kind === "directory") await walk(handle, `${path}/${name}`);
      }
    };
    await walk(await navigator.storage.getDirectory(), "private");
    for (const name of await caches.keys()) kept.push(name);
    return kept;
  });

test("no secret is kept, shown, logged or sent where it does not belong", { timeout: 240_000 }, async () => {
  const said = [];
  const sent = [];
  page.on("console", (line) => said.push(line.text()));
  page.on("request", (request) => sent.push({ url: request.url(), headers: JSON.stringify(request.headers()), body: request.postDataBuffer()?.subarray(0, 8192).toString("latin1") ?? "", toStorage: request.url().startsWith(gate.endpoint) }));
  const looked = [];
  const look = async (when) => {
    const all = await remains();
    looked.push(all.join("\n"));
    for (const [what, forms] of Object.entries(secrets)) {
      for (const form of forms) {
        assert.ok(!all.some((text) => text.includes(form)), `the ${what} remains ${when}`);
        assert.ok(!said.some((text) => text.includes(form)), `the ${what} was logged ${when}`);
        for (const { url, headers, body, toStorage } of sent) {
          assert.ok(!url.includes(form), `the ${what} is in an address ${when}: ${url}`);
          assert.ok(!body.includes(form), `the ${what} is in a body ${when}`);
          // By design the storage is told the SSE-C key.
          assert.ok(!headers.includes(form) || (what === "SSE-C key" && toStorage), `the ${what} is in a header ${when}`);
        }
      }
    }
  };
  const bucket = await world.bucket();
  await world.s3.put(bucket, "theirs.bin", message);
  const md5 = createHash("md5").update(CUSTOMER_KEY).digest("base64");
  const sseC = "x-amz-server-side-encryption-customer";
  await world.s3.put(bucket, "sse-c.bin", "x", { [`${sseC}-algorithm`]: "AES256", [`${sseC}-key`]: CUSTOMER_KEY.toString("base64"), [`${sseC}-key-md5`]: md5 });

  // A secret in the address is not taken, and removed; a wrong one is refused.
  await page.goto(`${world.app.url}#/connect?bucket=x&secretAccessKey=${world.credentials.secretAccessKey.slice(0, 20)}`);
  await page.getByRole("button", { name: "Connect", exact: true }).waitFor();
  assert.ok(!page.url().includes("secretAccessKey"));
  sent.length = 0; // The test's own address.
  await fillConnect(world, page, bucket, { "Endpoint URL": gate.endpoint, "Access key ID": "nobody" });
  await page.getByRole("alert").first().waitFor();
  await look("after a refused connection");

  await connect(world, page, bucket, { "Endpoint URL": gate.endpoint });
  await useKey(page, AES.toString("hex"));
  await upload("aes.bin");
  await download(page, "aes.bin");
  await row("aes.bin").getByRole("button", { name: "Details" }).click();
  await page.getByRole("region", { name: "Object details" }).locator("[data-cse]").waitFor();
  await press("Close");
  await look("after an upload and a download with an AES key");

  // Keys of every kind; what does not open fails.
  await row("theirs.bin").getByRole("button", { name: "Download" }).click();
  await page.locator('li[data-key="theirs.bin"][data-state="failed"]').waitFor();
  await goTo("Keys");
  await page.getByLabel("Key file").setInputFiles([{ name: "broken.pem", mimeType: "", buffer: Buffer.from(pem.replace(/\n[^\n]*\n-----END/, "\n-----END")) }]);
  await page.getByRole("alert").first().waitFor();
  await page.getByLabel("Key file").setInputFiles([{ name: "private.pem", mimeType: "", buffer: Buffer.from(pem) }]);
  await page.getByRole("list", { name: "Keys" }).getByRole("listitem").nth(1).waitFor();
  await page.getByRole("textbox", { name: "Passphrase" }).fill(PHRASE);
  await press("Use passphrase");
  await page.getByRole("list", { name: "Keys" }).getByRole("listitem").nth(2).waitFor();
  await upload("phrase.bin");
  await download(page, "phrase.bin");
  await download(page, "theirs.bin");
  await look("after keys of every kind");

  await goTo("Keys");
  await page.getByRole("textbox", { name: "KMS key ID or ARN" }).fill(kms.arn);
  await page.getByRole("textbox", { name: "KMS endpoint URL" }).fill(kms.endpoint);
  await press("Use KMS key");
  await page.locator("main").getByText(kms.arn).waitFor();
  await upload("kms.bin");
  await download(page, "kms.bin");
  assert.ok(kms.asked.length >= 3, "KMS was asked for data keys");
  await look("after KMS");

  await row("sse-c.bin").getByRole("button", { name: "Details" }).click();
  const details = page.getByRole("region", { name: "Object details" });
  await details.getByRole("textbox", { name: "SSE-C key" }).fill(CUSTOMER_KEY.toString("hex"));
  await press("Open with this key");
  await details.getByText(`${sseC}-algorithm: AES256`).waitFor();
  await press("Close");
  await download(page, "sse-c.bin");
  await look("after SSE-C");

  // An upload that stops in the middle leaves a checkpoint; a reload forgets every key.
  await goTo("Keys");
  await page.getByRole("list", { name: "Keys" }).getByRole("listitem").first().getByRole("button", { name: "Use key" }).click();
  await goTo("Browse");
  const path = join(world.folder, "unfinished.bin");
  writeFileSync(path, randomBytes(24 << 20));
  gate.admit(2);
  await page.getByLabel("Choose files").setInputFiles(path);
  for (const deadline = Date.now() + 60_000; gate.stored.length < 2; ) {
    assert.ok(Date.now() < deadline, "no part arrives");
    await page.waitForTimeout(50);
  }
  await look("in the middle of an upload");
  assert.match(looked.at(-1), /upload\/[0-9a-f]{16}/, "there is a checkpoint to look into");
  await page.reload();
  gate.open();
  await page.getByRole("button", { name: "Connect", exact: true }).waitFor();
  await look("after a reload");
  await connect(world, page, bucket, { "Endpoint URL": gate.endpoint });
  await goTo("Transfers");
  await press("Discard");
  await page.getByRole("region", { name: "Unfinished uploads" }).waitFor({ state: "detached" });
  await look("at the end");
  // The test looks where something can be found.
  assert.ok(sent.some(({ headers }) => headers.includes(CUSTOMER_KEY.toString("base64"))), "the SSE-C key went to the storage");
  assert.ok(looked.some((text) => text.includes(kms.arn)));
});
