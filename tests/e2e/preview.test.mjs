// What is in an object, seen without downloading it: only what is authentic, only as much as is needed, never as markup.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { deflateSync } from "node:zlib";
import { chooseFiles, connect, queueEnds, startWorld, useKey } from "./harness.mjs";

let world, page, complaints, close, bucket;
before(async () => (world = await startWorld()));
after(() => world?.close());
beforeEach(async () => {
  ({ page, complaints, close } = await world.page());
  page.setDefaultTimeout(15_000);
  bucket = await world.bucket();
  await connect(world, page, bucket);
});
afterEach(async () => {
  await close();
  assert.deepEqual(complaints, [], "the page complained");
});

const MIB = 1 << 20;
const goTo = (place) => page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: place }).click();
const details = () => page.getByRole("region", { name: "Object details" });
const preview = () => details().getByRole("region", { name: "Preview" });
const open = async (key) => {
  await page.locator(`tr[data-key="${key}"]`).getByRole("button", { name: "Details" }).click();
  await details().getByRole("heading", { name: key }).waitFor();
  await details().locator("[data-cse]").waitFor();
};
/** Opens the details, presses the button, and gives what is shown then. */
const show = async (key) => {
  await open(key);
  await details().getByRole("button", { name: "Preview", exact: true }).click();
  await preview().locator(":not([aria-busy]) + *, .notice").first().waitFor();
  await preview().locator("[aria-busy]").waitFor({ state: "detached" });
  return preview().innerText();
};
const uploadAs = async (format, files) => {
  await goTo("Keys");
  await page.getByRole("combobox", { name: "Format" }).selectOption(format);
  await goTo("Browse");
  await chooseFiles(world, page, files.map(([name, buffer]) => ({ name, buffer: Buffer.from(buffer) })));
};
const crc32 = (bytes) => {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
};
const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type), data]);
  const word = (number) => Buffer.from(Uint32Array.of(number).buffer).reverse();
  return Buffer.concat([word(data.length), body, word(crc32(body))]);
};
/** A PNG of this size, one colour for each row. */
const png = (width, height) => {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const rows = Buffer.alloc(Math.min(height, 1000) * (1 + 3 * Math.min(width, 1000)), 0x55);
  for (let row = 0; row < rows.length; row += 1 + 3 * width) rows[row] = 0;
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
};

test("of a message the frames needed are fetched and checked: text, Japanese tables, pictures, markup as text", async () => {
  await useKey(page);
  const line = "2026-11-25 measured, 測定値 = 42\n";
  const log = Buffer.from(line.repeat(Math.ceil((9 * MIB) / Buffer.byteLength(line)) + 1));
  // 日付,温度 / 1日,"21,5" / <b>x</b>,-
  const table = Buffer.from("93fa95742c89b793780d0a3193fa2c2232312c35220d0a3c623e783c2f623e2c2d0d0a", "hex");
  const files = [
    ["log.txt", log],
    ["table.csv", table],
    ["picture.png", png(40, 30)],
    ["bomb.png", png(60_000, 60_000)],
    ["page.html", "<!doctype html><img src=x onerror=alert(1)><script>alert(2)</script>"],
    ["utf16.txt", Buffer.from("\ufeff温度 21,5\r\n", "utf16le")],
    ["empty.dat", ""],
    ["noise.dat", Buffer.from("\x89HDF\r\n\x1a\n\0\0", "latin1")],
  ];
  await uploadAs("esdk", files);
  await queueEnds(page, { done: files.length });

  let fetched = 0;
  page.on("response", (response) => {
    if (response.request().method() === "GET" && response.url().includes("/log.txt?")) fetched += Number(response.headers()["content-length"]);
  });
  const text = await show("log.txt");
  assert.match(text, /Text \(utf-8\), the first 128(\.0)? KiB of 9\.0+ MiB/);
  assert.match(text, /2 of 19 frames were read and checked/);
  assert.ok((await preview().locator("pre").innerText()).startsWith(line));
  assert.ok(fetched > MIB / 2 && fetched < 1.1 * MIB, `${fetched} bytes fetched`);

  assert.match(await show("table.csv"), /Table \(shift_jis\)/);
  assert.deepEqual(await preview().locator("th").allInnerTexts(), ["日付", "温度"]);
  assert.deepEqual(await preview().locator("td").allInnerTexts(), ["1日", "21,5", "<b>x</b>", "-"]);

  await show("picture.png");
  const picture = preview().getByRole("img");
  const shown = () => picture.evaluate((image) => image.decode().then(() => [image.naturalWidth, image.naturalHeight, image.src]));
  const [width, height, source] = await shown();
  assert.deepEqual([width, height], [40, 30]);
  assert.match(source, /^blob:/);
  const load = (url) => page.evaluate((src) => Object.assign(new Image(), { src }).decode().then(() => "there", () => "gone"), url);
  assert.equal(await load(source), "there");
  assert.match(await show("bomb.png"), /more pixels than a page can hold/);
  // The picture is gone, and its address with it.
  assert.equal(await load(source), "gone");

  await show("page.html");
  assert.match(await preview().locator("pre").innerText(), /<script>alert\(2\)<\/script>/);
  assert.equal(await preview().locator("script, img").count(), 0);
  assert.match(await show("utf16.txt"), /utf-16le[^]*温度 21,5/);
  assert.match(await show("empty.dat"), /The file is empty/);
  assert.match(await show("noise.dat"), /an HDF5 file[^]*89 48 44 46/);
  await preview().getByRole("button", { name: "Close preview" }).click();
  await preview().waitFor({ state: "detached" });

  // A flipped bit in the first frame or in the last, and a message cut at a frame's end.
  const stored = await world.s3.get(bucket, "log.txt");
  const flipped = (at) => {
    const copy = Buffer.from(stored);
    copy[at < 0 ? copy.length + at : at] ^= 1;
    return copy;
  };
  const damaged = { "first.txt": flipped(5000), "last.txt": flipped(-20), "cut.txt": stored.subarray(0, stored.length - (log.length % MIB) - 40) };
  for (const [key, bytes] of Object.entries(damaged)) await world.s3.put(bucket, key, bytes);
  await page.getByRole("button", { name: "Refresh" }).click();
  for (const key of Object.keys(damaged)) {
    assert.match(await show(key), /not authentic/i, key);
    assert.equal(await preview().locator("pre").count(), 0, key);
  }
  // A copy under another name says whose it is.
  await world.s3.put(bucket, "copy.csv", await world.s3.get(bucket, "table.csv"));
  await page.getByRole("button", { name: "Refresh" }).click();
  assert.match(await show("copy.csv"), /written as table\.csv/);
});

test("what is authentic only as a whole is read whole or not at all; plain objects are marked; old formats stay closed", async () => {
  await useKey(page);
  await uploadAs("s3ec-v3", [["small.txt", "one tag"], ["large.txt", Buffer.alloc(9 * MIB, "x")]]);
  await uploadAs("esdk-signed", [["signed.txt", "signed words"], ["signed-large.txt", Buffer.alloc(9 * MIB, "y")]]);
  const old = new URL("../vectors/esdk/v1-0378-multi-f128-n300.bin", import.meta.url);
  await world.s3.put(bucket, "old.bin", readFileSync(old));
  await world.s3.put(bucket, "plain.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
  await queueEnds(page, { done: 4 });
  await page.getByRole("button", { name: "Refresh" }).click();

  assert.match(await show("small.txt"), /one tag[^]*its tag checked/);
  assert.match(await show("large.txt"), /No preview: one tag at the end/);
  assert.match(await show("signed.txt"), /signed words[^]*its signature checked/);
  assert.match(await show("signed-large.txt"), /before its signature was checked/);
  assert.match(await show("plain.svg"), /alert\(1\)[^]*Not authenticated/);
  assert.equal(await preview().locator("svg, script").count(), 0);
  await open("old.bin");
  await details().getByText("Older formats have no preview").waitFor();
  assert.equal(await details().getByRole("button", { name: "Preview", exact: true }).count(), 0);

  // One changed byte of a small object, and of a signature.
  for (const key of ["small.txt", "signed.txt"]) {
    const bytes = await world.s3.get(bucket, key);
    bytes[bytes.length - 1] ^= 1;
    const metadata = key === "small.txt" ? Object.fromEntries([...(await world.s3.head(bucket, key))].filter(([name]) => name.startsWith("x-amz-meta-"))) : {};
    await world.s3.put(bucket, key, bytes, metadata);
  }
  await page.getByRole("button", { name: "Refresh" }).click();
  for (const key of ["small.txt", "signed.txt"]) assert.match(await show(key), /not authentic/i, key);
});
