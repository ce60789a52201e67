// Figures of the built app, as ratios within one run: a table, and target/bench.json. Absolute values drift.
// BENCH_MIB sets the size of the timed upload; BENCH_LARGE_MIB that of the one whose memory is watched.
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { findPort, startSeaweedFs } from "../../scripts/seaweedfs.mjs";
import { serve } from "../../scripts/serve.mjs";
import { startBareBrowser } from "./bare_browser.mjs";
import { encryptionSpeeds } from "./bench/encryption_speeds.mjs";
import { KEY, corsRule } from "./harness.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const TIMED_MIB = Number(process.env.BENCH_MIB ?? 512);
const LARGE_MIB = Number(process.env.BENCH_LARGE_MIB ?? 2048);
const ROUNDS = 3;
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

const folder = mkdtempSync(join(tmpdir(), "sealdrop-bench-"));
const server = await startSeaweedFs({ folder: join(folder, "s3"), port: await findPort() });
const app = await serve({ dist: here("../../dist") });
const figures = { machine: `${cpus().length} × ${cpus()[0].model}` };

/** A file of random bytes; each MiB differs from its neighbours. */
const randomFile = (mib) => {
  const path = join(folder, `${mib}.bin`);
  const file = openSync(path, "w");
  for (let written = 0; written < mib; written++) writeSync(file, randomBytes(1 << 20));
  closeSync(file);
  return path;
};

/** A browser connected to a bucket, with a key in use. */
const connected = async (bucket) => {
  const browser = await startBareBrowser();
  const { page } = browser;
  await page.goto(app.url);
  await page.until(`document.getElementById("endpoint")`);
  await page.choose("provider", "seaweedfs");
  const { accessKeyId, secretAccessKey } = server.credentials;
  const fields = { endpoint: server.endpoint, region: "us-east-1", bucket, "access-key-id": accessKeyId, "secret-access-key": secretAccessKey };
  for (const [id, value] of Object.entries(fields)) await page.fill(id, value);
  await page.click("Connect");
  await page.until(`location.hash.startsWith("#/browse")`);
  await page.click("Keys");
  await page.until(`document.getElementById("paste-key")`);
  await page.fill("paste-key", KEY);
  await page.click("Use key");
  await page.until(`document.querySelector('li[aria-current="true"]')`);
  await page.click("Browse");
  // How long the page was deaf at worst.
  await page.evaluate(`(() => {
    let last = performance.now();
    window.worstPause = 0;
    setInterval(() => { const now = performance.now(); window.worstPause = Math.max(window.worstPause, now - last - 10); last = now; }, 10);
  })()`);
  return browser;
};

/** Uploads a file from disk; seconds from the pick to the HEAD that proves it. */
const upload = async ({ page }, path, done) => {
  const start = performance.now();
  await page.setFiles("input[type=file]", [path]);
  await page.until(`document.querySelector('[data-done="${done}"],[data-failed]:not([data-failed="0"])')`, 1_800_000);
  if (!(await page.evaluate(`Boolean(document.querySelector('[data-done="${done}"]'))`))) throw new Error("an upload failed");
  return (performance.now() - start) / 1000;
};

const uploadSpeeds = async () => {
  const path = randomFile(TIMED_MIB);
  const bucket = "bench-speed";
  await server.s3.createBucket(bucket);
  await server.s3.putCors(bucket, corsRule([new URL(app.url).origin]));
  const seconds = { encrypted: [], plain: [] };
  // Alternating, so that whatever else the machine does meets both.
  for (let round = 0; round < ROUNDS; round++) {
    for (const kind of ["encrypted", "plain"]) {
      const browser = await connected(bucket);
      try {
        if (kind === "plain") await browser.page.switchEncryptionOff();
        seconds[kind].push(await upload(browser, path, 1));
        figures[`page_pause_${kind}_ms`] = Math.max(figures[`page_pause_${kind}_ms`] ?? 0, await browser.page.evaluate("window.worstPause"));
      } finally {
        await browser.close();
      }
      await server.s3.delete(bucket, `${TIMED_MIB}.bin`);
    }
  }
  figures.encrypted_upload_mib_s = TIMED_MIB / median(seconds.encrypted);
  figures.plain_upload_mib_s = TIMED_MIB / median(seconds.plain);
  figures.encrypted_per_plain = figures.encrypted_upload_mib_s / figures.plain_upload_mib_s;
  rmSync(path);
};

const memory = async (mib) => {
  const path = randomFile(mib);
  const bucket = `bench-memory-${mib}`;
  await server.s3.createBucket(bucket);
  await server.s3.putCors(bucket, corsRule([new URL(app.url).origin]));
  const browser = await connected(bucket);
  try {
    const idle = browser.rendererBytes();
    const stop = browser.watchMemory();
    const seconds = await upload(browser, path, 1);
    figures[`renderer_growth_${mib}_mib`] = (stop() - idle) / 2 ** 20;
    figures[`upload_${mib}_mib_s`] = mib / seconds;
  } finally {
    await browser.close();
    rmSync(path);
  }
};

try {
  const browser = await startBareBrowser();
  try {
    await browser.page.goto(app.url);
    await browser.page.until(`document.getElementById("endpoint")`);
    Object.assign(figures, await browser.page.evaluate(`(${encryptionSpeeds})()`));
  } finally {
    await browser.close();
  }
  await uploadSpeeds();
  await memory(256);
  await memory(LARGE_MIB);
  const dist = readdirSync(here("../../dist")).map((name) => readFileSync(join(here("../../dist"), name)));
  const total = (size) => dist.reduce((sum, bytes) => sum + size(bytes).length, 0) / 1024;
  figures.dist_raw_kib = total((bytes) => bytes);
  figures.dist_gzip_kib = total((bytes) => gzipSync(bytes, { level: 9 }));
  figures.dist_brotli_kib = total((bytes) => brotliCompressSync(bytes));
} finally {
  await app.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(here("../../target"), { recursive: true });
  writeFileSync(here("../../target/bench.json"), `${JSON.stringify(figures, null, 2)}\n`);
  console.table(Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, typeof value === "number" ? Number(value.toFixed(2)) : value])));
}
