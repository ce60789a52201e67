// “Save as…”: the person is asked in the click, whatever waits before; and no empty file stays where nothing was saved.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { hang } from "./faulty.mjs";
import { connect as connectTo, inFaultyWorld, sha256, showDetails, until, useKey } from "./harness.mjs";

let world, proxy, page;
inFaultyWorld((...given) => ([world, proxy, page] = given));

/** A folder of the private file system stands for the person's; the dialog opens only in a click, and makes an empty file. */
const begin = async (objects) => {
  const bucket = await world.bucket();
  for (const [key, bytes] of Object.entries(objects)) await world.s3.put(bucket, key, bytes);
  await connectTo(world, page, bucket, { "Endpoint URL": proxy.endpoint });
  await page.evaluate(() => {
    window.asked = [];
    window.showSaveFilePicker = async ({ suggestedName }) => {
      if (!navigator.userActivation.isActive) throw new DOMException("Must be handling a user gesture", "SecurityError");
      window.asked.push(suggestedName);
      const chosen = await (await navigator.storage.getDirectory()).getDirectoryHandle("chosen", { create: true });
      const handle = await chosen.getFileHandle(suggestedName, { create: true });
      await (await handle.createWritable()).close();
      return handle;
    };
  });
  return bucket;
};
const saveAs = async (key) => (await showDetails(page, key)).getByRole("button", { name: "Save as…" }).click();
const asked = (key) => page.waitForFunction((key) => window.asked.includes(key), key, { timeout: 3_000 });
/** Sizes and digests of what is in the chosen folder, by name. */
const chosen = () =>
  page.evaluate(async () => {
    const found = {};
    for await (const [name, handle] of await (await navigator.storage.getDirectory()).getDirectoryHandle("chosen", { create: true })) {
      const bytes = await (await handle.getFile()).arrayBuffer();
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      found[name] = bytes.byteLength && [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    }
    return found;
  });
const item = (key, state) => page.locator(`li[data-key="${key}"][data-state="${state}"]`);

test("it asks at once although it has to wait in line, and saves when its turn comes; cancelled, it takes the empty file along", async () => {
  const sizes = { "one.bin": 2 << 20, "two.bin": 2 << 20, "third.bin": 100_000, "fourth.bin": 100_000 };
  const objects = Object.fromEntries(Object.entries(sizes).map(([key, size]) => [key, randomBytes(size)]));
  await begin(objects);
  let hung = 0;
  proxy.fault = ({ range }) => (range === `bytes=0-${(2 << 20) - 1}` ? (hung++, hang) : undefined);
  for (const key of ["one.bin", "two.bin"]) await page.locator(`tr[data-key="${key}"]`).getByRole("button", { name: "Download" }).click();
  await until("two downloads run", () => hung === 2);
  for (const key of ["third.bin", "fourth.bin"]) {
    await saveAs(key);
    await asked(key);
    await item(key, "queued").waitFor();
  }
  assert.deepEqual(await chosen(), { "third.bin": 0, "fourth.bin": 0 });
  await item("fourth.bin", "queued").getByRole("button", { name: "Cancel" }).click();
  await item("fourth.bin", "cancelled").waitFor();
  for (const key of ["one.bin", "two.bin"]) await page.locator(`li[data-key="${key}"]`).getByRole("button", { name: "Cancel" }).click();
  await item("third.bin", "done").waitFor();
  assert.deepEqual(await chosen(), { "third.bin": sha256(objects["third.bin"]) });
  // The place is still known.
  await item("fourth.bin", "cancelled").getByRole("button", { name: "Retry" }).click();
  await item("fourth.bin", "done").waitFor();
  assert.deepEqual(Object.keys(await chosen()).sort(), ["fourth.bin", "third.bin"]);
});

test("what fails leaves no empty file, and Retry saves to the same place without asking again", async () => {
  const bucket = await begin({});
  await useKey(page);
  await page.getByLabel("Choose files").setInputFiles([{ name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("a letter") }]);
  await page.locator('[data-done="1"]').first().waitFor({ state: "attached" });
  const sound = await world.s3.get(bucket, "letter.txt");
  const damaged = Buffer.from(sound);
  damaged[damaged.length - 20] ^= 1;
  await world.s3.put(bucket, "letter.txt", damaged);
  await page.getByRole("button", { name: "Refresh" }).click();
  await saveAs("letter.txt");
  await item("letter.txt", "failed").waitFor();
  await until("the empty file stays", async () => Object.keys(await chosen()).length === 0);
  await world.s3.put(bucket, "letter.txt", sound);
  await item("letter.txt", "failed").getByRole("button", { name: "Retry" }).click();
  await page.locator('li[data-key="letter.txt"][data-direction="download"][data-state="done"]').waitFor();
  assert.deepEqual(await chosen(), { "letter.txt": sha256(Buffer.from("a letter")) });
  assert.deepEqual(await page.evaluate(() => window.asked), ["letter.txt"]);
});
