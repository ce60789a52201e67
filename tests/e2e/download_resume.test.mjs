// Downloads whose page is gone in the middle: the next one goes on with what lies in private storage, as far as it can be
// proved, or starts over and says why.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { hang, startFaulty } from "./faulty.mjs";
import { KEY, connect as connectTo, queueEnds, sha256, startWorld, useKey } from "./harness.mjs";

const MIB = 1 << 20;
/** Six pieces of 8 MiB, the last one short: from 32 MiB on a download has a record. */
const BYTES = randomBytes(44 * MIB + 4_321);
const OTHER_KEY = "11".repeat(32);
const NAMES = { esdk: "message.bin", "esdk-signed": "signed.bin", "s3ec-v3": "client.bin", "": "plain.bin" };

let world, proxy, bucket, context, page, complaints, close;
before(async () => {
  world = await startWorld();
  proxy = await startFaulty(world.endpoint);
  bucket = await world.bucket();
  const writer = await world.page();
  await connectTo(world, writer.page, bucket);
  await useKey(writer.page);
  let done = 0;
  for (const [format, name] of Object.entries(NAMES)) {
    if (!format) {
      await world.s3.put(bucket, name, BYTES);
      continue;
    }
    writeFileSync(join(world.folder, name), BYTES);
    await writer.page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Keys" }).click();
    await writer.page.getByRole("combobox", { name: "Format" }).selectOption(format);
    await writer.page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Browse" }).click();
    await writer.page.getByLabel("Choose files").setInputFiles(join(world.folder, name));
    await queueEnds(writer.page, { done: ++done }, 180_000);
  }
  await writer.close();
});
after(async () => {
  await proxy?.close();
  await world?.close();
});
beforeEach(async () => {
  ({ page, complaints, close } = await world.page());
  context = page.context();
  // What has come is noted every five seconds; here, ten times as often.
  await context.addInitScript(() => {
    const { setTimeout } = window;
    window.setTimeout = (work, time, ...given) => setTimeout(work, time === 5_000 ? 500 : time, ...given);
  });
  page.on("dialog", (dialog) => dialog.accept());
});
afterEach(async () => {
  proxy.heal();
  await close();
  assert.deepEqual(complaints, []);
});

const goTo = (place) => page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: place }).click();
const unfinished = () => page.getByRole("region", { name: "Unfinished downloads" });
const item = (name, state) => page.locator(`li[data-direction="download"][data-key="${name}"][data-state="${state}"]`);
const until = async (what, holds) => {
  const deadline = Date.now() + 60_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, what);
    await page.waitForTimeout(50);
  }
};

/** Lets so many pieces through and counts their bytes; a look at an object's beginning or end is none. */
const admit = (pieces = Infinity) => {
  const asked = { bytes: 0 };
  proxy.fault = ({ operation, range }) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
    if (operation !== "GetObject" || !(last - first >= 2 * MIB)) return undefined;
    if (pieces-- <= 0) return hang;
    asked.bytes += last - first + 1;
    return undefined;
  };
  return asked;
};

/** Keys and texts of the browser's records; `older` makes them so many milliseconds older. */
const records = (prefix, older) =>
  page.evaluate(
    async ([prefix, older]) => {
      const done = (request) => new Promise((resolve, reject) => ((request.onsuccess = () => resolve(request.result)), (request.onerror = () => reject(request.error))));
      const database = await done(indexedDB.open("sealdrop"));
      const found = {};
      if (database.objectStoreNames.contains("records")) {
        const store = database.transaction("records", "readwrite").objectStore("records");
        for (const key of await done(store.getAllKeys())) {
          if (!key.startsWith(prefix)) continue;
          found[key] = await done(store.get(key));
          const record = JSON.parse(found[key]);
          if (older) await done(store.put(JSON.stringify({ ...record, started_ms: record.started_ms - older }), key));
        }
      }
      database.close();
      return found;
    },
    [prefix, older],
  );
const piecesNoted = async () => Object.values(await records("got/")).flatMap((text) => JSON.parse(text)).length;

/** Names of the private files; `damage` is a place where a byte of each is changed, `remove` takes them away. */
const privateFiles = (options = {}) =>
  page.evaluate(async ({ damage, remove }) => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("sealdrop-downloads", { create: true });
    const names = [];
    for await (const [name, handle] of folder) {
      names.push(name);
      if (damage !== undefined) {
        const byte = new Uint8Array(await (await handle.getFile()).slice(damage, damage + 1).arrayBuffer());
        const writable = await handle.createWritable({ keepExistingData: true });
        await writable.write({ type: "write", position: damage, data: new Uint8Array([byte[0] ^ 1]) });
        await writable.close();
      }
      if (remove) await folder.removeEntry(name);
    }
    return names;
  }, options);

const begin = async (key) => {
  await connectTo(world, page, bucket, { "Endpoint URL": proxy.endpoint });
  await useKey(page, key);
};
const press = (name) => page.locator(`tr[data-key="${name}"]`).getByRole("button", { name: "Download" }).click();

/** A download of which so many pieces have come and are noted, and whose page is gone. */
const interrupted = async (name, pieces = 3, leave = () => page.close()) => {
  await begin();
  const before = admit(pieces);
  await press(name);
  await until("the pieces are not noted", async () => (await piecesNoted()) === pieces);
  await leave();
  page = await context.newPage();
  await page.goto(world.app.url);
  return before;
};
/** Another page, connected and with a key, shows what was left. */
const reopen = async (name, key) => {
  await begin(key);
  await goTo("Transfers");
  await unfinished().getByText(name).waitFor();
};
const resumed = async (name, action = () => unfinished().getByRole("button", { name: "Resume" }).click()) => {
  const waiting = page.waitForEvent("download", { timeout: 120_000 });
  await action();
  const saved = await waiting;
  await item(name, "done").waitFor();
  return readFileSync(await saved.path());
};
const isOver = async () => {
  await unfinished().waitFor({ state: "detached" });
  await until("the records stay", async () => Object.keys({ ...(await records("download/")), ...(await records("got/")) }).length === 0);
};

for (const [format, name] of Object.entries(NAMES)) {
  test(`closed in the middle, a download goes on with what came (${format || "stored as it is"})`, async () => {
    const before = await interrupted(name);
    await reopen(name);
    assert.match(await unfinished().innerText(), /24\.\d+ MiB of 44\.\d+ MiB|24 MiB of 44/);
    assert.match(await unfinished().innerText(), /decrypted in this browser's private storage/);
    const kept = JSON.stringify(await records(""));
    for (const secret of [KEY, world.credentials.secretAccessKey, "Signature", BYTES.subarray(9, 33).toString("base64")]) assert.ok(!kept.includes(secret));
    const asked = admit();
    assert.equal(sha256(await resumed(name)), sha256(BYTES));
    assert.ok(asked.bytes <= BYTES.length + 64 * 1024 - before.bytes, `${asked.bytes} bytes after ${before.bytes}`);
    await isOver();
  });
}

test("a page that crashed twice: every time it goes on where it was", async () => {
  const crash = () => page.goto("chrome://crash").catch(() => {});
  const first = await interrupted("message.bin", 2, crash);
  await reopen("message.bin");
  const second = admit(2);
  await unfinished().getByRole("button", { name: "Resume" }).click();
  await until("the pieces are not noted", async () => (await piecesNoted()) === 4);
  await crash();
  page = await context.newPage();
  await reopen("message.bin");
  const third = admit();
  assert.equal(sha256(await resumed("message.bin")), sha256(BYTES));
  assert.ok(first.bytes + second.bytes + third.bytes <= BYTES.length + 64 * 1024);
  await isOver();
});

test("paused while what came is checked, it goes on from there", async () => {
  await interrupted("client.bin");
  await reopen("client.bin");
  const asked = admit();
  await unfinished().getByRole("button", { name: "Resume" }).click();
  const press = (name) => page.locator('li[data-key="client.bin"]').getByRole("button", { name, exact: true }).click();
  await press("Pause");
  await item("client.bin", "paused").waitFor();
  assert.equal(await unfinished().count(), 0, "it is on the list of transfers");
  assert.equal(sha256(await resumed("client.bin", () => press("Resume"))), sha256(BYTES));
  assert.ok(asked.bytes < 22 * MIB, `${asked.bytes}`);
  await isOver();
});

test("pressing Download as always goes on too", async () => {
  await interrupted("client.bin");
  await begin();
  const asked = admit();
  assert.equal(sha256(await resumed("client.bin", () => press("client.bin"))), sha256(BYTES));
  assert.ok(asked.bytes < 22 * MIB, `${asked.bytes}`);
  await isOver();
});

test("what was changed on the disk is found out and fetched again", async () => {
  for (const name of ["message.bin", "client.bin", "signed.bin"]) {
    await page.reload();
    await interrupted(name);
    await privateFiles({ damage: 17 * MIB });
    await reopen(name);
    const asked = admit();
    assert.equal(sha256(await resumed(name)), sha256(BYTES), name);
    // The third piece, and the three that had not come.
    assert.ok(asked.bytes > 26 * MIB && asked.bytes < 30 * MIB, `${name}: ${asked.bytes}`);
    await isOver();
  }
});

test("another object under the key meanwhile: it starts over and says so, and the old file is gone", async () => {
  const name = "replaced.bin";
  await world.s3.put(bucket, name, await world.s3.get(bucket, "message.bin"));
  await interrupted(name);
  const [old] = await privateFiles();
  await world.s3.put(bucket, name, await world.s3.get(bucket, "signed.bin"));
  await reopen(name);
  const asked = admit();
  assert.equal(sha256(await resumed(name)), sha256(BYTES));
  assert.ok(asked.bytes >= BYTES.length);
  await item(name, "done").getByText("not the one that was begun").waitFor();
  assert.ok(!(await privateFiles()).includes(old));
  await isOver();
});

test("where the private file is gone, it starts over and says so", async () => {
  await interrupted("message.bin");
  await reopen("message.bin");
  await privateFiles({ remove: true });
  const asked = admit();
  assert.equal(sha256(await resumed("message.bin")), sha256(BYTES));
  assert.ok(asked.bytes >= BYTES.length);
  await item("message.bin", "done").getByText("does not have any more").waitFor();
  await isOver();
});

test("without the key nothing is lost: it goes on when the key is there", async () => {
  for (const name of ["message.bin", "client.bin"]) {
    await page.reload();
    await interrupted(name);
    await reopen(name, OTHER_KEY);
    const asked = admit();
    await unfinished().getByRole("button", { name: "Resume" }).click();
    await item(name, "failed").getByText(/key/).first().waitFor();
    await unfinished().getByText(name).waitFor();
    await useKey(page);
    await goTo("Transfers");
    assert.equal(sha256(await resumed(name, () => item(name, "failed").getByRole("button", { name: "Retry" }).click())), sha256(BYTES));
    assert.ok(asked.bytes < 22 * MIB, `${asked.bytes}`);
    await isOver();
  }
});

test("discarding removes the private file, and so does cancelling", async () => {
  await interrupted("message.bin");
  await reopen("message.bin");
  assert.equal((await privateFiles()).length, 1);
  await unfinished().getByRole("button", { name: "Discard" }).click();
  await isOver();
  assert.deepEqual(await privateFiles(), []);

  await page.reload();
  await interrupted("client.bin");
  await reopen("client.bin");
  admit(1);
  await unfinished().getByRole("button", { name: "Resume" }).click();
  await item("client.bin", "running").waitFor();
  await unfinished().waitFor({ state: "detached" });
  await item("client.bin", "running").getByRole("button", { name: "Cancel" }).click();
  await item("client.bin", "cancelled").waitFor();
  await until("the private file stays", async () => (await privateFiles()).length === 0);
  await isOver();
});

test("what another tab has under way is not offered; what nobody came back for in a week is forgotten", async () => {
  await begin();
  admit(2);
  await press("message.bin");
  await until("the pieces are not noted", async () => (await piecesNoted()) === 2);
  const first = page;
  page = await context.newPage();
  await begin();
  await goTo("Transfers");
  assert.equal(await unfinished().count(), 0);
  await first.close();
  await page.reload();
  await reopen("message.bin");
  await privateFiles({ remove: true });
  const day = 24 * 3600 * 1000;
  await records("download/", 6 * day);
  await page.reload();
  await reopen("message.bin");
  await records("download/", 2 * day);
  await page.reload();
  await begin();
  await goTo("Transfers");
  await isOver();
});

test("what cannot be removed is not forgotten: Discard says so, and works when it can", async () => {
  await interrupted("message.bin");
  await page.addInitScript(() => {
    const original = FileSystemDirectoryHandle.prototype.removeEntry;
    FileSystemDirectoryHandle.prototype.removeEntry = async function (...names) {
      if (window.heldOpen) throw new DOMException("in use", "NoModificationAllowedError");
      return original.apply(this, names);
    };
  });
  await page.reload();
  await reopen("message.bin");
  await page.evaluate(() => (window.heldOpen = true));
  await unfinished().getByRole("button", { name: "Discard" }).click();
  await page.getByText("still in this browser's private storage").waitFor();
  assert.equal((await privateFiles()).length, 1);
  await page.evaluate(() => (window.heldOpen = false));
  await unfinished().getByRole("button", { name: "Discard" }).click();
  await isOver();
  assert.deepEqual(await privateFiles(), []);
});

test("what was saved is let go of when the browser has copied it; what a page that is gone left goes at once, unless it is held", async () => {
  await world.s3.put(bucket, "short.bin", randomBytes(1_000));
  await begin();
  const saved = page.waitForEvent("download");
  await press("short.bin");
  await saved;
  await item("short.bin", "done").waitFor();
  const [download, mark] = (await privateFiles()).sort();
  assert.deepEqual([download.split("-")[0], mark], ["download", download.replace("download", "saved")]);
  // One that is paused, and without a record.
  await world.s3.put(bucket, "middle.bin", randomBytes(20 * MIB));
  await page.getByRole("button", { name: "Refresh" }).click();
  admit(1);
  await press("middle.bin");
  await page.waitForFunction(() => Number(document.querySelector('li[data-key="middle.bin"] progress')?.value) > 0);
  await item("middle.bin", "running").getByRole("button", { name: "Pause" }).click();
  await item("middle.bin", "paused").waitFor();
  const held = (await privateFiles()).find((name) => name.startsWith("download-") && name !== download);
  // And one of a page that crashed.
  await page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("sealdrop-downloads");
    await folder.getFileHandle("download-00000000deadbeef", { create: true });
  });
  const other = await context.newPage();
  const files = async () => (await privateFiles()).sort();
  await other.goto(world.app.url);
  await until("the crashed page's file stays", async () => !(await files()).includes("download-00000000deadbeef"));
  assert.deepEqual(await files(), [download, held, mark].sort());
  await other.addInitScript(() => {
    const now = Date.now;
    Date.now = () => now() + 3_601_000;
  });
  await other.reload();
  await until("what was saved stays", async () => (await files()).length === 1);
  assert.deepEqual(await files(), [held]);
  proxy.heal();
  const rest = page.waitForEvent("download");
  await item("middle.bin", "paused").getByRole("button", { name: "Resume" }).click();
  await rest;
});

test("where there is no room, what was saved before makes room for the next", async () => {
  const bytes = randomBytes(20 * MIB);
  for (const name of ["first.bin", "second.bin"]) await world.s3.put(bucket, name, bytes);
  await begin();
  await page.evaluate((quota) => {
    const original = StorageManager.prototype.estimate;
    StorageManager.prototype.estimate = async function () {
      return { ...(await original.call(this)), quota };
    };
  }, 36 * MIB);
  const once = page.waitForEvent("download");
  await press("first.bin");
  await (await once).path();
  await item("first.bin", "done").waitFor();
  await press("second.bin");
  await item("second.bin", "failed").getByText("for some minutes more").waitFor();
  await page.evaluate(() => {
    const now = Date.now;
    Date.now = () => now() + 301_000;
  });
  const again = page.waitForEvent("download");
  await item("second.bin", "failed").getByRole("button", { name: "Retry" }).click();
  assert.equal(sha256(readFileSync(await (await again).path())), sha256(bytes));
});
