// The audit of thousands of objects: one HEAD each, a few at a time, pause and stop, complete exports.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { startWorld } from "./harness.mjs";
import { startStub } from "./s3_stub.mjs";

let world, page, complaints, close, stub;
before(async () => (world = await startWorld()));
after(() => world?.close());
beforeEach(async () => {
  ({ page, complaints, close } = await world.page());
  page.setDefaultTimeout(15_000);
});
afterEach(async () => {
  await close();
  await stub?.close();
  assert.deepEqual(complaints, [], "the page complained");
});

const OBJECTS = 2000;
const PAGE = 1000;
const nameOf = (n) => `run/${String(n).padStart(5, "0")}`;

/** A stub with that many empty objects, every tenth of them plain; `hold(n)` stops HEADs from the n-th on until `go()`. */
const startMany = async () => {
  const heads = new Map();
  let [inFlight, most, limit, waiting] = [0, 0, Infinity, []];
  stub = await startStub({
    sseOnHead: (object) => (object.plain ? undefined : "AES256"),
    answer: async ({ method, key, query }) => {
      if (method === "GET" && !key && query.get("list-type") === "2") {
        if (query.get("prefix") === "none/") return { status: 200, body: "<ListBucketResult><Name>data</Name><IsTruncated>false</IsTruncated></ListBucketResult>" };
        const start = Number(query.get("continuation-token") ?? 0);
        const end = Math.min(start + PAGE, OBJECTS);
        const items = Array.from({ length: end - start }, (_, at) => `<Contents><Key>${encodeURIComponent(nameOf(start + at))}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag><Size>0</Size></Contents>`);
        const more = end < OBJECTS;
        return { status: 200, body: `<ListBucketResult><Name>data</Name><EncodingType>url</EncodingType><IsTruncated>${more}</IsTruncated>${more ? `<NextContinuationToken>${end}</NextContinuationToken>` : ""}${items.join("")}</ListBucketResult>` };
      }
      if (method !== "HEAD" || !key.startsWith("run/")) return;
      heads.set(key, (heads.get(key) ?? 0) + 1);
      most = Math.max(most, ++inFlight);
      if (heads.size > limit) await new Promise((go) => waiting.push(go));
      inFlight--;
    },
  });
  stub.buckets.set("data", {});
  for (let n = 0; n < OBJECTS; n++) stub.objects.set(`data/${nameOf(n)}`, { body: Buffer.alloc(0), headers: {}, plain: n % 10 === 0 });
  const go = () => ((limit = Infinity), waiting.splice(0).forEach((go) => go()));
  return { heads, most: () => most, hold: (n) => (limit = n), waiting: () => waiting.length, go };
};

const press = (name) => page.getByRole("button", { name, exact: true }).click();
/** Connects to an empty folder: HEADs of rows in sight would be counted too. */
const open = async () => {
  await page.goto(`${world.app.url}#/connect`);
  await page.getByRole("combobox", { name: "Provider" }).selectOption("other");
  for (const [name, value] of Object.entries({ "Endpoint URL": stub.endpoint, Region: "us-east-1", Bucket: "data", Prefix: "none/", "Access key ID": "AKID", "Secret access key": "secret" })) {
    await page.getByRole("textbox", { name, exact: true }).fill(value);
  }
  await press("Connect");
  await page.getByRole("table", { name: "Objects" }).waitFor();
  await page.getByRole("link", { name: "Bucket encryption" }).click();
  await page.getByRole("textbox", { name: "Only keys that start with" }).fill("");
  // Opening the page looks at some objects by itself.
  await page.getByRole("list", { name: "Evidence" }).waitFor();
};
const until = async (met) => {
  for (let tries = 0; !met(); tries++) {
    assert.ok(tries < 3000, `waited for ${met}`);
    await new Promise((next) => setTimeout(next, 20));
  }
};
const looked = async () => Number((await page.locator("[data-audit] [role=status]").textContent()).match(/([\d,  ]+) of/)[1].replace(/\D/g, ""));

test("2,000 objects: one HEAD each, six at a time, paused and resumed, counted and exported whole", async () => {
  const many = await startMany();
  await open();
  many.heads.clear();
  many.hold(1000);
  await press("Audit all objects");
  await until(() => many.waiting() > 0);
  await press("Pause audit");
  many.go();
  const atPause = await (async () => {
    // Those on their way arrive; then nothing does, however long other work takes.
    await page.getByText("Paused:").waitFor();
    await until(() => many.waiting() === 0);
    for (let tries = 0; (await looked()) !== many.heads.size; tries++) assert.ok(tries < 200, "the number on the page stays behind");
    const seen = many.heads.size;
    await press("Check CORS");
    await page.getByRole("region", { name: "CORS check" }).locator("li").first().waitFor();
    assert.equal(many.heads.size, seen);
    return seen;
  })();
  assert.ok(atPause >= 1000 && atPause < 1020, `${atPause} at the pause`);
  await press("Resume audit");
  await page.locator('[data-audit="over"]').waitFor({ timeout: 120_000 });
  assert.equal(many.heads.size, OBJECTS);
  // The CORS check looks at the first object too.
  assert.deepEqual([...many.heads].filter(([key, count]) => count !== 1 && key !== nameOf(0)), [], "exactly one HEAD for each");
  assert.ok(many.most() <= 6, `${many.most()} at a time`);
  assert.equal(await page.locator('.chart [data-sse="sse-s3"]').getAttribute("data-count"), "1800");
  assert.equal(await page.locator('.chart [data-sse="none"]').getAttribute("data-count"), "200");
  await page.locator(".chart").getByText("Not encrypted by the storage, client side").waitFor();
  const exceptions = page.getByRole("list", { name: "Objects that neither layer is known to protect" });
  assert.equal(await exceptions.getAttribute("data-count"), "200");
  assert.equal(await exceptions.locator("li").count(), 100, "the page shows the first");
  for (const [name, read] of [
    ["Save as CSV", (text) => text.trim().split("\r\n").slice(1).map((line) => line.split(",")).map(([key, , sse]) => [key, sse])],
    ["Save as JSON", (text) => JSON.parse(text).objects.map(({ key, sse }) => [key, sse])],
  ]) {
    const waiting = page.waitForEvent("download");
    await press(name);
    const rows = read(readFileSync(await (await waiting).path(), "utf8"));
    assert.deepEqual(rows, Array.from({ length: OBJECTS }, (_, n) => [nameOf(n), n % 10 ? "sse-s3" : "none"]), name);
  }
});

test("an audit that is stopped says how far it got, and its export says that it is not complete", async () => {
  const many = await startMany();
  await open();
  many.heads.clear();
  many.hold(700);
  await press("Audit all objects");
  await until(() => many.waiting() > 0);
  await press("Stop");
  many.go();
  await page.getByText("Stopped:").waitFor();
  const seen = await looked();
  assert.ok(seen >= 700 && seen < 720, `${seen}`);
  const waiting = page.waitForEvent("download");
  await press("Save as JSON");
  const json = JSON.parse(readFileSync(await (await waiting).path(), "utf8"));
  assert.deepEqual([json.complete, json.objects.length], [false, seen]);
});
