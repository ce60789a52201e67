// What other official clients write opens here, and they open what is written here: the Ruby S3 Encryption Client, and
// the AWS Encryption SDK as ABCI's recipe sets it up.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { findPort } from "../../scripts/seaweedfs.mjs";
import { KEY, chooseFiles, chooseFormat, connect, download, goTo, inWorld, opensOfficially, peer, python, queueEnds, sha256, showDetails } from "./harness.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const hasRuby = existsSync("/usr/lib/ruby/vendor_ruby/aws-sdk-s3/encryptionV2/client.rb");
const skip = hasRuby ? false : "needs Debian's ruby-aws-sdk-s3";

let world, page;
inWorld({ begin: (it) => void (world = it), each: (it) => (page = it) });

const at = (name) => join(world.folder, name);
const environment = () => {
  const { accessKeyId, secretAccessKey } = world.credentials;
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
};

/** Runs the Ruby client; gives its exit status and what it complained about. */
const tryRuby = (args) => spawnSync("ruby", [here("peers/s3ec_peer.rb"), ...args], { encoding: "utf8", env: { ...process.env, ...environment() } });
const ruby = (args) => {
  const run = tryRuby(args);
  assert.equal(run.status, 0, run.stderr);
};

const openssl = (...args) => assert.equal(spawnSync("openssl", args, { stdio: "ignore" }).status, 0, `openssl ${args[0]}`);
/** A key pair as ABCI's page has it made. */
const makeKeyPair = (bits) => {
  const [secret, open] = [at(`private-${bits}.pem`), at(`public-${bits}.pem`)];
  openssl("genpkey", "-algorithm", "RSA", "-out", secret, "-pkeyopt", `rsa_keygen_bits:${bits}`);
  openssl("rsa", "-pubout", "-in", secret, "-out", open);
  return [secret, open];
};
/** Loads a key and encrypts with it from now on. */
const useKeyFile = async (path) => {
  await goTo(page, "Keys");
  await page.getByLabel("Key file").setInputFiles(path);
  const use = page.getByRole("list", { name: "Keys" }).getByRole("button", { name: "Use key" });
  await page.locator('li[aria-current="true"]').or(use).first().waitFor();
  if (await use.count()) await use.first().click();
  await page.locator('li[aria-current="true"]').waitFor();
};
const FILES = () => [
  { name: "parts.bin", buffer: randomBytes((9 << 20) + 12_345) },
  { name: "block.bin", buffer: randomBytes(16) },
  { name: "empty.bin", buffer: Buffer.alloc(0) },
];
const upload = async (files) => {
  await goTo(page, "Browse");
  await chooseFiles(world, page, files);
  await queueEnds(page, { done: files.length });
};
/** V2 has no key commitment: it is downloaded on the person's word. */
const unlockAndDownload = async (key) => {
  const details = await showDetails(page, key);
  const saved = page.waitForEvent("download", { timeout: 60_000 });
  await details.getByRole("button", { name: "Unlock and download" }).click();
  return readFileSync(await (await saved).path());
};

/** Written here and read by Ruby; written by Ruby and read here; one changed byte is refused. */
const bothWays = async (bucket, keys) => {
  const files = FILES();
  await chooseFormat(page, "s3ec-v2");
  await upload(files);
  ruby(["get", world.endpoint, bucket, ...files.flatMap(({ name }) => [name, at(`opened-${name}`)]), ...keys]);
  for (const { name, buffer } of files) assert.equal(sha256(readFileSync(at(`opened-${name}`))), sha256(buffer), name);
  for (const { name, buffer } of files) writeFileSync(at(`theirs-${name}`), buffer);
  ruby(["put", world.endpoint, bucket, ...files.flatMap(({ name }) => [`ruby-${name}`, at(`theirs-${name}`)]), ...keys]);
  // Who writes V2 reads it without a question; anyone else is asked.
  await chooseFormat(page, "esdk");
  await goTo(page, "Browse");
  await page.getByRole("button", { name: "Refresh" }).click();
  for (const { name, buffer } of files) assert.equal(sha256(await unlockAndDownload(`ruby-${name}`)), sha256(buffer), name);
  const stored = await world.s3.get(bucket, "block.bin");
  const head = await world.s3.head(bucket, "block.bin");
  stored[3] ^= 1;
  await world.s3.put(bucket, "block.bin", stored, Object.fromEntries([...head].filter(([name]) => name.startsWith("x-amz-meta-"))));
  assert.equal(tryRuby(["get", world.endpoint, bucket, "block.bin", at("refused"), ...keys]).status, 3);
};

test("the Ruby client and a raw AES key, both ways", { skip }, async () => {
  const bucket = await world.bucket();
  writeFileSync(at("key.txt"), KEY);
  await connect(world, page, bucket);
  await useKeyFile(at("key.txt"));
  await bothWays(bucket, ["--aes", KEY]);
});

test("the Ruby client and an RSA key pair, both ways", { skip }, async () => {
  const bucket = await world.bucket();
  const [secret] = makeKeyPair(3072);
  await connect(world, page, bucket);
  await useKeyFile(secret);
  await bothWays(bucket, ["--rsa", secret]);
});

test("the Ruby client and KMS, both ways", { skip }, async () => {
  const port = await findPort();
  const kms = `http://127.0.0.1:${port}`;
  const moto = spawn(here("../../.tools/venv/bin/moto_server"), ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  try {
    for (const deadline = Date.now() + 30_000; !(await fetch(`${kms}/moto-api/`).then((answer) => answer.ok, () => false)); ) {
      assert.ok(Date.now() < deadline, "moto does not start");
      await page.waitForTimeout(100);
    }
    const create = `import boto3; print(boto3.client("kms", endpoint_url="${kms}", region_name="us-east-1").create_key()["KeyMetadata"]["Arn"])`;
    const arn = python(["-c", create], world.folder, environment()).trim();
    const bucket = await world.bucket();
    await connect(world, page, bucket);
    await goTo(page, "Keys");
    await page.getByRole("textbox", { name: "KMS key ID or ARN" }).fill(arn);
    await page.getByRole("textbox", { name: "KMS endpoint URL" }).fill(kms);
    await page.getByRole("button", { name: "Use KMS key" }).click();
    await page.locator("main").getByText(arn).waitFor();
    await bothWays(bucket, ["--kms", arn, "--kms-endpoint", kms]);
  } finally {
    moto.kill();
  }
});

test("ABCI's recipe: RSA-4096, OAEP with SHA-256, MyAppKeys / S3RSAKey, opens what is written here, and the other way round", async () => {
  const bucket = await world.bucket();
  const [secret, open] = makeKeyPair(4096);
  const recipe = ["--rsa", secret, "--rsa-pub", open];
  const files = FILES().filter(({ name }) => name !== "block.bin");
  await connect(world, page, bucket);
  // The public half is enough to write.
  await useKeyFile(open);
  await upload(files);
  for (const { name, buffer } of files) {
    await opensOfficially(world, bucket, name, buffer, [...recipe, "--policy", "require"]);
  }
  // The recipe names no suite and no frame length: signed messages in frames of 4096 bytes.
  for (const { name, buffer } of files) {
    writeFileSync(at("plain"), buffer);
    await peer(["encrypt", at("plain"), at("message"), ...recipe]);
    const message = readFileSync(at("message"));
    assert.equal(message.subarray(0, 3).toString("hex"), "020578");
    assert.equal(message.length, 722 + buffer.length + 32 * (Math.floor(buffer.length / 4096) + 1) + 8 + 105, "as the recipe's");
    await world.s3.put(bucket, `abci-${name}`, message);
  }
  await page.reload();
  await connect(world, page, bucket);
  await useKeyFile(secret);
  await goTo(page, "Browse");
  for (const { name, buffer } of files) {
    for (const key of [name, `abci-${name}`]) assert.equal(sha256((await download(page, key)).bytes), sha256(buffer), key);
  }
});
