// Objects that official clients wrote open in the browser, older ones only when unlocked, damaged ones not at all.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { connect, sha256, startWorld } from "./harness.mjs";

const vectors = (folder) => {
  const at = fileURLToPath(new URL(`../vectors/${folder}/`, import.meta.url));
  const names = readdirSync(at).filter((name) => name.endsWith(".json"));
  return names.map((name) => ({ ...JSON.parse(readFileSync(at + name, "utf8")), name: name.slice(0, -5), bytes: readFileSync(at + name.replace(/json$/, "bin")) }));
};
const esdk = vectors("esdk");
const s3ec = vectors("s3ec").filter(({ name }) => !name.includes("-kms-"));

let world, page, complaints, close, bucket;
before(async () => {
  world = await startWorld();
  ({ page, complaints, close } = await world.page());
  bucket = await world.bucket();
  for (const { name, bytes } of esdk) await world.s3.put(bucket, `esdk/${name}`, bytes);
  for (const { name, bytes, metadata } of s3ec) {
    await world.s3.put(bucket, `s3ec/${name}`, bytes, Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-amz-meta-${key}`, value])));
  }
  await connect(world, page, bucket);
  await page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Keys" }).click();
  const keys = new Set();
  for (const { keys: list } of esdk) for (const key of list) keys.add(key.key_hex ?? key.private_pem ?? key.private_key_pem);
  for (const { keys: { aes_wrapping_key_hex, rsa_private_key_pem } } of s3ec) keys.add(aes_wrapping_key_hex ?? rsa_private_key_pem);
  let held = 0;
  for (const key of [...keys].filter((key) => key && (key.startsWith("-----") || key.length === 64))) {
    await page.getByLabel("Key file").setInputFiles([{ name: `key-${++held}`, mimeType: "text/plain", buffer: Buffer.from(key) }]);
    await page.getByRole("list", { name: "Keys" }).getByRole("listitem").nth(held - 1).waitFor();
  }
  await page.evaluate((folder) => (location.hash = folder), `#/browse/${bucket}/`);
  await page.locator('tr[data-key="esdk/"]').waitFor();
});
after(async () => {
  await close?.();
  await world?.close();
  assert.deepEqual(complaints, []);
});

const open = async (folder) => {
  await page.evaluate((hash) => (location.hash = hash), `#/browse/${bucket}/${folder}/`);
  await page.locator(`tr[data-key^="${folder}/"]`).first().waitFor();
};

/** Asks for the object, unlocked if it must be; the saved bytes, or the state and reason it ended with. */
const read = async (key) => {
  await page.getByRole("textbox", { name: "Filter" }).fill(key.split("/")[1]);
  const row = page.locator(`tr[data-key="${key}"]`);
  await row.getByRole("button", { name: "Details" }).click();
  const details = page.getByRole("region", { name: "Object details" });
  await details.locator("[data-cse]").waitFor();
  await details.getByRole("heading", { name: key }).waitFor();
  const unlock = details.getByRole("button", { name: "Unlock and download" });
  const locked = (await unlock.count()) > 0;
  const button = locked ? unlock : details.getByRole("button", { name: "Download", exact: true });
  const saved = page.waitForEvent("download", { timeout: 20_000 }).catch(() => undefined);
  await button.click();
  const item = page.locator(`li[data-key="${key}"]:is([data-state="done"],[data-state="failed"])`);
  await item.waitFor({ timeout: 20_000 });
  const state = await item.getAttribute("data-state");
  const reason = await item.innerText();
  const download = state === "done" ? await saved : undefined;
  const result = { state, locked, reason, bytes: download && readFileSync(await download.path()) };
  await item.getByRole("button", { name: "Remove" }).click();
  await item.waitFor({ state: "detached" });
  return result;
};

test("every message of the AWS Encryption SDK opens or is refused as its vector says", async () => {
  await open("esdk");
  const wrong = [];
  for (const vector of esdk) {
    const { state, locked, reason, bytes } = await read(`esdk/${vector.name}`);
    // Version 1 has no key commitment: good ones open, but only when unlocked.
    // RSA PKCS#1 v1.5 is never decrypted: whoever sees its errors learns about the key.
    if (vector.name.includes("pkcs1")) {
      if (bytes) wrong.push(`${vector.name}: opened`);
      continue;
    }
    const allowed = vector.expect === "accept" || vector.name === "neg-v1-under-require";
    if (locked !== (vector.message_version === 1 || vector.name === "neg-v1-under-require") && vector.expect === "accept") wrong.push(`${vector.name}: locked ${locked}`);
    const refused = state === "failed" || (bytes && sha256(bytes) === sha256(vector.bytes));
    if (allowed && vector.plaintext_sha256 && !(bytes && sha256(bytes) === vector.plaintext_sha256)) wrong.push(`${vector.name}: ${reason}`);
    if (!allowed && !refused) wrong.push(`${vector.name}: opened`);
  }
  assert.deepEqual(wrong, []);
});

test("every object of the S3 Encryption Client with a raw key opens, old ones when unlocked", async () => {
  await open("s3ec");
  const wrong = [];
  for (const vector of s3ec) {
    const { locked, reason, bytes } = await read(`s3ec/${vector.name}`);
    const readable = !vector.name.startsWith("v1-rsa");
    if (readable && locked !== !vector.name.startsWith("v3")) wrong.push(`${vector.name}: locked ${locked}`);
    if (readable !== Boolean(bytes && sha256(bytes) === vector.plaintext_sha256)) wrong.push(`${vector.name}: ${reason}`);
  }
  assert.deepEqual(wrong, []);
});
