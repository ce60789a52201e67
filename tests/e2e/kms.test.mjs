// Data keys from KMS: moto stands in for AWS, whose own KMS allows no web pages.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { findPort } from "../../scripts/seaweedfs.mjs";
import { KEY, chooseFiles, connect, download, python, queueEnds, runShown, s3ecPeer, sha256, showDetails, shownPrograms, startWorld, until, useKey } from "./harness.mjs";
import { startKmsStub } from "./kms_stub.mjs";

let world, page, complaints, close, kms, arn, moto;
before(async () => {
  world = await startWorld();
  const port = await findPort();
  kms = `http://127.0.0.1:${port}`;
  moto = spawn(fileURLToPath(new URL("../../.tools/venv/bin/moto_server", import.meta.url)), ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  for (const deadline = Date.now() + 30_000; ; ) {
    if (await fetch(`${kms}/moto-api/`).then((answer) => answer.ok, () => false)) break;
    assert.ok(Date.now() < deadline, "moto does not start");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  arn = boto("print(kms.create_key()['KeyMetadata']['Arn'])").trim();
});
after(async () => {
  moto?.kill();
  await world?.close();
});
beforeEach(async () => {
  ({ page, complaints, close } = await world.page());
  page.on("dialog", (dialog) => dialog.accept());
});
afterEach(async () => {
  await close();
  assert.deepEqual(complaints, []);
});

const boto = (program) => {
  const { accessKeyId, secretAccessKey } = world.credentials;
  const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  return python(["-c", `import boto3\nkms = boto3.client("kms", endpoint_url="${kms}", region_name="us-east-1")\n${program}`], world.folder, env);
};
const peerOptions = () => ["--wrap", "kms", "--kms-key", arn, "--kms-endpoint", kms, "--access-key", world.credentials.accessKeyId, "--secret-key", world.credentials.secretAccessKey];
const goTo = (place) => page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: place }).click();
const useKms = async (key = arn, endpoint = kms) => {
  await goTo("Keys");
  await page.getByRole("textbox", { name: "KMS key ID or ARN" }).fill(key);
  await page.getByRole("textbox", { name: "KMS endpoint URL" }).fill(endpoint);
  await page.getByRole("button", { name: "Use KMS key" }).click();
};

test("KMS data keys in every format: written here and read here, and by the official client, both ways", async () => {
  const bucket = await world.bucket();
  await connect(world, page, bucket);
  await useKms();
  await page.locator("main").getByText(arn).waitFor();
  const files = {};
  for (const format of ["esdk", "s3ec-v3", "s3ec-v2"]) {
    await goTo("Keys");
    await page.getByRole("combobox", { name: "Format" }).selectOption(format);
    await goTo("Browse");
    files[`${format}.bin`] = randomBytes((9 << 20) + 77);
    await chooseFiles(world, page, [{ name: `${format}.bin`, buffer: files[`${format}.bin`] }]);
    await queueEnds(page, { done: Object.keys(files).length });
  }
  for (const format of ["s3ec-v3", "s3ec-v2"]) {
    const answer = await s3ecPeer(["get", world.endpoint, bucket, `${format}.bin`, ...peerOptions(), ...(format === "s3ec-v3" ? ["--strict"] : [])]);
    assert.match(answer, new RegExp(`^${sha256(files[`${format}.bin`])} `), format);
  }
  writeFileSync(join(world.folder, "message"), await world.s3.get(bucket, "esdk.bin"));
  const opened = boto(`
import aws_encryption_sdk, hashlib
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import CreateAwsKmsKeyringInput
keyring = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig()).create_aws_kms_keyring(CreateAwsKmsKeyringInput(kms_key_id="${arn}", kms_client=kms))
plaintext, _ = aws_encryption_sdk.EncryptionSDKClient().decrypt(source=open("message", "rb").read(), keyring=keyring)
print(hashlib.sha256(plaintext).hexdigest())
# And one of the old version.
from aws_encryption_sdk.identifiers import AlgorithmSuite, CommitmentPolicy
client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT)
message, _ = client.encrypt(source=plaintext, keyring=keyring, encryption_context={"project": "climate"}, algorithm=AlgorithmSuite.AES_256_GCM_IV12_TAG16_HKDF_SHA256)
open("version1", "wb").write(message)`);
  await world.s3.put(bucket, "version1.bin", readFileSync(join(world.folder, "version1")));
  assert.equal(opened.trim(), sha256(files["esdk.bin"]));
  // The programs shown for them, to the letter.
  for (const format of ["esdk", "s3ec-v3", "s3ec-v2"]) {
    const [[library, program]] = Object.entries(await shownPrograms(await showDetails(page, `${format}.bin`)));
    await runShown(world, library, program, world.folder, { env: { AWS_ENDPOINT_URL_KMS: kms } });
    assert.equal(sha256(readFileSync(join(world.folder, `${format}.bin`))), sha256(files[`${format}.bin`]), format);
  }

  const theirs = join(world.folder, "theirs.bin");
  files["theirs.bin"] = randomBytes(100_000);
  writeFileSync(theirs, files["theirs.bin"]);
  await s3ecPeer(["put", world.endpoint, bucket, "theirs.bin", theirs, ...peerOptions()]);
  await page.reload();
  await connect(world, page, bucket);
  await useKms();
  await page.locator("main").getByText(arn).waitFor();
  await goTo("Browse");
  for (const name of ["esdk.bin", "s3ec-v3.bin", "theirs.bin"]) assert.equal(sha256((await download(page, name)).bytes), sha256(files[name]), name);
  await page.locator('tr[data-key="theirs.bin"]').getByRole("button", { name: "Details" }).click();
  await page.getByRole("region", { name: "Object details" }).locator('[data-cse="s3ec-v3"][data-cse-wrap="kms"]').waitFor();
  await page.locator('tr[data-key="version1.bin"]').getByRole("button", { name: "Details" }).click();
  const unlocked = page.waitForEvent("download");
  await page.getByRole("region", { name: "Object details" }).getByRole("button", { name: "Unlock and download" }).click();
  assert.equal(sha256(readFileSync(await (await unlocked).path())), sha256(files["esdk.bin"]));
});

test("KMS beside a key of one's own, under a context: each opens it with the context, officially and here; another context is refused", async () => {
  const bucket = await world.bucket();
  await connect(world, page, bucket);
  await useKey(page);
  await useKms();
  await page.locator("main").getByText(arn).first().waitFor();
  await page.getByRole("checkbox", { name: /^Also encrypt for Key/ }).check();
  await page.getByText("Encryption context:").click();
  const addPair = async (name, value) => {
    await page.getByRole("textbox", { name: "Context name" }).fill(name);
    await page.getByRole("textbox", { name: "Context value" }).fill(value);
    await page.getByRole("button", { name: "Add to the context" }).click();
  };
  await addPair("aws:x-amz-cek-alg", "115");
  await page.getByRole("alert").filter({ hasText: "kept for the libraries" }).waitFor();
  await addPair("project", "climate");
  await page.getByRole("list", { name: "Encryption context" }).getByText("project = climate").waitFor();
  const files = {};
  for (const [name, format] of [["signed.bin", "esdk-signed"], ["object.bin", "s3ec-v3"]]) {
    await goTo("Keys");
    await page.getByRole("combobox", { name: "Format" }).selectOption(format);
    await goTo("Browse");
    files[name] = randomBytes(100_000);
    await chooseFiles(world, page, [{ name, buffer: files[name] }]);
    await queueEnds(page, { done: Object.keys(files).length });
  }
  // The message, by either of its recipients alone; KMS is asked with the whole context, the signing key in it.
  writeFileSync(join(world.folder, "signed"), await world.s3.get(bucket, "signed.bin"));
  const opened = boto(`
import aws_encryption_sdk, hashlib
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import AesWrappingAlg, CreateAwsKmsKeyringInput, CreateRawAesKeyringInput
providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
for keyring in [providers.create_aws_kms_keyring(CreateAwsKmsKeyringInput(kms_key_id="${arn}", kms_client=kms)),
                providers.create_raw_aes_keyring(CreateRawAesKeyringInput(key_namespace="MyAppKeys", key_name="S3AESKey", wrapping_key=bytes.fromhex("${KEY}"), wrapping_alg=AesWrappingAlg.ALG_AES256_GCM_IV12_TAG16))]:
    plaintext, header = aws_encryption_sdk.EncryptionSDKClient().decrypt(source=open("signed", "rb").read(), keyring=keyring, encryption_context={"project": "climate"})
    print(hashlib.sha256(plaintext).hexdigest())`);
  assert.deepEqual(opened.trim().split("\n"), [sha256(files["signed.bin"]), sha256(files["signed.bin"])]);
  // The object: the official client demands the very context.
  const get = (context) => s3ecPeer(["get", world.endpoint, bucket, "object.bin", ...peerOptions(), "--strict", ...context]);
  assert.match(await get(["--ctx", "project=climate"]), new RegExp(`^${sha256(files["object.bin"])} `));
  await assert.rejects(get([]));
  for (const name of Object.keys(files)) assert.equal(sha256((await download(page, name)).bytes), sha256(files[name]), name);
  await page.locator('tr[data-key="signed.bin"]').getByRole("button", { name: "Details" }).click();
  const details = page.getByRole("region", { name: "Object details" });
  await details.locator('[data-cse-wrap="kms aes"]').waitFor();
  await details.getByText("project: climate").waitFor();

  await goTo("Keys");
  await page.getByText("Encryption context:").click();
  await addPair("project", "weather");
  await goTo("Browse");
  for (const [failed, name] of Object.keys(files).entries()) {
    await page.locator(`tr[data-key="${name}"]`).getByRole("button", { name: "Download" }).click();
    await queueEnds(page, { done: 4, failed: failed + 1 });
    await page.locator(`li[data-key="${name}"][data-state="failed"]`).getByText("You require the encryption context project = weather").waitFor();
  }
});

test("a KMS key that is not there, and a KMS that allows no pages, are each said", async () => {
  const bucket = await world.bucket();
  await connect(world, page, bucket);
  await useKms("alias/nobody");
  await page.getByRole("alert").filter({ hasText: "KMS refused" }).waitFor();
  await page.route(`${kms}/`, (route) => route.abort());
  await useKms();
  await page.getByRole("alert").filter({ hasText: "a key of your own instead" }).waitFor();
});

test("whoever may only decrypt reads with the KMS key, by its alias too, and writes nothing with it", async (t) => {
  const bucket = await world.bucket();
  const key = randomBytes(32);
  let mayWrite = true;
  const refuse = (headers) => (mayWrite || !headers["x-amz-target"].endsWith(".GenerateDataKey") ? undefined : { __type: "AccessDeniedException", Message: "not authorized to perform: kms:GenerateDataKey" });
  const stub = await startKmsStub({ dataKey: key, decrypt: () => key, refuse });
  t.after(() => stub.close());
  await connect(world, page, bucket);
  await useKms(stub.arn, stub.endpoint);
  await page.locator("main").getByText(stub.arn).waitFor();
  const buffer = randomBytes(1000);
  for (const [count, format] of ["esdk", "s3ec-v3"].entries()) {
    await goTo("Keys");
    await page.getByRole("combobox", { name: "Format" }).selectOption(format);
    await goTo("Browse");
    await chooseFiles(world, page, [{ name: format, buffer }]);
    await queueEnds(page, { done: count + 1 });
  }
  mayWrite = false;
  await page.reload();
  await connect(world, page, bucket);
  for (const id of ["alias/lab", stub.arn]) {
    await useKms(id, stub.endpoint);
    await page.getByRole("alert").filter({ hasText: `may not encrypt with the KMS key ${id}` }).getByText("Choose another key for uploads").waitFor();
    await page.locator("main p", { hasText: "opens objects only" }).getByText(id, { exact: true }).waitFor();
    await goTo("Browse");
    for (const name of ["esdk", "s3ec-v3"]) {
      assert.equal(sha256((await download(page, name)).bytes), sha256(buffer), name);
      await (await showDetails(page, name)).getByText("Opens with the KMS key you use").waitFor();
    }
    assert.ok(stub.asked.slice(-2).every((text) => JSON.parse(text).KeyId === id), "KMS refuses every other key than the one chosen");
  }
});

const TWO = "arn:aws:kms:us-east-1:123456789012:key/two";

test("files that wait for one KMS key are encrypted with it, whatever is chosen meanwhile; both keys open what is theirs", async (t) => {
  const bucket = await world.bucket();
  const key = randomBytes(32);
  let refuse = () => undefined;
  const stub = await startKmsStub({ dataKey: key, decrypt: () => key, refuse: (...given) => refuse(...given) });
  // Of its own: what waits takes all the connections that a browser has to one server.
  const other = await startKmsStub({ dataKey: key, decrypt: () => key });
  t.after(() => Promise.all([stub.close(), other.close()]));
  const wrapped = (stub) => stub.asked.map((text) => JSON.parse(text)).filter((ask) => !ask.CiphertextBlob && !ask.EncryptionContext.sealdrop);
  await connect(world, page, bucket);
  await useKms(stub.arn, stub.endpoint);
  await page.locator("main").getByText(stub.arn).waitFor();
  await goTo("Browse");
  const names = Array.from({ length: 20 }, (_, index) => `one-${index}`);
  const files = Object.fromEntries([...names, "late", "two"].map((name) => [name, randomBytes(1000)]));
  const choose = (names) => chooseFiles(world, page, names.map((name) => ({ name, buffer: files[name] })));
  let goOn;
  const held = new Promise((resolve) => (goOn = resolve));
  // One of them fails, and is tried again when the other key is in use.
  refuse = async (headers, { context }) => {
    if (context.sealdrop) return undefined;
    await held;
    return context["sealdrop-object-key"] === "late" ? { __type: "DisabledException", message: "not now" } : undefined;
  };
  await choose([...names, "late"]);
  await until("nothing is asked", () => wrapped(stub).length > 0);
  assert.ok(wrapped(stub).length < names.length, "some were not begun");
  await useKms(TWO, other.endpoint);
  await page.locator("main").getByText(TWO).waitFor();
  goOn();
  await goTo("Transfers");
  await queueEnds(page, { done: names.length, failed: 1 });
  refuse = () => undefined;
  await page.locator('li[data-key="late"]').getByRole("button", { name: "Retry" }).click();
  await queueEnds(page, { done: names.length + 1 });
  assert.deepEqual([...new Set(wrapped(stub).map((ask) => ask.KeyId))], [stub.arn]);
  assert.deepEqual(wrapped(other), []);
  for (const format of ["esdk", "s3ec-v3"]) {
    await goTo("Keys");
    await page.getByRole("combobox", { name: "Format" }).selectOption(format);
    await goTo("Browse");
    await choose([format === "esdk" ? "two" : "late"]);
    if (format === "s3ec-v3") await page.getByRole("dialog").getByRole("button", { name: "Replace" }).click();
    await queueEnds(page, { done: names.length + (format === "esdk" ? 2 : 3) });
  }
  assert.deepEqual(wrapped(other).map((ask) => ask.KeyId), [TWO, TWO]);
  // An object of the S3 Encryption Client names no key: the one that did not wrap it is asked for in vain.
  await goTo("Keys");
  await page.getByRole("button", { name: "Use this KMS key" }).click();
  await goTo("Browse");
  for (const name of ["one-0", "one-19", "two", "late"]) assert.equal(sha256((await download(page, name)).bytes), sha256(files[name]), name);
});

test("an alias that stands for another key by now encrypts nothing until it is used again", async (t) => {
  const bucket = await world.bucket();
  const stub = await startKmsStub({ dataKey: randomBytes(32), decrypt: () => undefined });
  t.after(() => stub.close());
  await connect(world, page, bucket);
  await useKms("alias/lab", stub.endpoint);
  await page.locator("main").getByText(stub.arn).waitFor();
  await goTo("Browse");
  stub.standsFor = TWO;
  await chooseFiles(world, page, [{ name: "a", buffer: randomBytes(10) }]);
  await queueEnds(page, { done: 0, failed: 1 });
  await page.locator('li[data-key="a"]').getByText("the alias stands for another key by now").waitFor();
  await useKms("alias/lab", stub.endpoint);
  await page.locator("main").getByText(TWO).waitFor();
  await goTo("Browse");
  await chooseFiles(world, page, [{ name: "b", buffer: randomBytes(10) }]);
  await queueEnds(page, { done: 1, failed: 1 });
  assert.deepEqual((await world.s3.list(bucket)).map(({ key }) => key), ["b"]);
});

test("files wait for a KMS that does not answer for a while, or has too much to do", async (t) => {
  let refusal;
  const stub = await startKmsStub({ dataKey: randomBytes(32), decrypt: () => undefined, refuse: () => refusal });
  t.after(() => stub.close());
  const bucket = await world.bucket();
  await connect(world, page, bucket);
  await useKms(stub.arn, stub.endpoint);
  await page.locator("main").getByText(stub.arn).first().waitFor();
  await goTo("Browse");
  for (const [round, how] of ["no answer", { __type: "ThrottlingException" }].entries()) {
    refusal = how;
    const before = stub.asked.length;
    await chooseFiles(world, page, Array.from({ length: 20 }, (_, n) => ({ name: `${round}-${n}.bin`, buffer: randomBytes(1000) })));
    await page.locator('li[data-state="waiting"]').first().waitFor();
    await until("all that may run were refused", () => stub.asked.length >= before + 12);
    refusal = undefined;
    await queueEnds(page, { done: 20 * (round + 1) });
  }
});

test("a KMS key that may only decrypt leaves the one in use, and the files that wait for it, alone", async (t) => {
  const bucket = await world.bucket();
  const key = randomBytes(32);
  let goOn, theirs;
  const held = new Promise((resolve) => (goOn = resolve));
  const refuse = async (headers, { id, blob, context }) => {
    if (!blob && id === theirs) return { __type: "AccessDeniedException", Message: "not authorized to perform: kms:GenerateDataKey" };
    return context["sealdrop-object-key"] === "waits" ? held.then(() => undefined) : undefined;
  };
  const stub = await startKmsStub({ dataKey: key, decrypt: () => key, refuse });
  t.after(() => stub.close());
  await connect(world, page, bucket);
  const buffer = randomBytes(1000);
  const inUse = (key) => page.locator(".strip").getByText(key).waitFor();
  for (const [done, id] of [TWO, stub.arn].entries()) {
    await useKms(id, stub.endpoint);
    await page.locator("main").getByText(id).waitFor();
    await goTo("Browse");
    await inUse(id);
    await chooseFiles(world, page, [{ name: `of-${done}`, buffer }]);
    await queueEnds(page, { done: done + 1 });
  }
  theirs = TWO;
  await chooseFiles(world, page, [{ name: "waits", buffer }]);
  await useKms(TWO, stub.endpoint);
  await page.getByRole("alert").filter({ hasText: `may not encrypt with the KMS key ${TWO}` }).waitFor();
  await page.locator("main p", { hasText: TWO }).getByText("opens objects only").waitFor();
  goOn();
  await goTo("Browse");
  await inUse(stub.arn);
  await queueEnds(page, { done: 3 });
  for (const name of ["of-0", "of-1", "waits"]) assert.equal(sha256((await download(page, name)).bytes), sha256(buffer), name);
});

test("a clock that S3 takes and KMS does not is corrected; a KMS that goes on refusing is said to be about the clock", async (t) => {
  const bucket = await world.bucket();
  const amz = (time) => new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");
  const off = 10 * 60_000;
  // In AWS's words. `lag`: by how much its clock is behind.
  const expired = (headers, lag) => {
    const [sent, now] = [headers["x-amz-date"], Date.now() - lag];
    const at = Date.parse(sent.replace(/(....)(..)(..T..)(..)/, "$1-$2-$3:$4:"));
    if (Math.abs(at - now) <= 5 * 60_000) return undefined;
    const [words, sign] = at < now ? ["Signature expired: %s is now earlier than", "-"] : ["Signature not yet current: %s is still later than", "+"];
    return { __type: "InvalidSignatureException", message: `${words.replace("%s", sent)} ${amz(at < now ? now - 300_000 : now + 300_000)} (${amz(now)} ${sign} 5 min.)` };
  };
  let refuse = (headers) => expired(headers, 0);
  const stub = await startKmsStub({ dataKey: randomBytes(32), decrypt: () => undefined, refuse: (headers) => refuse(headers) });
  t.after(() => stub.close());
  await page.addInitScript((off) => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + off;
  }, off);
  await connect(world, page, bucket);
  await useKms(stub.arn, stub.endpoint);
  await page.locator("main").getByText(stub.arn).waitFor();
  assert.equal(stub.asked.length, 2, "refused once");
  // Every connection begins with the clock as it is. Files that go up together are refused together.
  await connect(world, page, bucket);
  const files = ["a", "b", "c", "d"].map((name) => ({ name, buffer: randomBytes(100) }));
  let refuseAll;
  const together = new Promise((resolve) => (refuseAll = resolve));
  refuse = async (headers) => {
    if (stub.asked.length === 2 + files.length) refuseAll();
    await together;
    return expired(headers, 0);
  };
  await chooseFiles(world, page, files);
  await queueEnds(page, { done: files.length });
  assert.equal(stub.asked.length, 2 + 2 * files.length, "each was refused once");
  // One whose time runs away.
  const before = stub.asked.length;
  refuse = (headers) => expired(headers, stub.asked.length * 3_600_000);
  await useKms(stub.arn, stub.endpoint);
  await page.getByRole("alert").filter({ hasText: "KMS refuses the request: this computer's clock is" }).getByText("Set the clock").waitFor();
  assert.equal(stub.asked.length, before + 2, "no more than once again");
});
