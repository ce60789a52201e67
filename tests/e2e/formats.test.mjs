// Objects that official clients wrote open in the browser, older ones only when unlocked, damaged ones not at all.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createCipheriv, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { connect, runShown, sha256, shownPrograms, startWorld } from "./harness.mjs";
import { startKmsStub } from "./kms_stub.mjs";

const vectors = (folder) => {
  const at = fileURLToPath(new URL(`../vectors/${folder}/`, import.meta.url));
  const names = readdirSync(at).filter((name) => name.endsWith(".json"));
  return names.map((name) => ({ ...JSON.parse(readFileSync(at + name, "utf8")), name: name.slice(0, -5), bytes: readFileSync(at + name.replace(/json$/, "bin")) }));
};
const esdk = vectors("esdk");
const s3ec = vectors("s3ec");

/** As KMS would have for these vectors: a wrapped key opens only with its whole encryption context. */
const decrypt = ({ blob, context }) => {
  const sorted = (map) => JSON.stringify(Object.entries(map ?? {}).sort());
  const vector = s3ec.find(({ metadata, keys }) => keys.kms_plaintext_data_key_hex && Object.values(metadata).includes(blob));
  return vector && sorted(vector.keys.kms_encryption_context) === sorted(context) && Buffer.from(vector.keys.kms_plaintext_data_key_hex, "hex");
};

let world, page, complaints, close, bucket, kms;
before(async () => {
  world = await startWorld();
  ({ page, complaints, close } = await world.page());
  bucket = await world.bucket();
  for (const { name, bytes } of esdk) await world.s3.put(bucket, `esdk/${name}`, bytes);
  for (const { name, bytes, metadata, instruction_file: file } of s3ec) {
    if (file) await world.s3.put(bucket, `s3ec/${name}.instruction`, typeof file === "string" ? file : JSON.stringify(file));
    await world.s3.put(bucket, `s3ec/${name}`, bytes, Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-amz-meta-${key}`, value])));
  }
  await connect(world, page, bucket);
  await page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Keys" }).click();
  const keys = new Set();
  for (const { keys: list = [] } of esdk) for (const key of list) keys.add(key.key_hex ?? key.private_pem ?? key.private_key_pem);
  for (const { keys: { aes_wrapping_key_hex, rsa_private_key_pem } } of s3ec) keys.add(aes_wrapping_key_hex ?? rsa_private_key_pem);
  let held = 0;
  for (const key of [...keys].filter((key) => key && (key.startsWith("-----") || key.length === 64))) {
    await page.getByLabel("Key file").setInputFiles([{ name: `key-${++held}`, mimeType: "text/plain", buffer: Buffer.from(key) }]);
    await page.getByRole("list", { name: "Keys" }).getByRole("listitem").nth(held - 1).waitFor();
  }
  kms = await startKmsStub({ dataKey: Buffer.alloc(32, 7), decrypt });
  await page.getByRole("textbox", { name: "KMS key ID or ARN" }).fill(kms.arn);
  await page.getByRole("textbox", { name: "KMS endpoint URL" }).fill(kms.endpoint);
  await page.getByRole("button", { name: "Use KMS key" }).click();
  await page.locator("main").getByText(kms.arn).waitFor();
  await page.evaluate((folder) => (location.hash = folder), `#/browse/${bucket}/`);
  await page.locator('tr[data-key="esdk/"]').waitFor();
});
after(async () => {
  await close?.();
  await kms?.close();
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

/** The app takes raw AES keys of 256 bits, and RSA keys with OAEP: whoever sees the errors of PKCS#1 v1.5 learns about the key. */
const isHeld = ({ type, key_hex, padding }) => (type === "raw-aes" ? key_hex.length === 64 : type === "raw-rsa" && /OAEP/.test(padding));

test("every message of the AWS Encryption SDK opens or is refused as its vector says", async () => {
  await open("esdk");
  const wrong = [];
  for (const vector of esdk) {
    const { state, locked, reason, bytes } = await read(`esdk/${vector.name}`);
    const opened = Boolean(bytes) && sha256(bytes) === vector.plaintext_sha256;
    if (vector.expect === "accept") {
      // Version 1 has no key commitment: it opens, but only when unlocked.
      if (locked !== (vector.message_version === 1)) wrong.push(`${vector.name}: locked ${locked}`);
      if (opened !== (vector.keys ?? []).some(isHeld)) wrong.push(`${vector.name}: ${reason}`);
    } else if (locked) {
      // Whole, but of a kind that the vector's client was told to refuse: here that is the lock.
      if (!/not allowed/.test(vector.own)) wrong.push(`${vector.name}: locked`);
    } else if (state !== "failed" && !(bytes && sha256(bytes) === sha256(vector.bytes))) wrong.push(`${vector.name}: opened`);
  }
  assert.deepEqual(wrong, []);
});

test("every object of the S3 Encryption Client opens, old ones when unlocked, or is refused as its vector says", async () => {
  await open("s3ec");
  const wrong = [];
  for (const vector of s3ec) {
    const { locked, reason, bytes } = await read(`s3ec/${vector.name}`);
    const { aes_wrapping_key_hex: aes, rsa_private_key_pem: rsa } = vector.keys;
    const readable = (vector.expect ?? "accept") === "accept" && !(vector.format === "V1" && rsa) && !(aes && aes.length !== 64);
    if (readable && locked !== (vector.format !== "V3")) wrong.push(`${vector.name}: locked ${locked}`);
    if (readable !== Boolean(bytes && sha256(bytes) === vector.plaintext_sha256)) wrong.push(`${vector.name}: ${reason}`);
    const said = /cbc/i.test(vector.metadata["x-amz-cek-alg"] ?? "") || vector.format === "V1" && !/gcm/i.test(vector.metadata["x-amz-cek-alg"] ?? "") ? /nothing vouches for the content/ : /verified as a whole/;
    if (readable && !said.test(reason)) wrong.push(`${vector.name} is said to be ${reason}`);
  }
  assert.deepEqual(wrong, []);
});

test("an object changed in any region is refused with one and the same outward error, and nothing of it is saved", async () => {
  const flip = (bytes, at) => Buffer.from(bytes.map((byte, index) => (index === (at < 0 ? bytes.length + at : at) ? byte ^ 1 : byte)));
  const flipText = (base64) => flip(Buffer.from(base64, "base64"), 3).toString("base64");
  const put = (name, { bytes, metadata }) => world.s3.put(bucket, `tampered/${name}`, bytes, Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-amz-meta-${key}`, value])));
  const find = (wanted) => s3ec.find(({ name }) => name === wanted);
  const v3 = find("v3-aes-java-4096");
  const v2 = find("v2-aes-java-4096");
  const failing = { start: [0, v3], middle: [2000, v3], end: [-17, v3], tag: [-1, v3], "v2-middle": [2000, v2], "v2-tag": [-1, v2] };
  for (const [name, [at, vector]] of Object.entries(failing)) await put(name, { ...vector, bytes: flip(vector.bytes, at) });
  for (const entry of ["x-amz-3", "x-amz-d", "x-amz-i"]) await put(entry, { ...v3, metadata: { ...v3.metadata, [entry]: flipText(v3.metadata[entry]) } });
  await put("cut", { ...v3, bytes: v3.bytes.subarray(0, 4000) });
  await put("cut-tag", { ...v3, bytes: v3.bytes.subarray(0, -16) });
  await put("reordered", { ...v3, bytes: Buffer.concat([v3.bytes.subarray(16, 32), v3.bytes.subarray(0, 16), v3.bytes.subarray(32)]) });
  await put("another-key", { ...v3, metadata: { ...v3.metadata, "x-amz-3": find("v3-aes-java-17").metadata["x-amz-3"] } });
  const iv = Buffer.alloc(16, 1).toString("base64");
  const contradictory = {
    spoofed: { ...v2.metadata, "x-amz-c": "115", "x-amz-d": v3.metadata["x-amz-d"], "x-amz-i": v3.metadata["x-amz-i"] },
    both: { ...v2.metadata, ...v3.metadata },
    ctr: { ...v2.metadata, "x-amz-cek-alg": "AES/CTR/NoPadding" },
    cbc: { ...v2.metadata, "x-amz-cek-alg": "AES/CBC/PKCS5Padding", "x-amz-iv": iv },
    json: { ...v2.metadata, "x-amz-matdesc": "{" },
    lacking: Object.fromEntries(Object.entries(v3.metadata).filter(([name]) => name !== "x-amz-d")),
  };
  for (const [name, metadata] of Object.entries(contradictory)) await put(name, { ...v2, metadata });
  await open("tampered");
  let saved = 0;
  const count = () => saved++;
  page.on("download", count);
  const reasons = new Map();
  const keys = (await world.s3.list(bucket, "tampered/")).map(({ key }) => key);
  for (const key of keys) {
    const { state, reason, bytes } = await read(key);
    assert.ok(state === "failed" && !bytes, `${key}: ${state}`);
    reasons.set(key.split("/")[1], reason.replaceAll(key, "").replaceAll(key.split("/")[1], ""));
  }
  page.off("download", count);
  assert.equal(saved, 0);
  const outward = new Set([...reasons].filter(([name]) => !(name in contradictory)).map(([, reason]) => reason.match(/The object is not authentic[^.]*\./)?.[0]));
  assert.deepEqual([...outward], ["The object is not authentic: it was damaged or tampered with."], JSON.stringify([...reasons]));
});

const details = () => page.getByRole("region", { name: "Object details" });
const openDetails = async (key) => {
  await page.getByRole("textbox", { name: "Filter" }).fill(key.split("/")[1]);
  await page.locator(`tr[data-key="${key}"]`).getByRole("button", { name: "Details" }).click();
  await details().getByRole("heading", { name: key, exact: true }).waitFor();
  await details().locator("[data-cse]").waitFor();
  return details().locator("[data-cse]").getAttribute("data-cse");
};
const vector = (name) => s3ec.find((one) => one.name === name);
const asHeaders = (metadata) => Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-amz-meta-${key}`, value]));

test("what contradicts itself or came as base64 is refused with its reason; recipients and context are shown in full", async () => {
  const v2 = vector("v2-aes-java-17");
  await world.s3.put(bucket, "odd/mixed", v2.bytes, asHeaders({ ...v2.metadata, "x-amz-c": "115" }));
  await world.s3.put(bucket, "odd/base64", esdk.find(({ name }) => name === "neg-base64").bytes);
  await world.s3.put(bucket, "odd/two", esdk.find(({ name }) => name === "v2-0478-multi-f4096-n1").bytes);
  await open("odd");
  assert.equal(await openDetails("odd/mixed"), "s3ec-v3");
  await details().getByText("entries of more than one format").waitFor();
  assert.equal(await openDetails("odd/base64"), "esdk");
  await details().getByText("stored as base64 text").waitFor();
  assert.equal(await openDetails("odd/two"), "esdk");
  await details().locator('[data-commitment="true"]').waitFor();
  const items = (name) => details().getByRole("list", { name }).getByRole("listitem").allInnerTexts();
  const recipients = (await items("Wrapped data keys")).join("\n");
  assert.match(recipients, /AES: MyAppKeys \/ S3AESKey[^]*opens with your key/);
  assert.match(recipients, /RSA: MyAppKeys \/ S3RSAKey/);
  assert.ok((await items("Encryption context")).includes("path: runs/2026/α-β.bin"));
});

test("instruction files: V1 has all of its envelope there, V3 a part; an exchanged one keeps the object closed; both are deleted", async () => {
  const [v1, v3, other] = ["v1-aes-ruby-17", "v3-aes-java-17", "v3-aes-java-16"].map(vector);
  const split = ({ metadata }) => {
    const stays = ([name]) => ["x-amz-c", "x-amz-d", "x-amz-i"].includes(name);
    const entries = Object.entries(metadata);
    return [Object.fromEntries(entries.filter(stays)), JSON.stringify(Object.fromEntries(entries.filter((entry) => !stays(entry))))];
  };
  const [stays, file] = split(v3);
  await world.s3.put(bucket, "beside/v1", v1.bytes);
  await world.s3.put(bucket, "beside/v1.instruction", JSON.stringify(v1.metadata));
  await world.s3.put(bucket, "beside/v3", v3.bytes, asHeaders(stays));
  await world.s3.put(bucket, "beside/v3.instruction", file);
  await world.s3.put(bucket, "beside/lost", v3.bytes, asHeaders(stays));
  await world.s3.put(bucket, "beside/exchanged", v3.bytes, asHeaders(stays));
  await world.s3.put(bucket, "beside/exchanged.instruction", split(other)[1]);
  await world.s3.put(bucket, "beside/plain", "plain");
  await world.s3.put(bucket, "beside/plain.instruction", "not about keys");
  await open("beside");
  // The listing alone shows it: no details were opened yet.
  await page.locator('tr[data-key="beside/v1"][data-cse="s3ec-v1"]').waitFor();
  assert.equal(await openDetails("beside/plain"), "none");
  assert.equal(await openDetails("beside/v3"), "s3ec-v3");
  await details().getByText("beside/v3.instruction, not with the object").waitFor();
  assert.equal(await openDetails("beside/lost"), "s3ec-v3");
  await details().getByText("instruction file that is not there").waitFor();
  const opened = await read("beside/v1");
  assert.ok(opened.locked && sha256(opened.bytes) === v1.plaintext_sha256);
  await openDetails("beside/v1.instruction");
  await details().getByText("This is the instruction file of beside/v1").waitFor();
  assert.equal(sha256((await read("beside/v3")).bytes), v3.plaintext_sha256);
  const exchanged = await read("beside/exchanged");
  assert.equal(exchanged.state, "failed");

  await page.getByRole("textbox", { name: "Filter" }).fill("v1");
  await page.locator('tr[data-key="beside/v1"]').getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByText("beside/v1.instruction goes with it").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Delete object" }).click();
  await page.locator('tr[data-key="beside/v1.instruction"]').waitFor({ state: "detached" });
  assert.deepEqual((await world.s3.list(bucket, "beside/v1")).map(({ key }) => key), []);
});

/** An object of the legacy Java client that no vector is of: AES key wrap, and content in CBC. */
const legacyObject = (wrappingKey, plaintext) => {
  const [key, iv] = [randomBytes(32), randomBytes(16)];
  const [cipher, wrap] = [createCipheriv("aes-256-cbc", key, iv), createCipheriv("id-aes256-wrap", wrappingKey, Buffer.alloc(8, 0xa6))];
  const base64 = (bytes) => bytes.toString("base64");
  const metadata = { "x-amz-key-v2": base64(Buffer.concat([wrap.update(key), wrap.final()])), "x-amz-iv": base64(iv), "x-amz-cek-alg": "AES/CBC/PKCS5Padding", "x-amz-wrap-alg": "AESWrap", "x-amz-matdesc": "{}" };
  return { bytes: Buffer.concat([cipher.update(plaintext), cipher.final()]), metadata };
};

const ruby = spawnSync("ruby", ["-e", "require 'aws-sdk-s3'"]).status === 0;
test("the programs shown for objects of every kind decrypt them", async (t) => {
  const python = { esdk: "AWS Encryption SDK, Python", s3ec: "Amazon S3 Encryption Client, Python" };
  const aes = vector("v2-aeswrap-legacy-33").keys;
  const content = randomBytes(1000);
  const { bytes, metadata } = legacyObject(Buffer.from(aes.aes_wrapping_key_hex, "hex"), content);
  await world.s3.put(bucket, "s3ec/aeswrap-cbc", bytes, asHeaders(metadata));
  const [both, one] = [[python.s3ec, "aws-sdk-s3, Ruby"], [python.s3ec]];
  const s3ecCases = {
    "v1-aes-ruby-17": both,
    "v2-aes-java-4096": both,
    "v2-rsa-java-17": both,
    "v2-aeswrap-legacy-33": one,
    "v2-rsaoaep256-legacy-33": one,
    "v2cbc-kms-ruby-17": one,
    "v3-aes-java-4096": one,
    "v3-rsa-java-17": one,
  };
  const cases = Object.entries(s3ecCases).map(([name, libraries]) => {
    const { keys, plaintext_sha256 } = vector(name);
    return { key: `s3ec/${name}`, libraries, aes: keys.aes_wrapping_key_hex, rsa: keys.rsa_private_key_pem, plaintext_sha256 };
  });
  cases.push({ key: "s3ec/aeswrap-cbc", libraries: one, aes: aes.aes_wrapping_key_hex, plaintext_sha256: sha256(content) });
  for (const name of ["v1-0178-multi-f128-n300", "v1-0378-multi-f128-n300", ...["sha1", "sha384", "sha512", "pkcs1"].map((padding) => `v2-0478-rsa-${padding}-n300`)]) {
    const { keys, plaintext_sha256 } = esdk.find((one) => one.name === name);
    const raw = (field) => keys.map((key) => key[field]).find(Boolean);
    cases.push({ key: `esdk/${name}`, libraries: [python.esdk], aes: raw("key_hex"), rsa: raw("private_key_pem"), plaintext_sha256 });
  }
  const runs = [];
  for (const { key, libraries, aes, rsa, plaintext_sha256 } of cases) {
    await open(key.split("/")[0]);
    await openDetails(key);
    const programs = await shownPrograms(details());
    assert.deepEqual(Object.keys(programs), libraries, key);
    for (const [library, program] of Object.entries(programs)) runs.push({ key, library, program, aes, rsa, plaintext_sha256 });
  }
  // Each starts an interpreter and a client: two at a time.
  const folders = mkdtempSync(join(world.folder, "shown-"));
  const work = async () => {
    for (let run; (run = runs.shift()); ) {
      const { key, library, program, aes, rsa, plaintext_sha256 } = run;
      if (/Ruby/.test(library) && !ruby) {
        t.diagnostic(`${key}: no ruby-aws-sdk-s3, so its program was not run`);
        continue;
      }
      const folder = mkdtempSync(`${folders}/`);
      writeFileSync(join(folder, "sealdrop-key.txt"), aes ?? "");
      writeFileSync(join(folder, "sealdrop-private-key.pem"), rsa ?? "");
      await runShown(world, library, program, folder, { env: { AWS_ENDPOINT_URL_KMS: kms.endpoint } });
      assert.equal(sha256(readFileSync(join(folder, key.split("/")[1]))), plaintext_sha256, `${key}, ${library}`);
    }
  };
  await Promise.all([work(), work()]);
});
