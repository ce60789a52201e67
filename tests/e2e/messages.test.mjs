// Messages of the AWS Encryption SDK with more than the usual: signed, and opened by the official client.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { chooseFiles, chooseFormat, connect as connectTo, download, goTo, inGatedWorld, opensOfficially, queueEnds, sha256, showDetails, until, useKey } from "./harness.mjs";

let world, gate, page;
inGatedWorld((...given) => ([world, gate, page] = given));

const at = (name) => join(world.folder, name);
const connect = (bucket) => connectTo(world, page, bucket, { "Endpoint URL": gate.endpoint });
/** Ids of unfinished multipart uploads. */
const uploadIds = async (bucket) => {
  const xml = await (await world.s3.send("GET", bucket, { query: "uploads=" })).text();
  return [...xml.matchAll(/<UploadId>(.*?)<\/UploadId>/g)].map(([, id]) => id);
};
const file = (name, bytes) => ({ name, buffer: randomBytes(bytes) });

test("signed messages: in parts, exactly full, small and empty; opened officially and here; one changed byte is refused", async () => {
  const bucket = await world.bucket();
  const files = [file("parts.bin", (17 << 20) + 12_345), file("exact.bin", 16 << 20), file("small.txt", 5), file("empty.txt", 0)];
  await connect(bucket);
  await useKey(page);
  await chooseFormat(page, "esdk-signed");
  await chooseFiles(world, page, files);
  await queueEnds(page, { done: files.length });
  for (const { name, buffer } of files) {
    const message = await opensOfficially(world, bucket, name, buffer);
    assert.equal(message.subarray(0, 3).toString("hex"), "020578", name);
    assert.equal(sha256((await download(page, name)).bytes), sha256(buffer), name);
  }
  const details = await showDetails(page, "parts.bin");
  await details.getByText("Suite 0x0578").waitFor();
  await details.getByText(`(${files[0].buffer.length.toLocaleString("en-US")} bytes)`).waitFor();

  const forged = await world.s3.get(bucket, "small.txt");
  forged[forged.length - 1] ^= 1;
  await world.s3.put(bucket, "small.txt", forged);
  await page.locator('tr[data-key="small.txt"]').getByRole("button", { name: "Download" }).click();
  await queueEnds(page, { done: 2 * files.length, failed: 1 });
});

test("a signed upload that was stopped says that it starts over, and does, under a fresh key", async () => {
  const bucket = await world.bucket();
  writeFileSync(at("data.bin"), randomBytes(24 << 20));
  await connect(bucket);
  await useKey(page);
  await chooseFormat(page, "esdk-signed");
  gate.admit(2);
  await page.getByLabel("Choose files").setInputFiles(at("data.bin"));
  await until("no part arrives", () => gate.stored.length >= 2);
  const [first] = await uploadIds(bucket);
  await page.reload();
  gate.open();
  await connect(bucket);
  await useKey(page);
  await goTo(page, "Transfers");
  const left = page.getByRole("region", { name: "Unfinished uploads" });
  await left.getByText("starts over under a fresh data key").waitFor();
  gate.admit(2);
  await page.getByLabel("Choose the file again").setInputFiles(at("data.bin"));
  await until("no part arrives", () => gate.stored.length >= 2);
  const uploads = await uploadIds(bucket);
  assert.equal(uploads.length, 1, "the first was aborted");
  assert.notEqual(uploads[0], first);
  // Paused in the page that began it, it starts over likewise.
  const row = page.locator('li[data-key="data.bin"]');
  await row.getByRole("button", { name: "Pause", exact: true }).click();
  await page.locator('li[data-key="data.bin"][data-state="paused"]').waitFor();
  gate.open();
  await row.getByRole("button", { name: "Resume", exact: true }).click();
  await queueEnds(page, { done: 1 });
  const message = await opensOfficially(world, bucket, "data.bin", readFileSync(at("data.bin")));
  assert.equal(message.subarray(0, 3).toString("hex"), "020578");
  assert.deepEqual(await world.s3.uploads(bucket), []);
});
