// The page in Japanese: all of it, chosen by the browser or by the person, with nothing lost.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { KEY, queueEnds, sha256, startWorld } from "./harness.mjs";

let world;
before(async () => (world = await startWorld()));
after(() => world?.close());

/** Runs `steps` on a page of such a browser, which must not complain. */
const inBrowser = async (options, steps) => {
  const { page, complaints, close } = await world.page(options);
  page.on("dialog", (dialog) => dialog.accept());
  try {
    await steps(page);
    assert.deepEqual(complaints, [], "the page complained");
  } finally {
    await close();
  }
};

/** What is on the page, to read or to hear, that has three words of an English sentence in a row. Programs and data may. */
const english = (page) =>
  page.evaluate(() => {
    const sentence = /\b[A-Za-z]{2,}[,;:]? [a-z]+[,;:]? [a-z]{2,}/;
    const names = /AWS Encryption SDK|Amazon S3 Encryption Client|S3 Encryption Client|Amazon Web Services|AWS KMS|Server-Side Encryption|Client-Side Encryption/g;
    const found = new Set();
    const note = (text) => text && sentence.test(text.replace(names, "…")) && found.add(text.trim());
    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) return note(node.data);
      if (node.nodeType !== Node.ELEMENT_NODE || node.matches("code, pre, script, style, [lang=en]")) return;
      for (const name of ["aria-label", "aria-valuetext", "title", "placeholder", "alt"]) note(node.getAttribute(name));
      node.childNodes.forEach(walk);
    };
    walk(document.body);
    return [...found];
  });

const reads = async (page, where) => {
  assert.deepEqual(await english(page), [], `${where}: in English`);
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(wide <= room, `${where}: ${wide} px wide in ${room}`);
};

/** The row of an object on a narrow screen: the end of its name is to be read, and its buttons are to be hit. */
const hasRoom = async (page, key) => {
  const row = page.locator(`tr[data-key="${key}"]`);
  const [start, end] = await row.locator(".start, .end").evaluateAll((halves) => halves.map(({ textContent, clientWidth, scrollWidth }) => ({ textContent, clientWidth, isWhole: scrollWidth <= clientWidth })));
  assert.equal(start.textContent + end.textContent, key);
  assert.ok(start.clientWidth >= 180 && end.isWhole, JSON.stringify([start, end]));
  const sizes = await row.getByRole("button").evaluateAll((buttons) => buttons.map((button) => [button.offsetWidth, button.offsetHeight]));
  assert.ok(sizes.length === 3 && sizes.flat().every((pixels) => pixels >= 32), JSON.stringify(sizes));
  await page.getByRole("rowheader", { name: key, exact: true }).waitFor();
};

const goTo = async (page, place, title) => {
  await page.locator(`nav a[href^="#/${place}"]`).click();
  await page.getByRole("heading", { level: 1, name: title }).waitFor();
};

const fill = async (page, bucket, secret = world.credentials.secretAccessKey) => {
  await page.locator("#provider").selectOption("seaweedfs");
  const fields = { endpoint: world.endpoint, region: "us-east-1", bucket, "access-key-id": world.credentials.accessKeyId, "secret-access-key": secret };
  for (const [id, value] of Object.entries(fields)) await page.locator(`#${id}`).fill(value);
};

test("in a Japanese browser every page is in Japanese, also on a narrow screen, and does the same", async () => {
  const bucket = await world.bucket();
  await inBrowser({ locale: "ja-JP", viewport: { width: 360, height: 800 } }, async (page) => {
    await page.goto(world.app.url);
    await page.getByRole("heading", { level: 1, name: "バケットに接続" }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), "ja");
    await reads(page, "connect");

    await fill(page, bucket, "wrong");
    await page.getByRole("button", { name: "接続", exact: true }).click();
    await page.getByRole("alert").first().waitFor();
    await reads(page, "wrong secret");
    await fill(page, bucket);
    await page.getByRole("button", { name: "接続", exact: true }).click();
    await page.getByRole("table").waitFor();
    await reads(page, "empty folder");

    await page.locator("#choose-files").setInputFiles([{ name: "waits.txt", mimeType: "", buffer: Buffer.from("waits") }]);
    await page.getByRole("dialog").waitFor();
    await reads(page, "key wanted");
    await page.keyboard.press("Escape");

    await page.locator('nav a[href^="#/keys"]').click();
    await page.locator("#paste-key").fill(KEY);
    await page.getByRole("button", { name: "鍵を使用" }).click();
    await page.locator('li[aria-current="true"]').waitFor();
    for (const fold of await page.locator("details > summary").all()) await fold.click();
    await reads(page, "keys");

    await page.locator('nav a[href^="#/browse"]').click();
    const path = join(world.folder, "実験データ.bin");
    const bytes = randomBytes(300_000);
    writeFileSync(path, bytes);
    const long = "experiment-2026-11_run-0042_結果_最終版_checkpoint.tar.zst";
    writeFileSync(join(world.folder, long), "long");
    await page.locator("#choose-files").setInputFiles([path, join(world.folder, long)]);
    await queueEnds(page, { done: 2 });
    await page.locator('tr[data-key="実験データ.bin"][data-cse="esdk"]').waitFor({ state: "attached" });
    await reads(page, "folder");
    await hasRoom(page, long);
    await page.locator('tr[data-key="実験データ.bin"]').getByRole("button", { name: "詳細" }).click();
    await page.locator(".details [data-cse]").waitFor();
    for (const fold of await page.locator(".details details > summary").all()) await fold.click();
    await reads(page, "details");
    const waiting = page.waitForEvent("download");
    await page.locator('tr[data-key="実験データ.bin"]').getByRole("button", { name: "ダウンロード" }).click();
    assert.equal(sha256(readFileSync(await (await waiting).path())), sha256(bytes));

    await page.locator('nav a[href^="#/transfers"]').click();
    await queueEnds(page, { done: 3 });
    await reads(page, "transfers");

    await page.locator('nav a[href^="#/bucket"]').click();
    await page.getByRole("button", { name: "HEAD で確認" }).click();
    await page.locator("[data-sse]:not([data-sse=unknown])").first().waitFor();
    for (const fold of await page.locator("details > summary").all()) await fold.click();
    await page.getByRole("button", { name: "CORS を確認" }).click();
    await page.locator("li[data-ok]").first().waitFor();
    await page.getByRole("button", { name: "監査を開始" }).click();
    await page.locator("[data-audit=over]").waitFor();
    await reads(page, "bucket");
  });
});

test("the language is changed at the top; what was typed stays, and so does the choice", async () => {
  const bucket = await world.bucket();
  await inBrowser({ locale: "en-US" }, async (page) => {
    await page.goto(world.app.url);
    await page.getByRole("heading", { level: 1, name: "Connect to a bucket" }).waitFor();
    await fill(page, bucket);
    await page.getByRole("button", { name: "日本語" }).click();
    await page.getByRole("heading", { level: 1, name: "バケットに接続" }).waitFor();
    assert.deepEqual(
      await page.evaluate(() => [document.documentElement.lang, document.activeElement.textContent, document.querySelector("#endpoint").value, document.querySelector("#secret-access-key").value.length > 0]),
      ["ja", "English", world.endpoint, true],
    );
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "バケットに接続" }).waitFor();
    assert.equal(await page.evaluate(() => localStorage.getItem("sealdrop-language")), "ja");
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("heading", { level: 1, name: "Connect to a bucket" }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  });
});

test("where the browser speaks neither, the page is in English", async () => {
  await inBrowser({ locale: "fr-FR" }, async (page) => {
    await page.goto(world.app.url);
    await page.getByRole("heading", { level: 1, name: "Connect to a bucket" }).waitFor();
  });
});
