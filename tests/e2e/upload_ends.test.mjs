// However an upload stops, it comes to an end, and what the page says of it is so.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hang, loseAnswer, notBefore, refuse } from "./faulty.mjs";
import { chooseFormat, connect as connectTo, fillConnect, inFaultyWorld, opensOfficially, queueEnds, sha256, switchEncryptionOff, until, useKey } from "./harness.mjs";

const MIB = 1 << 20;
let world, proxy, page;
inFaultyWorld((...given) => ([world, proxy, page] = given));

const connect = (bucket) => connectTo(world, page, bucket, { "Endpoint URL": proxy.endpoint });
const row = (key, state) => page.locator(`li[data-key="${key}"][data-state="${state}"]`);
const button = (key, name) => page.locator(`li[data-key="${key}"]`).last().getByRole("button", { name, exact: true });
const count = (name) => proxy.log.filter((asked) => asked.split(":")[0] === name).length;
const choose = (paths) => page.getByLabel("Choose files").setInputFiles(paths);

const makeFile = (size, name = "data.bin") => {
  const path = join(world.folder, name);
  writeFileSync(path, randomBytes(size));
  return path;
};

/** Something that happens when it is called. */
const moment = () => {
  let come;
  const promise = new Promise((resolve) => (come = resolve));
  return Object.assign(come, { promise });
};

const enterCredentials = async () => {
  await page.getByRole("link", { name: "Enter new credentials" }).click();
  const { accessKeyId, secretAccessKey } = world.credentials;
  await page.getByRole("textbox", { name: "Access key ID" }).fill(accessKeyId);
  await page.getByRole("textbox", { name: "Secret access key" }).fill(secretAccessKey);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.locator('[data-credentials="wanted"]').waitFor({ state: "detached" });
};

for (const format of ["esdk-signed", "s3ec-v3"]) {
  test(`${format}: a file that is gone ends it, although its other parts wait for one another`, async () => {
    const bucket = await world.bucket();
    const path = makeFile(30 * MIB);
    await connect(bucket);
    await useKey(page);
    await chooseFormat(page, format);
    proxy.fault = ({ operation }) => {
      if (operation === "CreateMultipartUpload") unlinkSync(path);
    };
    await choose(path);
    await queueEnds(page, { done: 0, failed: 1 });
    assert.deepEqual(await world.s3.uploads(bucket), []);
  });
}

test("many whose parts wait for one another: a token that expires is asked for anew, and all go on", async () => {
  const bucket = await world.bucket();
  const paths = Array.from({ length: 6 }, (_, at) => makeFile(20 * MIB, `${at}.bin`));
  await connect(bucket);
  await useKey(page);
  await chooseFormat(page, "s3ec-v3");
  let expired = true;
  proxy.fault = ({ operation }) => expired && operation === "UploadPart" && refuse(403, "ExpiredToken");
  await choose(paths);
  await page.locator('[data-credentials="wanted"]').waitFor();
  await until("all have stopped", async () => (await page.locator('li[data-state="paused"], li[data-state="queued"]').count()) === 6);
  expired = false;
  await enterCredentials();
  await queueEnds(page, { done: 6 });
  assert.deepEqual(await world.s3.uploads(bucket), []);
});

test("what fails for the credentials of before does not ask for others once more", async () => {
  const bucket = await world.bucket();
  const [late, path] = [makeFile(20 * MIB, "late.bin"), makeFile(20 * MIB)];
  await connect(bucket);
  await useKey(page);
  const renewed = moment();
  let [expired, late1] = [true, 0];
  proxy.fault = ({ operation, key, part }) => {
    if (operation !== "UploadPart") return undefined;
    if (key === "late.bin") return part === 1 && ++late1 === 1 ? notBefore(renewed.promise, refuse(403, "ExpiredToken")) : undefined;
    return expired && proxy.log.includes("UploadPart:1") ? refuse(403, "ExpiredToken") : undefined;
  };
  await choose(late);
  await until("late.bin is sent", () => proxy.log.includes("UploadPart:1"));
  await choose(path);
  await page.locator('[data-credentials="wanted"]').waitFor();
  expired = false; // before there are others: the paused upload goes on with them at once
  await enterCredentials();
  let asked = 0;
  await page.exposeFunction("askedAgain", () => (asked += 1));
  await page.evaluate(() => new MutationObserver(() => document.querySelector('[data-credentials="wanted"]') && window.askedAgain()).observe(document.body, { subtree: true, childList: true, attributes: true }));
  const created = count("CreateMultipartUpload");
  renewed();
  await queueEnds(page, { done: 2 });
  assert.equal(asked, 0);
  assert.equal(count("CreateMultipartUpload"), created, "nothing started over");
  await opensOfficially(world, bucket, "late.bin", readFileSync(late));
});

for (const [size, sends] of [
  [1000, "PutObject"],
  [20 * MIB, "UploadPart"],
]) {
  test(`a file of ${size} bytes that was stored is not sent again because nobody could look at it`, async () => {
    const bucket = await world.bucket();
    const path = makeFile(size);
    await connect(bucket);
    await useKey(page);
    proxy.fault = ({ operation, key }) => operation === "HeadObject" && key === "data.bin" && refuse(400, "BadRequest");
    await choose(path);
    await row("data.bin", "failed").getByText(/The storage took the file, but it could not be looked at/).waitFor();
    const sent = count(sends);
    // And with credentials that ran out meanwhile.
    let expired = true;
    proxy.fault = ({ operation }) => expired && /HeadObject|ListObjectsV2/.test(operation) && refuse(403, "ExpiredToken");
    await button("data.bin", "Retry").click();
    await row("data.bin", "paused").waitFor();
    expired = false;
    await enterCredentials();
    await queueEnds(page, { done: 1 });
    assert.equal(count(sends), sent);
    assert.deepEqual(await world.s3.uploads(bucket), []);
    await opensOfficially(world, bucket, "data.bin", readFileSync(path));
  });
}

test("credentials that may only write: the page connects, says so, and uploads", async () => {
  const bucket = await world.bucket();
  const paths = [makeFile(1000, "small.bin"), makeFile(20 * MIB, "large.bin")];
  proxy.fault = ({ operation }) => /HeadObject|GetObject|List/.test(operation) && refuse(403, "AccessDenied");
  await fillConnect(world, page, bucket, { "Endpoint URL": proxy.endpoint });
  await page.getByText(`does not let these credentials list ${bucket}`).waitFor();
  await page.getByText("These credentials may not do that (ListObjectsV2).").waitFor();
  assert.equal(await page.getByText(/is empty|no objects/i).count(), 0);
  await useKey(page);
  await choose(paths);
  await queueEnds(page, { done: 2 });
  for (const path of paths) await opensOfficially(world, bucket, path.split("/").at(-1), readFileSync(path));
});

test("what was known of an object is not said of the one that is uploaded in its place", async () => {
  const bucket = await world.bucket();
  const path = makeFile(1000);
  await connect(bucket);
  await useKey(page);
  await choose(path);
  await queueEnds(page, { done: 1 });
  const badges = page.locator('tr[data-key="data.bin"]');
  await badges.getByText("AWS Encryption SDK").waitFor();
  await switchEncryptionOff(page);
  // Nobody may look at the new one.
  proxy.fault = ({ operation }) => /HeadObject|GetObject/.test(operation) && refuse(403, "AccessDenied");
  writeFileSync(path, "in clear");
  await choose(path);
  await page.getByRole("dialog").getByRole("button", { name: "Replace existing" }).click();
  await queueEnds(page, { done: 2 });
  await badges.getByText("AWS Encryption SDK").waitFor({ state: "detached" });
});

test("an object that somebody else wrote over at once is not called uploaded", async () => {
  const bucket = await world.bucket();
  const path = makeFile(1000);
  await connect(bucket);
  await useKey(page);
  let other;
  proxy.fault = ({ operation, key }) => {
    if (operation !== "HeadObject" || key !== "data.bin") return undefined;
    other ??= (async () => {
      const { length } = await world.s3.get(bucket, "data.bin");
      await world.s3.put(bucket, "data.bin", randomBytes(length));
    })();
    return notBefore(other);
  };
  await choose(path);
  await queueEnds(page, { done: 0, failed: 1 });
  await row("data.bin", "failed").getByText(/another object by now/).waitFor();
});

test("as it is: the answer to Complete is lost, and the object is known by its parts", async () => {
  const bucket = await world.bucket();
  const path = makeFile(20 * MIB);
  await connect(bucket);
  await switchEncryptionOff(page);
  proxy.fault = ({ operation, count }) => operation === "CompleteMultipartUpload" && count === 1 && loseAnswer;
  await choose(path);
  await queueEnds(page, { done: 1 });
  assert.equal(sha256(await world.s3.get(bucket, "data.bin")), sha256(readFileSync(path)));
  assert.deepEqual(await world.s3.uploads(bucket), []);
});

test("credentials that may neither list parts nor abort do not make a paused upload a dead end", async () => {
  const bucket = await world.bucket();
  const path = makeFile(40 * MIB);
  await connect(bucket);
  await useKey(page);
  let held = true;
  proxy.fault = ({ operation, part }) => {
    if (held && part > 2) return hang;
    return /ListParts|Abort/.test(operation) ? refuse(403, "AccessDenied") : undefined;
  };
  await choose(path);
  await until("two parts are stored", () => proxy.stored.size === 2);
  await button("data.bin", "Pause").click();
  await row("data.bin", "paused").waitFor();
  held = false;
  await button("data.bin", "Resume").click();
  await queueEnds(page, { done: 1 });
  await opensOfficially(world, bucket, "data.bin", readFileSync(path));
  assert.equal((await world.s3.uploads(bucket)).length, 1, "what could not be aborted is left");
});

test("Cancel while the object is put together: it ends as what came of it", async () => {
  const bucket = await world.bucket();
  const path = makeFile(20 * MIB);
  await connect(bucket);
  await useKey(page);
  const pressed = moment();
  proxy.fault = ({ operation }) => operation === "CompleteMultipartUpload" && notBefore(pressed.promise);
  await choose(path);
  await until("Complete is asked for", () => count("CompleteMultipartUpload") === 1);
  await button("data.bin", "Cancel").click();
  await page.waitForTimeout(300);
  assert.equal(count("AbortMultipartUpload"), 0);
  pressed();
  await queueEnds(page, { done: 1 });
  await opensOfficially(world, bucket, "data.bin", readFileSync(path));
});

test("a worker that crashes while it sends ends the upload with the reason, and Retry goes on with what was sent", async () => {
  const bucket = await world.bucket();
  const path = makeFile(40 * MIB);
  await page.addInitScript(() => {
    globalThis.workers = [];
    globalThis.Worker = class extends Worker {
      constructor(...given) {
        super(...given);
        globalThis.workers.push(this);
      }
    };
  });
  await connect(bucket);
  await useKey(page);
  let held = true;
  proxy.fault = ({ part }) => (held && part > 2 ? hang : undefined);
  await choose(path);
  await until("two parts are stored, and others sent", () => proxy.stored.size === 2 && count("UploadPart") > 3);
  await page.evaluate(() => globalThis.workers.forEach((worker) => worker.dispatchEvent(new ErrorEvent("error", { message: "out of memory" }))));
  await queueEnds(page, { done: 0, failed: 1 });
  held = false;
  const created = count("CreateMultipartUpload");
  await button("data.bin", "Retry").click();
  await queueEnds(page, { done: 1 });
  assert.equal(count("CreateMultipartUpload"), created, "it went on");
  assert.ok([1, 2].every((part) => proxy.log.filter((asked) => asked === `UploadPart:${part}`).length === 1), "what was there was not sent again");
  await opensOfficially(world, bucket, "data.bin", readFileSync(path));
});

test("Retry does not send a file beside another one that becomes the same object", async () => {
  const bucket = await world.bucket();
  const path = makeFile(1000);
  await connect(bucket);
  await useKey(page);
  proxy.fault = ({ operation, count }) => operation === "PutObject" && count === 1 && refuse(403, "AccessDenied");
  await choose(path);
  await queueEnds(page, { done: 0, failed: 1 });
  const seen = moment();
  proxy.fault = ({ operation }) => operation === "PutObject" && notBefore(seen.promise);
  writeFileSync(path, "the second");
  await choose(path);
  await until("the second is sent", () => count("PutObject") === 2);
  await row("data.bin", "failed").getByRole("button", { name: "Retry", exact: true }).click();
  await row("data.bin", "failed").getByText(/becomes the same object/).waitFor();
  seen();
  await queueEnds(page, { done: 1, failed: 1 });
  await opensOfficially(world, bucket, "data.bin", Buffer.from("the second"));
});

test("Cancel of a line that becomes the same object does not touch the upload that does", async () => {
  const bucket = await world.bucket();
  const path = makeFile(40 * MIB);
  await connect(bucket);
  await useKey(page);
  let busy = true;
  proxy.fault = ({ operation, part }) => {
    if (!busy) return undefined;
    if (operation === "PutObject") return refuse(503, "SlowDown");
    return part > 2 ? hang : undefined;
  };
  await choose(path);
  await until("two parts are stored", () => proxy.stored.size === 2);
  await button("data.bin", "Pause").click();
  await row("data.bin", "paused").waitFor();
  // As many as go up at a time.
  await choose(Array.from({ length: 6 }, (_, at) => makeFile(2 * MIB, `${at}.bin`)));
  await until("six wait", async () => (await page.locator('li[data-state="waiting"]').count()) === 6);
  await choose(path);
  await row("data.bin", "queued").getByRole("button", { name: "Cancel", exact: true }).click();
  await row("data.bin", "cancelled").waitFor();
  await page.waitForTimeout(300);
  assert.equal(count("AbortMultipartUpload"), 0);
  busy = false;
  await row("data.bin", "paused").getByRole("button", { name: "Resume", exact: true }).click();
  await queueEnds(page, { done: 7 });
  assert.equal(count("CreateMultipartUpload"), 1, "it went on");
  await opensOfficially(world, bucket, "data.bin", readFileSync(path));
});

test("Pause, and Resume before it has stopped: it goes on", async () => {
  const bucket = await world.bucket();
  const path = makeFile(20 * MIB);
  await connect(bucket);
  await useKey(page);
  const pressed = moment();
  proxy.fault = ({ operation }) => operation === "CreateMultipartUpload" && notBefore(pressed.promise);
  // One more than go up at a time.
  const others = Array.from({ length: 6 }, (_, at) => makeFile(9 * MIB, `${at}.bin`));
  await choose([path, ...others]);
  await until("six have begun", () => count("CreateMultipartUpload") === 6);
  await page.getByRole("button", { name: "Pause all" }).click();
  await page.getByRole("button", { name: "Resume all" }).click();
  pressed();
  await queueEnds(page, { done: 7 });
  await opensOfficially(world, bucket, "data.bin", readFileSync(path));
});
