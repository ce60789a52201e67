// Figures of the built app, as ratios within one run: a table, and target/bench.json. Absolute values drift. A quick run:
//
//   BENCH_MIB=128 BENCH_FILES=500 BENCH_MEMORY_MIB=64,128 BENCH_ROUNDS=1 make bench
//
// BENCH_ONLY=encryption,uploads,files,memory,downloads,firefox,sizes leaves out what is not named. BENCH_DIR=/dev/shm
// keeps files and storage in memory, where the disk is what would be measured.
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { findPort, startSeaweedFs } from "../../scripts/seaweedfs.mjs";
import { serve } from "../../scripts/serve.mjs";
import { startBareBrowser } from "./bare_browser.mjs";
import { connected as connect } from "./bench/connected.mjs";
import { inWorker, oneShot, startWorker } from "./bench/encryption_speeds.mjs";
import { firefoxSoak } from "./bench/firefox_soak.mjs";
import { awsCopy, rcloneCrypt } from "./bench/peers.mjs";
import { addInput, putParts } from "./bench/plain_puts.mjs";
import { smallFiles } from "./bench/small_files.mjs";
import { median, newTable } from "./bench/table.mjs";
import { corsRule } from "./harness.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const number = (name, usual) => Number(process.env[name] ?? usual);
const MIB = number("BENCH_MIB", 1024);
const FILES = number("BENCH_FILES", 10_000);
const MEMORY_MIB = (process.env.BENCH_MEMORY_MIB ?? "256,1024,8192").split(",").map(Number);
const ROUNDS = number("BENCH_ROUNDS", 3);
const FILES_ROUNDS = Math.min(ROUNDS, 2);
const ONLY = process.env.BENCH_ONLY?.split(",");
/** As the app: bytes of a part, and parts of a file at a time. */
const PART = 8 << 20;
const PARTS_AT_A_TIME = 4;

const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "sealdrop-bench-"));
const server = await startSeaweedFs({ folder: join(folder, "s3"), port: await findPort() });
const app = await serve({ dist: here("../../dist") });
const table = newTable();

/** A file of random bytes, or a sparse one, of which each GiB has a random MiB. */
const makeFile = (name, mib, sparse = false) => {
  const path = join(folder, name);
  const file = openSync(path, "w");
  for (let at = 0; at < mib; at += sparse ? 1024 : 1) writeSync(file, randomBytes(1 << 20), 0, 1 << 20, at * 2 ** 20);
  ftruncateSync(file, mib * 2 ** 20);
  closeSync(file);
  return path;
};

const makeBucket = async (bucket) => {
  await server.s3.createBucket(bucket);
  await server.s3.putCors(bucket, corsRule([new URL(app.url).origin]));
  return bucket;
};

/** Calls a function of ours in the page. */
const inPage = ({ page }, run, argument) => page.evaluate(`(${run})(${JSON.stringify(argument ?? null)})`);

const withBrowser = async (start, work) => {
  const browser = await start();
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
};

/** A browser with the app's first page, opened under this host name. */
const opened = async (host = "127.0.0.1") => {
  const browser = await startBareBrowser(["--host-resolver-rules=MAP sealdrop.test 127.0.0.1"]);
  await browser.page.goto(app.url.replace("127.0.0.1", host));
  await browser.page.until(`document.getElementById("endpoint")`);
  return browser;
};

/** A connected browser that watches how long the page is deaf at worst. */
const connected = async (bucket, format = "esdk") => {
  const browser = await connect({ server, app, bucket, format });
  await browser.page.evaluate(`(() => {
    addEventListener("change", () => (window.pickedAt = Date.now()), true);
    let last = performance.now();
    window.worstPause = 0;
    setInterval(() => { const now = performance.now(); window.worstPause = Math.max(window.worstPause, now - last - 10); last = now; }, 10);
  })()`);
  return browser;
};

/** Waits until so many transfers are done; throws if one failed. */
const ended = async ({ page }, done) => {
  await page.ended(`document.querySelector('[data-done="${done}"],[data-failed]:not([data-failed="0"])')`);
  if (!(await page.evaluate(`Boolean(document.querySelector('[data-done="${done}"]'))`))) throw new Error("a transfer failed");
};

/** Uploads files from disk; seconds from the moment the page has them to the HEAD that proves the last. */
const upload = async (browser, paths) => {
  await browser.page.setFiles("#choose-files", paths);
  await ended(browser, paths.length);
  return (Date.now() - (await browser.page.evaluate("window.pickedAt"))) / 1000;
};

/** Downloads an object that the list shows; seconds. */
const download = async (browser, key) => {
  const row = `document.querySelector('tr[data-key="${key}"]')`;
  await browser.page.until(row);
  const start = performance.now();
  await browser.page.evaluate(`[...${row}.querySelectorAll("button")].find((button) => button.textContent.trim().startsWith("Download")).click()`);
  await ended(browser, 1);
  return (performance.now() - start) / 1000;
};

const worstPause = ({ page }) => page.evaluate("window.worstPause");

const encryption = async () => {
  const sizes = [256, 512, 768, 1024].map((kib) => kib << 10);
  const mib = Math.min(MIB, 256);
  const kinds = ["run in place", "run", "frames"];
  const speeds = { crate: [], ...Object.fromEntries(kinds.map((kind) => [kind, []])) };
  for (const size of sizes) speeds[size] = [];
  const path = makeFile("read.bin", 32);
  // Where the host name is not trusted there is no WebCrypto, and the app falls back to the crate aes-gcm.
  await withBrowser(() => opened("sealdrop.test"), (bare) =>
    withBrowser(opened, async (trusted) => {
      for (const browser of [bare, trusted]) {
        await inPage(browser, startWorker);
        await inPage(browser, addInput);
        await browser.page.setFiles("#bench-files", [path]);
        await inPage(browser, inWorker, { mib: 16, kind: "frames", frame: 512 << 10 });
      }
      for (let round = 0; round < Math.max(ROUNDS, 2) * 2 - 1; round++) {
        for (const size of sizes) speeds[size].push(await inPage(trusted, oneShot, { mib, size }));
        for (const kind of kinds) speeds[kind].push(await inPage(trusted, inWorker, { mib, kind, frame: 512 << 10 }));
        speeds.crate.push(await inPage(bare, inWorker, { mib: 32, kind: "frames", frame: 512 << 10 }));
      }
    }),
  );
  rmSync(path);
  const best = Math.max(...sizes.map((size) => median(speeds[size])));
  table.add("one-message GCM in a worker ÷ one-shot WebCrypto, best call size", median(speeds["run in place"]) / best, ["≥", 0.75], { mib_s: speeds });
  table.add("the same with reading the file", median(speeds.run) / best);
  table.add("frames in a worker, with reading the file", median(speeds.frames) / best);
  table.add("one-message GCM in a worker, with reading the file ÷ crate aes-gcm in wasm", median(speeds.run) / median(speeds.crate), ["≥", 8]);
};

const uploads = async () => {
  const path = makeFile("timed.bin", MIB);
  let bucket;
  const key = "timed.bin";
  const parts = Math.ceil(MIB / (PART >> 20));
  const pauses = {};
  const byApp = (name, format) =>
    withBrowser(() => connected(bucket, format), async (browser) => {
      if (name === "slices (the app, encryption off)") await browser.page.switchEncryptionOff();
      const seconds = await upload(browser, [path]);
      pauses[name] = Math.max(pauses[name] ?? 0, await worstPause(browser));
      return seconds;
    });
  const byPage = (bodies) =>
    withBrowser(() => connected(bucket), async (browser) => {
      await inPage(browser, addInput);
      await browser.page.setFiles("#bench-files", [path]);
      const start = performance.now();
      const id = await server.s3.createUpload(bucket, key);
      const url = (index) => server.s3.presign("PUT", bucket, key, `partNumber=${index + 1}&uploadId=${encodeURIComponent(id)}`);
      const urls = await Promise.all(Array.from({ length: parts }, (_, index) => url(index)));
      const etags = await inPage(browser, putParts, { urls, part: PART, atATime: PARTS_AT_A_TIME, bodies });
      await server.s3.completeUpload(bucket, key, id, etags);
      return (performance.now() - start) / 1000;
    });
  const peer = () => ({ ...server, bucket, path, key });
  const kinds = {
    "encrypted (ESDK)": () => byApp("encrypted (ESDK)", "esdk"),
    "encrypted (S3EC V3)": () => byApp("encrypted (S3EC V3)", "s3ec-v3"),
    "plain, same buffers": () => byPage("buffers"),
    "slices": () => byPage("slices"),
    "slices (the app, encryption off)": () => byApp("slices (the app, encryption off)", "esdk"),
    "rclone crypt": () => rcloneCrypt(peer()),
    "aws s3 cp": () => awsCopy(peer()),
  };
  const seconds = {};
  // Alternating, so that whatever else the machine does meets all of them.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(kinds)) {
      // One each: with its bucket the server gives an object's room back at once.
      bucket = await makeBucket(`bench-${randomBytes(4).toString("hex")}`);
      (seconds[name] ??= []).push(await run());
      console.error(`${name}: ${(MIB / seconds[name].at(-1)).toFixed(0)} MiB/s`);
      await server.s3.removeBucket(bucket);
    }
  }
  rmSync(path);
  const speed = (name) => MIB / median(seconds[name]);
  const made = { seconds, mib_s: Object.fromEntries(Object.keys(kinds).map((name) => [name, speed(name)])) };
  for (const format of ["ESDK", "S3EC V3"]) {
    // Round by round, because a machine is fast or slow for minutes.
    const ratio = (other) => median(seconds[`encrypted (${format})`].map((ours, round) => seconds[other][round] / ours));
    const add = (other, aim) => table.add(`encrypted upload (${format}) ÷ ${other}`, ratio(other), ["≥", aim], made);
    add("plain, same buffers", 0.9);
    add("slices", 0.7);
    add("rclone crypt", 1.5);
    add("aws s3 cp", 1);
  }
  for (const [name, pause] of Object.entries(pauses)) table.add(`longest stall of the page, ms: ${name}`, pause, ["≤", 100]);
};

const manySmall = async () => {
  const found = await smallFiles({ server, app, count: FILES, rounds: FILES_ROUNDS, note: (...what) => console.error(...what) });
  table.add(`${FILES} × 1 KiB: files/s ÷ plain fetch PUTs`, found.small_files_per_plain, ["≥", 0.8], found);
  table.add(`${FILES} × 1 KiB: longest task of the page, ms`, found.longest_task_ms, ["≤", 100]);
  table.add(`${FILES} × 1 KiB: longest time without a turn of a timer, ms`, found.longest_pause_ms, ["≤", 100]);
};

const memory = async () => {
  /** Does the work in a fresh browser, and notes by how much that has grown at most. */
  const watched = (what, mib, bucket, format, work) =>
    withBrowser(() => connected(bucket, format), async (browser) => {
      const idle = browser.rendererBytes();
      const stop = browser.watchMemory();
      const seconds = await work(browser);
      const made = { mib_s: mib / seconds, worst_pause_ms: await worstPause(browser) };
      table.add(`renderer peak above idle, MiB: ${what} of ${mib} MiB (${format})`, (stop() - idle) / 2 ** 20, ["≤", 200], made);
    });
  for (const mib of MEMORY_MIB) {
    const path = makeFile("watched.bin", mib, mib > 2048);
    // Down as well, as one GCM message, which is authentic only as a whole; the largest file up only.
    const formats = mib > 2048 ? ["esdk"] : ["esdk", "s3ec-v3"];
    for (const format of formats) {
      const bucket = await makeBucket(`bench-memory-${mib}-${format}`);
      await watched("upload", mib, bucket, format, (browser) => upload(browser, [path]));
      if (mib <= 2048) await watched("download", mib, bucket, format, (browser) => download(browser, "watched.bin"));
      await server.s3.removeBucket(bucket);
    }
    rmSync(path);
  }
};

const downloads = async () => {
  const path = makeFile("stored.bin", MIB);
  const buckets = { esdk: "bench-down-esdk", "s3ec-v3": "bench-down-s3ec", plain: "bench-down-plain" };
  for (const [kind, bucket] of Object.entries(buckets)) {
    await makeBucket(bucket);
    await withBrowser(() => connected(bucket, kind === "plain" ? "esdk" : kind), async (browser) => {
      if (kind === "plain") await browser.page.switchEncryptionOff();
      await upload(browser, [path]);
    });
  }
  rmSync(path);
  const seconds = { esdk: [], "s3ec-v3": [], plain: [] };
  let pause = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const [kind, bucket] of Object.entries(buckets)) {
      await withBrowser(() => connected(bucket), async (browser) => {
        seconds[kind].push(await download(browser, "stored.bin"));
        pause = Math.max(pause, await worstPause(browser));
      });
    }
  }
  const speed = (kind) => MIB / median(seconds[kind]);
  const made = { seconds, mib_s: Object.fromEntries(Object.keys(seconds).map((kind) => [kind, speed(kind)])) };
  for (const kind of ["esdk", "s3ec-v3"]) {
    table.add(`download, verify, decrypt to OPFS (${kind}) ÷ plain download to OPFS`, speed(kind) / speed("plain"), ["≥", 0.75], made);
  }
  table.add("longest stall of the page, ms: downloads", pause, ["≤", 100]);
};

const firefox = async () => {
  const path = makeFile("soaked.bin", MIB);
  const bucket = await makeBucket("bench-firefox");
  const found = await firefoxSoak({ server, app, bucket, path, folder });
  for (const way of ["upload", "download"]) {
    table.add(`Firefox ESR, growth of all its processes, MiB: ${way} of ${MIB} MiB`, found[`${way}_growth_mib`], undefined, found);
  }
  rmSync(path);
  await server.s3.removeBucket(bucket);
};

const sizes = async () => {
  const dist = readdirSync(here("../../dist")).map((name) => readFileSync(join(here("../../dist"), name)));
  const total = (size) => dist.reduce((sum, bytes) => sum + size(bytes).length, 0) / 1024;
  table.add("dist, KiB", total((bytes) => bytes));
  table.add("dist with gzip, KiB", total((bytes) => gzipSync(bytes, { level: 9 })));
  table.add("dist with brotli, KiB", total((bytes) => brotliCompressSync(bytes)));
};

try {
  for (const [name, run] of Object.entries({ encryption, uploads, files: manySmall, memory, downloads, firefox, sizes })) {
    if (!ONLY || ONLY.includes(name)) await run();
  }
} finally {
  await app.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  mkdirSync(here("../../target"), { recursive: true });
  const machine = `${cpus().length} × ${cpus()[0].model}`;
  writeFileSync(here("../../target/bench.json"), `${JSON.stringify({ machine, mib: MIB, rounds: ROUNDS, figures: table.detail }, null, 2)}\n`);
  table.print();
}
