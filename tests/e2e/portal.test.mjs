// What a portal's config.json sets from the start, and what a commitment policy opens without asking.
import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { connect, download, goTo, inWorld, opensOfficially, queueEnds, sha256, showDetails, until } from "./harness.mjs";

let world, page;
inWorld({ begin: (it) => void (world = it), each: (it) => (page = it) });

const presets = (config) => page.route("**/config.json", (route) => route.fulfill({ json: config }));

test("a drop-box starts with its public key in use, says what it cannot do, and offers the portal's formats only", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding: { type: "spki", format: "pem" }, privateKeyEncoding: { type: "pkcs8", format: "pem" } });
  const bucket = await world.bucket();
  await presets({ publicKey: { key: "lab.pem", label: "Lab inbox" }, formats: ["esdk", "s3ec-v3"] });
  await page.route("**/lab.pem", (route) => route.fulfill({ body: publicKey, contentType: "text/plain" }));
  await connect(world, page, bucket);
  const strip = page.locator(".strip.good");
  await strip.getByText("Lab inbox").waitFor();
  await strip.getByText("cannot read them back, and nothing proves to the reader who sent them").waitFor();
  const dropped = randomBytes(100_000);
  await page.getByLabel("Choose files").setInputFiles([{ name: "dropped.bin", mimeType: "", buffer: dropped }]);
  await queueEnds(page, { done: 1 });
  const at = (name) => join(world.folder, name);
  writeFileSync(at("lab.pem"), privateKey);
  await opensOfficially(world, bucket, "dropped.bin", dropped, ["--rsa", at("lab.pem")]);
  await goTo(page, "Keys");
  await page.locator('li[aria-current="true"]', { hasText: "Lab inbox" }).getByText("nothing proves who sent such an object").waitFor();
  assert.deepEqual(await page.getByRole("combobox", { name: "Format" }).locator("option").evaluateAll((options) => options.map(({ value }) => value)), ["esdk", "s3ec-v3"]);
});

test("a private key in config.json is called a mistake, and is not used", async () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding: { type: "spki", format: "pem" }, privateKeyEncoding: { type: "pkcs8", format: "pem" } });
  await presets({ publicKey: privateKey });
  await page.goto(world.app.url);
  await page.getByRole("alert").filter({ hasText: "everybody can read now" }).waitFor();
  await goTo(page, "Keys");
  await page.getByText("No keys yet").waitFor();
});

test("a config.json that cannot be read is told of; one that is not there is not", async () => {
  const mistake = page.getByRole("alert").filter({ hasText: "config.json cannot be used" });
  const answer = async (response) => {
    await page.unroute("**/config.json");
    await page.route("**/config.json", (route) => route.fulfill(response));
    await page.goto("about:blank");
    await page.goto(world.app.url);
    await page.getByRole("button", { name: "Connect", exact: true }).waitFor();
  };
  await answer({ body: '\ufeff{"bucket": "after-a-mark"}', contentType: "application/json" });
  await until("the form is filled in", async () => (await page.getByRole("textbox", { name: "Bucket", exact: true }).inputValue()) === "after-a-mark");
  await answer({ status: 503, body: "busy" });
  await mistake.filter({ hasText: "status 503" }).waitFor();
  for (const none of [{ status: 404, body: "" }, { body: "<!doctype html><title>sealdrop</title>", contentType: "text/html" }]) {
    const asked = page.waitForResponse("**/config.json");
    await answer(none);
    await asked;
    await page.waitForTimeout(300);
    assert.equal(await mistake.count(), 0);
  }
});

test("a policy opens what lacks key commitment alone; other old objects stay locked", async () => {
  const bucket = await world.bucket();
  const vector = (name) => {
    const path = fileURLToPath(new URL(`../vectors/s3ec/${name}`, import.meta.url));
    return { ...JSON.parse(readFileSync(`${path}.json`, "utf8")), bytes: readFileSync(`${path}.bin`) };
  };
  const names = ["v2-aes-java-17", "v2-aeswrap-legacy-33", "v1-aes-ruby-17"];
  const vectors = Object.fromEntries(names.map((name) => [name, vector(name)]));
  for (const [name, { bytes, metadata }] of Object.entries(vectors)) {
    await world.s3.put(bucket, name, bytes, Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`x-amz-meta-${key}`, value])));
  }
  await connect(world, page, bucket);
  await goTo(page, "Keys");
  for (const [index, key] of [...new Set(names.map((name) => vectors[name].keys.aes_wrapping_key_hex))].entries()) {
    await page.getByLabel("Key file").setInputFiles([{ name: `key-${index}`, mimeType: "", buffer: Buffer.from(key) }]);
    await page.getByRole("list", { name: "Keys" }).getByRole("listitem").nth(index).waitFor();
  }
  await page.getByText("Commitment policy:").click();
  await page.getByRole("combobox", { name: "Commitment policy" }).selectOption("REQUIRE_ENCRYPT_ALLOW_DECRYPT");
  await goTo(page, "Browse");
  assert.equal(sha256((await download(page, names[0])).bytes), vectors[names[0]].plaintext_sha256);
  for (const name of names) {
    const details = await showDetails(page, name);
    await details.locator(".notice.warn").waitFor();
    assert.equal(await details.getByRole("button", { name: "Unlock and download" }).count(), name === names[0] ? 0 : 1, name);
  }
  // What is written says the policy too, and the policy what is written.
  await goTo(page, "Keys");
  await page.getByText("Commitment policy:").click();
  await page.getByRole("combobox", { name: "Commitment policy" }).selectOption("FORBID_ENCRYPT_ALLOW_DECRYPT");
  assert.equal(await page.getByRole("combobox", { name: "Format" }).inputValue(), "s3ec-v2");
  await page.getByRole("combobox", { name: "Format" }).selectOption("esdk");
  assert.equal(await page.getByRole("combobox", { name: "Commitment policy" }).inputValue(), "REQUIRE_ENCRYPT_ALLOW_DECRYPT");
});
