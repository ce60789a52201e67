// A page that is gone in the middle: the next one goes on, with the same file and nothing else, or starts over.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hang } from "./faulty.mjs";
import { connect as connectTo, goTo, inFaultyWorld, opensOfficially, queueEnds, sha256, switchEncryptionOff, until, useKey } from "./harness.mjs";

const MIB = 1 << 20;
let world, proxy, page;
inFaultyWorld((...given) => ([world, proxy, page] = given));

const unfinished = () => page.getByRole("region", { name: "Unfinished uploads" });
const partsAsked = () => proxy.log.filter((name) => name.startsWith("UploadPart")).length;

const DATE = new Date("2026-01-02T03:04:05Z");
const makeFile = (bytes = randomBytes(12 * MIB)) => {
  const path = join(world.folder, "data.bin");
  writeFileSync(path, bytes);
  // A whole second: fractions do not survive being set again.
  utimesSync(path, DATE, DATE);
  return path;
};

/** Connected to the bucket, with a key, or with encryption off. */
const begin = async (bucket, encrypted) => {
  await connectTo(world, page, bucket, { "Endpoint URL": proxy.endpoint });
  await (encrypted ? useKey(page) : switchEncryptionOff(page));
};

/** The page is gone; another one comes to where the unfinished upload is shown. */
const reopen = async (bucket, encrypted) => {
  await page.reload();
  proxy.heal();
  await begin(bucket, encrypted);
  await goTo(page, "Transfers");
  await unfinished().getByText("data.bin").waitFor();
};

const isStored = async (bucket, path, encrypted) => {
  if (encrypted) await opensOfficially(world, bucket, "data.bin", readFileSync(path));
  else assert.equal(sha256(await world.s3.get(bucket, "data.bin")), sha256(readFileSync(path)));
  assert.deepEqual(await world.s3.uploads(bucket), []);
};

// Of two parts: what is let through, when the page is closed, and how many parts the next page may send at most.
const phases = {
  "after Create": { holds: ({ part }) => part, gone: () => partsAsked() > 0, parts: 2 },
  "in the middle of the parts": { holds: ({ part }) => part === 1, gone: () => proxy.stored.has(2), parts: 1 },
  "after the last part": {
    holds: ({ operation }) => operation === "CompleteMultipartUpload",
    gone: () => proxy.log.includes("CompleteMultipartUpload"),
    parts: 0,
  },
  "after Complete, before HEAD": {
    holds: ({ operation }) => operation === "HeadObject" && proxy.log.includes("CompleteMultipartUpload"),
    gone: () => proxy.log.lastIndexOf("HeadObject") > proxy.log.indexOf("CompleteMultipartUpload") && proxy.stored.has("complete"),
    parts: 0,
  },
};
for (const encrypted of [true, false]) {
  for (const [name, { holds, gone, parts }] of Object.entries(phases)) {
    test(`the page is closed ${name} (${encrypted ? "encrypted" : "as it is"})`, async () => {
      const bucket = await world.bucket();
      const path = makeFile();
      await begin(bucket, encrypted);
      proxy.fault = (asked) => (holds(asked) ? hang : undefined);
      await page.getByLabel("Choose files").setInputFiles(path);
      await until("the page never comes so far", gone);
      await reopen(bucket, encrypted);
      proxy.log.length = 0;
      await page.getByLabel("Choose the file again").setInputFiles(path);
      await queueEnds(page, { done: 1 }, 60_000);
      assert.ok(partsAsked() <= parts, `${proxy.log}`);
      await isStored(bucket, path, encrypted);
      await unfinished().waitFor({ state: "detached" });
    });
  }
}

test("a plain file that changed, with the same size and date, starts over; nothing of the old one stays", async () => {
  for (const phase of ["in the middle of the parts", "after Complete, before HEAD"]) {
    proxy.heal();
    const bucket = await world.bucket();
    const path = makeFile();
    await begin(bucket, false);
    proxy.fault = (asked) => (phases[phase].holds(asked) ? hang : undefined);
    await page.getByLabel("Choose files").setInputFiles(path);
    await until("the page never comes so far", phases[phase].gone);
    const changed = readFileSync(path);
    changed[11 * MIB] ^= 1;
    await reopen(bucket, false);
    makeFile(changed);
    await page.getByLabel("Choose the file again").setInputFiles(path);
    if (phase.startsWith("after")) {
      // An object is there already, and it was not asked to be replaced.
      await queueEnds(page, { done: 0, failed: 1 }, 60_000);
      await page.locator('li[data-key="data.bin"]').getByText(/exists/).waitFor();
      assert.deepEqual(await world.s3.uploads(bucket), []);
    } else {
      await queueEnds(page, { done: 1 }, 60_000);
      await isStored(bucket, path, false);
    }
    await page.reload();
  }
});

test("where the browser keeps a handle on the file, Resume goes on without choosing it", async () => {
  // The dialog itself cannot be driven: a file of the page's private storage stands for what a person picks.
  await page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, "webdriver", { get: () => false });
    globalThis.showOpenFilePicker = async () => {
      const root = await navigator.storage.getDirectory();
      return [await root.getFileHandle("data.bin")];
    };
  });
  const bucket = await world.bucket();
  await begin(bucket, true);
  const bytes = await page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const file = await (await root.getFileHandle("data.bin", { create: true })).createWritable();
    const bytes = new Uint8Array(12 << 20).map((_, at) => (at * 2654435761) >>> 13);
    await file.write(bytes);
    await file.close();
    return [...bytes.slice(0, 8)];
  });
  assert.equal(bytes.length, 8);
  proxy.fault = (asked) => (phases["in the middle of the parts"].holds(asked) ? hang : undefined);
  await page.getByRole("button", { name: "Upload files" }).click();
  await until("the second part is not sent", phases["in the middle of the parts"].gone);
  await reopen(bucket, true);
  proxy.log.length = 0;
  await unfinished().getByRole("button", { name: "Resume" }).click();
  await queueEnds(page, { done: 1 }, 60_000);
  assert.ok(partsAsked() <= 1, `${proxy.log}`);
  const path = makeFile(Buffer.from(new Uint8Array(12 << 20).map((_, at) => (at * 2654435761) >>> 13)));
  await isStored(bucket, path, true);
  const left = await page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("sealdrop");
        opening.onerror = reject;
        opening.onsuccess = () => {
          const keys = opening.result.transaction("records").objectStore("records").getAllKeys();
          keys.onsuccess = () => resolve(keys.result);
        };
      }),
  );
  assert.deepEqual(left, [], "nothing is kept of an upload that is over");
});
