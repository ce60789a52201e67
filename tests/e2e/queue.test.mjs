// The queue with very many files: what is drawn, what is counted, what is told, and that all of them can be stopped.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { connect, queueEnds, startWorld, useKey } from "./harness.mjs";
import { startStub } from "./s3_stub.mjs";

let world;
before(async () => (world = await startWorld()));
after(() => world.close());

const name = (n) => `run-${String(n).padStart(5, "0")}.dat`;
const text = (n) => `measurement ${n}`;

/** So many small files on this machine; their paths. */
const makeFiles = (count) => {
  const folder = join(world.folder, `files-${count}`);
  mkdirSync(folder, { recursive: true });
  return Array.from({ length: count }, (_, n) => {
    const path = join(folder, name(n));
    writeFileSync(path, text(n));
    return path;
  });
};

/** A page that keeps what the live region said, and counts the wake locks it holds. */
const watchedPage = async () => {
  const opened = await world.page({ viewport: { width: 1280, height: 900 } });
  opened.page.setDefaultTimeout(60_000);
  await opened.page.addInitScript(() => {
    window.locks = { held: 0, asked: 0 };
    const request = async () => {
      window.locks.held += 1;
      window.locks.asked += 1;
      return { release: async () => void (window.locks.held -= 1) };
    };
    Object.defineProperty(navigator, "wakeLock", { value: { request } });
    window.said = [];
    window.titles = [];
    new MutationObserver(() => {
      const now = document.querySelector('#app [role="status"]')?.textContent;
      if (now && window.said.at(-1) !== now) window.said.push(now);
      if (window.titles.at(-1) !== document.title) window.titles.push(document.title);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  return opened;
};

const toTransfers = (page) => page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Transfers" }).click();
const list = (page) => page.getByRole("group", { name: "List of transfers" });
const lines = (page) => page.locator(".transfers li[data-key]");
const toAll = (page, label) => page.getByRole("region", { name: "Transfers" }).getByRole("button", { name: label, exact: true });

test("hundreds of small files: few lines in the page, right sums, few words, a manifest that outlives the list", async () => {
  const COUNT = 400;
  const bucket = await world.bucket({ sse: true });
  const { page, complaints, close } = await watchedPage();
  await connect(world, page, bucket);
  await useKey(page);
  await page.getByLabel("Choose files").setInputFiles(makeFiles(COUNT));
  await page.locator(`[data-total="${COUNT}"]`).first().waitFor();
  await toTransfers(page);
  assert.ok((await lines(page).count()) <= 60, "a window of lines");

  // The middle is there when somebody scrolls to it, and says where it is.
  await list(page).evaluate((node) => (node.scrollTop = node.scrollHeight / 2));
  await page.waitForFunction((count) => {
    const line = document.querySelector(`.transfers li[aria-setsize="${count}"][aria-posinset="${count / 2}"]`)?.getBoundingClientRect();
    const frame = document.querySelector(".transfer-list").getBoundingClientRect();
    return line && line.bottom > frame.top - frame.height && line.top < frame.bottom + frame.height;
  }, COUNT);

  await queueEnds(page, { done: COUNT }, 120_000);
  assert.ok((await lines(page).count()) <= 60);
  const stored = await world.s3.list(bucket);
  assert.equal(stored.length, COUNT);
  assert.equal(new Set(stored.map(({ size }) => size - text(0).length)).size <= 4, true, "each as long as its text and what encryption adds");
  const said = (await page.evaluate("window.said")).filter((words) => /transfer/i.test(words));
  assert.ok(said.length >= 2 && said.length <= 6, `start, quarters, end: ${said.join(" | ")}`);
  assert.deepEqual(await page.evaluate("window.locks"), { held: 0, asked: 1 }, "awake while transfers ran");
  assert.ok((await page.evaluate("window.titles")).some((title) => /^\d+ % – /.test(title)), "the tab says how far they are");

  // What a listing did not show is looked at afterwards.
  await page.getByRole("button", { name: `Done (${COUNT.toLocaleString("en")})` }).click();
  // The latest come first, and were looked at last.
  await list(page).evaluate((node) => (node.scrollTop = node.scrollHeight));
  await page.locator(`.transfers li[data-key="${name(3)}"]`, { hasText: "SSE-S3" }).waitFor();

  await toAll(page, "Remove finished").click();
  await page.getByText("No transfers yet.").waitFor();
  const save = async (form) => {
    await page.getByRole("combobox", { name: "Manifest format" }).selectOption(form);
    const waiting = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save manifest" }).click();
    return readFileSync(await (await waiting).path(), "utf8");
  };
  const csv = (await save("CSV")).trimEnd().split("\r\n");
  assert.equal(csv.length, COUNT + 1);
  assert.match(csv[0], /^\ufeffdirection,bucket,key,size,stored_size,sha256,etag,/);
  const { transfers } = JSON.parse(await save("JSON"));
  assert.equal(transfers.length, COUNT);
  const one = transfers.find(({ key }) => key === name(377));
  assert.equal(one.sha256, createHash("sha256").update(text(377)).digest("hex"));
  assert.equal(one.etag, (await world.s3.head(bucket, name(377))).get("etag").replaceAll('"', ""));
  assert.deepEqual([one.direction, one.bucket, one.size, one.cse, one.cse_suite], ["upload", bucket, text(377).length, "esdk", "0x0478"]);
  assert.deepEqual(complaints, []);
  await close();
});

/** A storage in memory, whose answers to PUT wait until `open()` is called. */
const startHeldStorage = async (answer = () => undefined) => {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  const stub = await startStub({
    answer: async (call) => {
      if (call.method === "PUT" && call.key) await opened;
      return answer(call);
    },
  });
  stub.buckets.set("held-bucket", {});
  return { ...stub, open };
};

test("thousands of files pause, go on and are cancelled together; leaving is asked about meanwhile", async () => {
  const COUNT = 3_000;
  const storage = await startHeldStorage();
  const { page, complaints, close } = await watchedPage();
  await connect(world, page, "held-bucket", { "Endpoint URL": storage.endpoint });
  await useKey(page);
  await page.getByLabel("Choose files").setInputFiles(makeFiles(COUNT));
  await page.locator(`[data-total="${COUNT}"]`).first().waitFor();
  await toTransfers(page);
  await toAll(page, "Pause all").click();
  // Those on their way to the storage arrive; nobody could tell otherwise whether they did.
  await page.locator('.transfers li[data-state="paused"]').first().waitFor();
  await page.evaluate(() => Object.defineProperty(document, "hidden", { value: false, configurable: true }));
  await toAll(page, "Resume all").click();
  await page.locator('.transfers li[data-state="queued"]').first().waitFor();
  assert.equal(await page.locator('.transfers li[data-state="paused"]').count(), 0);
  assert.equal(await page.evaluate("window.locks.held"), 1);
  // A tab that was hidden has lost its lock, and asks again.
  const asked = await page.evaluate("window.locks.asked");
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.waitForFunction((asked) => window.locks.asked === asked + 1, asked);

  const question = page.waitForEvent("dialog");
  // The answer comes with the dialog.
  page.close({ runBeforeUnload: true }).catch(() => undefined);
  const dialog = await question;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.dismiss();

  await toAll(page, "Cancel all").click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel all" }).click();
  await page.getByRole("button", { name: "Running (0)" }).waitFor({ timeout: 30_000 });
  await toAll(page, "Remove finished").click();
  await page.getByText("No transfers yet.").waitFor();
  assert.equal(await page.evaluate("window.locks.held"), 0);
  storage.open();
  await close();
  await storage.close();
  assert.deepEqual(complaints, []);
});

test("what a listing does not show as it was sent is looked at by HEAD, and a loss is a failure that can be tried again", async () => {
  const COUNT = 300;
  const lost = name(7);
  let heal = false;
  const storage = await startHeldStorage(({ method, key, objects, bucket, body, headers }) => {
    if (heal || method !== "PUT" || key !== lost) return undefined;
    // It says that it has stored all, and has not.
    objects.set(`${bucket}/${key}`, { body: body.subarray(0, 10), headers });
    return { status: 200, headers: { etag: '"e"' } };
  });
  const { page, complaints, close } = await watchedPage();
  await connect(world, page, "held-bucket", { "Endpoint URL": storage.endpoint });
  await useKey(page);
  await page.getByLabel("Choose files").setInputFiles(makeFiles(COUNT));
  await page.locator(`[data-total="${COUNT}"]`).first().waitFor();
  storage.open();
  await queueEnds(page, { done: COUNT - 1, failed: 1 });
  const put = storage.log.filter((line) => line.startsWith("PUT ")).length;
  const lists = storage.log.filter((line) => line.startsWith("GET /held-bucket?")).length;
  assert.ok(lists < put / 10, `${lists} listings for ${put} objects`);
  await page.locator(`li[data-key="${lost}"][data-state="failed"]`).waitFor();
  heal = true;
  storage.objects.delete(`held-bucket/${lost}`);
  await page.locator(`li[data-key="${lost}"]`).getByRole("button", { name: "Retry" }).click();
  await queueEnds(page, { done: COUNT });
  await close();
  await storage.close();
  assert.deepEqual(complaints, []);
});
