// One bucket after the other on the same page: nothing of one is taken for the other's.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { held } from "./faulty.mjs";
import { startStub } from "./s3_stub.mjs";
import { chooseFiles, connect, fillConnect, goTo, inFaultyWorld, queueEnds, showDetails, switchEncryptionOff, until, useKey } from "./harness.mjs";

let world, proxy, page;
inFaultyWorld((...given) => ([world, proxy, page] = given));

const through = () => ({ "Endpoint URL": proxy.endpoint });
const row = (key) => page.locator(`tr[data-key="${key}"]`);
const file = (name) => ({ name, buffer: Buffer.from(name) });
const keys = async (bucket) => (await world.s3.list(bucket)).map(({ key }) => key);

/** Holds the next request of this operation; gives what lets it through, and what waits until it is there. */
const hold = (wanted, most = 1) => {
  let came = 0;
  let release;
  const promise = new Promise((resolve) => (release = resolve));
  proxy.fault = ({ operation }) => (operation === wanted && came++ < most ? held(promise) : undefined);
  return { release, came: () => until(`no ${wanted}`, () => came > 0) };
};

test("a file that arrives in one bucket does not appear in the one that is connected by then", async () => {
  const [first, second] = [await world.bucket(), await world.bucket()];
  await world.s3.put(second, "same.txt", "another file, not encrypted");
  await connect(world, page, first, through());
  await useKey(page);
  const upload = hold("PutObject");
  await chooseFiles(world, page, [file("same.txt"), file("first.txt")]);
  await upload.came();
  await connect(world, page, second, through());
  await row("same.txt").and(page.locator('[data-cse="none"]')).waitFor();
  upload.release();
  await queueEnds(page, { done: 2 });
  await chooseFiles(world, page, [file("second.txt")]);
  await queueEnds(page, { done: 3 });
  await row("second.txt").waitFor();
  assert.equal(await row("first.txt").count(), 0);
  assert.equal(await row("same.txt").getAttribute("data-cse"), "none");
  assert.deepEqual((await keys(first)).sort(), ["first.txt", "same.txt"]);
  assert.deepEqual((await keys(second)).sort(), ["same.txt", "second.txt"]);
});

test("an upload of a bucket that was left goes on with the credentials that were renewed for it", async () => {
  let [busy, expired] = [true, false];
  const asked = [];
  const stub = await startStub({
    answer: ({ method, key, headers, error }) => {
      if (method !== "PUT" || key !== "first.txt") return undefined;
      const isOld = headers.authorization.includes("Credential=OLD/");
      if (busy) return error(503, "SlowDown");
      asked.push(isOld ? "old" : "new");
      return expired && isOld ? error(403, "ExpiredToken") : undefined;
    },
  });
  try {
    for (const bucket of ["first", "second"]) stub.buckets.set(bucket, {});
    const by = (id) => ({ "Endpoint URL": stub.endpoint, "Access key ID": id });
    await connect(world, page, "first", by("OLD"));
    await useKey(page);
    await chooseFiles(world, page, [file("first.txt")]);
    await page.locator('li[data-key="first.txt"][data-state="waiting"]').waitFor();
    await connect(world, page, "first", by("NEW"));
    await connect(world, page, "second", by("NEW"));
    [busy, expired] = [false, true];
    await queueEnds(page, { done: 1 });
    assert.deepEqual(asked, ["new"]);
  } finally {
    await stub.close();
  }
});

test("a listing that comes late is not the next bucket's", async () => {
  const [first, second] = [await world.bucket(), await world.bucket()];
  await world.s3.put(first, "first.txt", "1");
  await world.s3.put(second, "second.txt", "2");
  await connect(world, page, first, through());
  const listing = hold("ListObjectsV2");
  await page.getByRole("button", { name: "Refresh" }).click();
  await listing.came();
  await connect(world, page, second, through());
  await row("second.txt").waitFor();
  const answered = page.waitForResponse((response) => response.url().includes(`/${first}`));
  listing.release();
  await (await answered).finished();
  await page.waitForTimeout(300);
  assert.ok((await row("second.txt").isVisible()) && (await row("first.txt").count()) === 0);
});

test("an instruction file is deleted where its object was", async () => {
  const at = (ending) => fileURLToPath(new URL(`../vectors/s3ec/v1-aes-ruby-17.${ending}`, import.meta.url));
  const { metadata } = JSON.parse(readFileSync(at("json"), "utf8"));
  const [first, second] = [await world.bucket(), await world.bucket()];
  for (const bucket of [first, second]) {
    await world.s3.put(bucket, "a", readFileSync(at("bin")));
    await world.s3.put(bucket, "a.instruction", JSON.stringify(metadata));
  }
  await connect(world, page, first, through());
  await showDetails(page, "a");
  const deleting = hold("DELETE");
  await row("a").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByText("a.instruction goes with it").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Delete object" }).click();
  await deleting.came();
  await connect(world, page, second, through());
  deleting.release();
  await until("something is left of the object", async () => (await keys(first)).length === 0);
  assert.deepEqual(await keys(second), ["a", "a.instruction"]);
  assert.ok((await row("a").isVisible()) && (await row("a.instruction").isVisible()));
});

test("a failed attempt leaves the connection, connecting elsewhere ends deleting and tells of it", async () => {
  const [first, second] = [await world.bucket(), await world.bucket()];
  for (let n = 0; n < 40; n++) await world.s3.put(first, `${n}.txt`, "");
  await world.s3.put(second, "0.txt", "");
  await connect(world, page, first, through());
  await fillConnect(world, page, second, { ...through(), "Secret access key": "wrong" });
  await page.getByRole("alert").filter({ hasText: "secret access key" }).waitFor();
  await page.getByRole("status").filter({ hasText: `Still connected to ${first}.` }).getByRole("button", { name: "Disconnect" }).waitFor();
  await goTo(page, "Browse");
  await row("0.txt").waitFor();

  const deleting = hold("DELETE", Infinity);
  await page.getByRole("checkbox", { name: "Select all shown" }).check();
  await page.getByRole("button", { name: "Delete selected" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete all of them" }).click();
  await deleting.came();
  // Around the proxy, to which all connections are taken by what is held.
  await connect(world, page, second);
  deleting.release();
  const report = page.getByRole("region", { name: "Deleting" });
  await report.getByText(`In ${first}: Stopped: 6 of 40 were deleted.`).waitFor();
  assert.equal((await keys(first)).length, 34);
  await report.getByRole("button", { name: "Close" }).click();
  await report.waitFor({ state: "detached" });
  assert.ok(await row("0.txt").isVisible());
  assert.deepEqual(await keys(second), ["0.txt"]);
});

test("the address of another bucket shows nothing of the connected one", async () => {
  const [first, second] = [await world.bucket(), await world.bucket()];
  await world.s3.put(second, "second.txt", "2");
  await connect(world, page, first);
  await connect(world, page, second);
  await switchEncryptionOff(page);
  await page.evaluate((hash) => (location.hash = hash), `#/browse/${first}/`);
  await page.getByRole("alert").filter({ hasText: `This address is of the bucket ${first}, but ${second} is connected.` }).waitFor();
  assert.equal(await row("second.txt").count(), 0);
  assert.equal(await page.getByRole("textbox", { name: "Bucket", exact: true }).inputValue(), first);
  await page.getByRole("link", { name: `Back to ${second}` }).click();
  await row("second.txt").waitFor();
});
