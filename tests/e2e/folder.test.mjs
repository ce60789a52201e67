// What a person meets besides the main line: large folders, the keyboard, credentials files, files that would collide.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { startGate } from "./gate.mjs";
import { KEY, chooseFiles, connect, fillConnect, inWorld, queueEnds, useKey } from "./harness.mjs";

let world, page;
inWorld({ begin: (it) => void (world = it), each: (it) => (page = it) });

const choose = (files) => chooseFiles(world, page, files);
const file = (name, text) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });

/** A storage with `count` keys, five thousand per page: S3 lists a thousand, but every page costs the test half a second. */
const startBigBucket = async (count) => {
  const name = (n) => `run-${String(n).padStart(6, "0")}.dat`;
  let heads = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://x");
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-expose-headers", "ETag, x-amz-server-side-encryption");
    if (url.searchParams.get("list-type") !== "2") {
      heads += request.method === "HEAD";
      response.writeHead(200, { etag: '"e"', "x-amz-server-side-encryption": "AES256", "content-length": "5" });
      return response.end(request.method === "HEAD" ? undefined : "plain");
    }
    const from = Number(url.searchParams.get("continuation-token") ?? 0);
    const to = Math.min(from + 5000, count);
    const contents = Array.from({ length: to - from }, (_, i) => `<Contents><Key>${name(from + i)}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>"e"</ETag><Size>${from + i}</Size></Contents>`);
    response.writeHead(200, { "content-type": "application/xml" });
    response.end(`<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>big-bucket</Name><KeyCount>${to - from}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>${to < count}</IsTruncated>${to < count ? `<NextContinuationToken>${to}</NextContinuationToken>` : ""}${contents.join("")}</ListBucketResult>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { endpoint: `http://127.0.0.1:${server.address().port}`, heads: () => heads, close: () => server.close() };
};

test("100,000 keys scroll, filter and sort with a handful of rows in the page", async () => {
  const big = await startBigBucket(100_000);
  try {
    await connect(world, page, "big-bucket", { "Endpoint URL": big.endpoint });
    const list = page.getByRole("group", { name: "List of objects" });
    const end = () => list.evaluate((node) => (node.scrollTop = node.scrollHeight));
    const loaded = () => page.getByRole("table", { name: "Objects" }).getAttribute("aria-rowcount").then((text) => Number(text) - 1);
    const started = Date.now();
    while ((await loaded()) < 100_000) {
      const before = await loaded();
      await end();
      await page.waitForFunction((before) => Number(document.querySelector("table").getAttribute("aria-rowcount")) - 1 > before, before);
      assert.ok(Date.now() - started < 120_000, "loading took too long");
    }
    await end();
    await page.locator('tr[data-key="run-099999.dat"]').waitFor();
    assert.ok((await page.locator("tbody tr").count()) < 100);
    await page.getByRole("textbox", { name: "Filter" }).fill("4242");
    await page.locator('tr[data-key="run-004242.dat"]').waitFor();
    await page.getByRole("textbox", { name: "Filter" }).fill("");
    await end();
    await page.locator('tr[data-key="run-099999.dat"]').waitFor();
    // Long enough to be scrolled as well: it is shown from its beginning.
    await page.getByRole("textbox", { name: "Filter" }).fill("run-00");
    await page.locator('tr[data-key="run-000000.dat"]').waitFor();
    assert.equal(await list.evaluate((node) => node.scrollTop), 0);
    await page.getByRole("textbox", { name: "Filter" }).fill("");
    await page.getByRole("button", { name: "Size" }).click();
    await page.getByRole("button", { name: "Size" }).click();
    await list.evaluate((node) => (node.scrollTop = 0));
    await page.locator('tr[data-key="run-099999.dat"]').waitFor();
    assert.ok(big.heads() < 5_000, `only rows in sight are looked at, not ${big.heads()}`);
  } finally {
    big.close();
  }
});

test("each object in sight shows its own SSE and CSE state, unasked", async () => {
  const bucket = await world.bucket({ sse: true });
  await world.s3.put(bucket, "plain.txt", "as it is");
  await connect(world, page, bucket);
  await page.locator('tr[data-key="plain.txt"][data-sse="sse-s3"][data-cse="none"]').waitFor();
});

test("files that would become one object are never both sent", async () => {
  const bucket = await world.bucket();
  await connect(world, page, bucket);
  await useKey(page);
  // The same name composed and decomposed: two files to the system, one key to the storage.
  await choose([file("caf\u00e9.txt", "composed"), file("cafe\u0301.txt", "decomposed")]);
  await queueEnds(page, { done: 1, failed: 1 });
  await page.getByText("Another file in this queue becomes the same object").waitFor();
  assert.deepEqual((await world.s3.list(bucket)).map(({ key }) => key), ["caf\u00e9.txt"]);
});

test("a press on Cancel meets the file it was meant for while others move", async (t) => {
  const bucket = await world.bucket();
  const gate = await startGate(world.endpoint);
  t.after(gate.close);
  gate.admit(1);
  await connect(world, page, bucket, { "Endpoint URL": gate.endpoint });
  await useKey(page);
  const big = file("big.bin", Buffer.alloc(40 << 20, 1));
  await choose([big, ...Array.from({ length: 60 }, (_, n) => file(`small-${n}.txt`, `${n}`))]);
  // All lines are there: from now on only their states change.
  await page.locator('[data-total="61"]').first().waitFor({ state: "attached" });
  const button = page.locator('li[data-key="big.bin"]').getByRole("button", { name: "Cancel" });
  await button.hover();
  const { x, y, width, height } = await button.boundingBox();
  await page.waitForTimeout(1_000);
  await page.mouse.click(x + width / 2, y + height / 2);
  await page.locator('li[data-key="big.bin"][data-state="cancelled"]').waitFor({ timeout: 20_000 });
  await queueEnds(page, { done: 60 });
});

const CREDENTIALS = (world) => `[default]\naws_access_key_id = WRONG\naws_secret_access_key = wrong\n\n[lab]\naws_access_key_id = ${world.credentials.accessKeyId}\naws_secret_access_key = ${world.credentials.secretAccessKey}\nregion = us-east-1\n`;

test("a credentials file is read, pasted or dropped, and its profile chosen", async () => {
  const bucket = await world.bucket();
  const place = async () => {
    await page.goto("about:blank");
    await page.goto(`${world.app.url}#/connect?provider=seaweedfs&endpoint=${encodeURIComponent(world.endpoint)}&bucket=${bucket}`);
    await page.getByRole("button", { name: "Connect", exact: true }).waitFor();
  };
  const finish = async () => {
    await page.getByRole("combobox", { name: "Profile" }).selectOption({ label: "lab" });
    assert.equal(await page.getByRole("textbox", { name: "Access key ID" }).inputValue(), world.credentials.accessKeyId);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByRole("table", { name: "Objects" }).waitFor();
  };
  await place();
  await page.getByLabel("Credentials file").setInputFiles([{ name: "credentials", mimeType: "text/plain", buffer: Buffer.from(CREDENTIALS(world)) }]);
  await finish();

  await place();
  const event = (type, name) =>
    page.evaluate(
      ({ type, name, text }) => {
        const data = new DataTransfer();
        if (type === "paste") data.setData("text", text);
        else data.items.add(new File([text], "credentials"));
        const target = type === "paste" ? document.getElementById("access-key-id") : document.querySelector("[data-drop]");
        target.dispatchEvent(new (name === "ClipboardEvent" ? ClipboardEvent : DragEvent)(type, { bubbles: true, cancelable: true, [name === "ClipboardEvent" ? "clipboardData" : "dataTransfer"]: data }));
      },
      { type, name, text: CREDENTIALS(world) },
    );
  await event("paste", "ClipboardEvent");
  await finish();

  await place();
  await event("drop", "DragEvent");
  await finish();
});

test("the keyboard alone connects, sets a key, uploads, looks and deletes", async () => {
  const bucket = await world.bucket();
  const press = (keys) => page.keyboard.press(keys);
  const isOn = async (role, name) => assert.ok(await page.getByRole(role, { name, exact: true }).evaluateAll((nodes) => nodes.includes(document.activeElement)), `the focus is not back on ${name}`);
  /** Tabs until the focused element has this accessible name, as a person would. */
  const tabTo = async (role, name) => {
    for (let presses = 0; presses < 80; presses++) {
      const found = await page.getByRole(role, { name, exact: true }).evaluateAll((nodes) => nodes.includes(document.activeElement));
      if (found) {
        const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
        assert.notEqual(ring, "none", `the focus on ${name} is not visible`);
        return;
      }
      await press("Tab");
    }
    assert.fail(`Tab never reached ${role} ${name}`);
  };
  await page.goto(`${world.app.url}#/connect?provider=seaweedfs&endpoint=${encodeURIComponent(world.endpoint)}&bucket=${bucket}`);
  await page.getByRole("button", { name: "Connect", exact: true }).waitFor();
  await tabTo("textbox", "Access key ID");
  await page.keyboard.type(world.credentials.accessKeyId);
  await tabTo("textbox", "Secret access key");
  await page.keyboard.type(world.credentials.secretAccessKey);
  await press("Enter");
  await page.getByRole("table", { name: "Objects" }).waitFor();
  await tabTo("link", "Keys");
  await press("Enter");
  await tabTo("textbox", "Paste key");
  await page.keyboard.type(KEY);
  await press("Enter");
  await page.locator('li[aria-current="true"]').waitFor();
  for (let n = 0; n < 3; n++) await press("Shift+Tab");
  await page.getByRole("link", { name: "Browse" }).focus();
  await press("Enter");
  await page.getByRole("table", { name: "Objects" }).waitFor();
  await tabTo("button", "Upload files");
  const chooser = page.waitForEvent("filechooser");
  // The table is being filled meanwhile; the button stays what and where it is.
  await page.waitForTimeout(500);
  await press("Enter");
  await (await chooser).setFiles([file("typed.txt", "by hand")]);
  await queueEnds(page, { done: 1 });
  await tabTo("button", "Details");
  await press("Enter");
  const details = page.getByRole("region", { name: "Object details" });
  await details.getByText("AWS Encryption SDK").first().waitFor();
  await tabTo("button", "Preview");
  await press("Enter");
  const preview = page.getByRole("region", { name: "Preview" });
  await preview.getByText("by hand").waitFor();
  await tabTo("button", "Close preview");
  await press("Enter");
  await preview.waitFor({ state: "detached" });
  await isOn("button", "Preview");
  await tabTo("button", "Close");
  await press("Enter");
  await details.waitFor({ state: "detached" });
  await isOn("button", "Details");
  await tabTo("button", "Delete");
  await press("Enter");
  await page.getByRole("dialog").waitFor();
  await press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await isOn("button", "Delete");
  assert.ok(await world.s3.head(bucket, "typed.txt"));
  await tabTo("button", "Delete");
  await press("Enter");
  await tabTo("button", "Delete object");
  await press("Enter");
  await page.locator('tr[data-key="typed.txt"]').waitFor({ state: "detached" });
  assert.equal(await world.s3.head(bucket, "typed.txt"), undefined);
});

test("Copy says that it copied, or that the page may not", async () => {
  const bucket = await world.bucket();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await connect(world, page, bucket);
  await page.getByText("in a terminal").first().click();
  const copy = page.locator(".copyable").first();
  await copy.getByRole("button", { name: "Copy" }).click();
  await copy.getByRole("status").filter({ hasText: "Copied." }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), await copy.locator("pre").innerText());
  // As on every page that came over http.
  await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await copy.getByRole("button", { name: "Copy" }).click();
  await copy.getByRole("status").filter({ hasText: "This page may not copy" }).waitFor();
});

const LISTING = `<?xml version="1.0"?><ListBucketResult><Name>some-bucket</Name><IsTruncated>false</IsTruncated></ListBucketResult>`;
const OPEN = { "access-control-allow-origin": "*", "access-control-expose-headers": "Date" };

test("a clock that is wrong, and a public storage without https, are each said with the next step", async () => {
  const date = new Date(Date.now() - 3_600_000).toUTCString();
  let skewed = true;
  await page.route("http://s3.public.example/**", (route) =>
    skewed
      ? route.fulfill({ status: 403, headers: { ...OPEN, date, "content-type": "application/xml" }, body: "<Error><Code>RequestTimeTooSkewed</Code><Message>no</Message></Error>" })
      : route.fulfill({ status: 200, headers: { ...OPEN, "content-type": "application/xml" }, body: LISTING }),
  );
  const elsewhere = { "Endpoint URL": "http://s3.public.example" };
  await fillConnect(world, page, "some-bucket", elsewhere);
  await page.getByRole("alert").filter({ hasText: "clock" }).filter({ hasText: "ahead of" }).waitFor();
  skewed = false;
  await connect(world, page, "some-bucket", elsewhere);
  await page.getByRole("alert").filter({ hasText: "s3.public.example" }).filter({ hasText: "https" }).waitFor();
});
