// Many small files: files per second against plain fetch PUTs of the same files, and how long the page was deaf at worst.
//
//   node tests/e2e/bench/small_files.mjs [FILES] [BYTES]
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findPort, startSeaweedFs } from "../../../scripts/seaweedfs.mjs";
import { serve } from "../../../scripts/serve.mjs";
import { connected } from "./connected.mjs";
import { corsRule } from "../harness.mjs";

const { AwsClient } = await import(createRequire(new URL("../../../scripts/s3.mjs", import.meta.url)).resolve("aws4fetch"));
/** As many as a browser has connections to one HTTP/1.1 host. */
const CONNECTIONS = 6;
const ROUNDS = 3;
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** Runs in the page: PUTs every file to its presigned URL, `lanes` at a time. Files per second. */
const plainPuts = async (urls, lanes) => {
  const { files } = document.getElementById("bench-files");
  let next = 0;
  const start = performance.now();
  const lane = async () => {
    for (let at = next++; at < files.length; at = next++) {
      const answer = await fetch(urls[at], { method: "PUT", body: files[at].slice(), credentials: "omit", cache: "no-store" });
      if (!answer.ok) throw new Error(`${answer.status}`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return files.length / ((performance.now() - start) / 1000);
};

/**
 * Runs in the page: keeps the longest task, and the longest time without a turn of a timer, from the moment the page is told
 * that files were picked. Before that the browser itself looks at each of them, whatever the page does with them.
 */
const watchStalls = () => {
  let last = performance.now();
  const begin = () => {
    window.worst = { task: 0, pause: 0, tasks: 0, since: performance.now() };
    last = performance.now();
  };
  begin();
  addEventListener("change", begin, true);
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      if (startTime < window.worst.since) continue;
      window.worst.task = Math.max(window.worst.task, duration);
      window.worst.tasks++;
    }
  }).observe({ type: "longtask" });
  setInterval(() => {
    const now = performance.now();
    window.worst.pause = Math.max(window.worst.pause, now - last - 10);
    last = now;
  }, 10);
};

/** Measures; `server` is a running SeaweedFS, `app` the served app. */
export const smallFiles = async ({ server, app, count = 10_000, bytes = 1024, rounds = ROUNDS, kinds = ["plain", "encrypted"], note = () => {} }) => {
  const folder = mkdtempSync(join(tmpdir(), "sealdrop-small-"));
  const files = Array.from({ length: count }, (_, n) => {
    const path = join(folder, `${String(n).padStart(6, "0")}.bin`);
    writeFileSync(path, randomBytes(bytes));
    return path;
  });
  const speeds = { plain: [], encrypted: [] };
  const figures = { files: count, bytes };
  const origin = new URL(app.url).origin;
  const { accessKeyId, secretAccessKey } = server.credentials;
  const signer = new AwsClient({ accessKeyId, secretAccessKey, region: "us-east-1", service: "s3" });
  let buckets = 0;
  try {
    // Alternating, so that whatever else the machine does meets both.
    for (let round = 0; round < rounds; round++) {
      for (const kind of kinds) {
        const bucket = `bench-small-${++buckets}`;
        await server.s3.createBucket(bucket);
        await server.s3.putCors(bucket, corsRule([origin]));
        const browser = await connected({ server, app, bucket });
        const { page } = browser;
        try {
          await page.evaluate(`(${watchStalls})()`);
          if (kind === "plain") {
            const urls = [];
            for (const path of files) {
              const url = new URL(`${server.endpoint}/${bucket}/${path.split("/").pop()}`);
              url.searchParams.set("X-Amz-Expires", "3600");
              urls.push((await signer.sign(url, { method: "PUT", aws: { signQuery: true } })).url);
            }
            await page.evaluate(`document.body.append(Object.assign(document.createElement("input"), { type: "file", multiple: true, id: "bench-files" }))`);
            await page.setFiles("#bench-files", files);
            speeds.plain.push(await page.evaluate(`(${plainPuts})(${JSON.stringify(urls)}, ${CONNECTIONS})`));
          } else {
            await page.setFiles("input[type=file]", files);
            await page.ended(`document.querySelector('[data-total="${count}"][data-done="${count}"],[data-failed]:not([data-failed="0"])')`);
            speeds.encrypted.push(count / (await page.evaluate("(performance.now() - window.worst.since) / 1000")));
            if (!(await page.evaluate(`Boolean(document.querySelector('[data-done="${count}"]'))`))) throw new Error("an upload failed");
            const worst = await page.evaluate("window.worst");
            figures.longest_task_ms = Math.max(figures.longest_task_ms ?? 0, worst.task);
            figures.longest_pause_ms = Math.max(figures.longest_pause_ms ?? 0, worst.pause);
            figures.long_tasks = Math.max(figures.long_tasks ?? 0, worst.tasks);
            figures.nodes = await page.evaluate(`document.querySelectorAll(".transfers li").length`);
          }
          note(kind, speeds[kind].at(-1), await page.evaluate("window.worst"));
        } finally {
          await browser.close();
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
  const ratios = speeds.encrypted.map((speed, round) => speed / speeds.plain[round]);
  if (speeds.plain.length > 0) figures.plain_files_s = median(speeds.plain);
  if (speeds.encrypted.length > 0) figures.encrypted_files_s = median(speeds.encrypted);
  // Round by round, because a machine is fast or slow for minutes.
  figures.small_files_per_plain = median(ratios);
  return figures;
};

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [count = 10_000, bytes = 1024, rounds = 1] = process.argv.slice(2).map(Number);
  const folder = mkdtempSync(join(tmpdir(), "sealdrop-bench-"));
  mkdirSync(folder, { recursive: true });
  const server = await startSeaweedFs({ folder: join(folder, "s3"), port: await findPort() });
  const app = await serve({ dist: process.env.DIST ?? fileURLToPath(new URL("../../../dist", import.meta.url)) });
  try {
    const note = (...what) => console.log(...what);
    console.table(await smallFiles({ server, app, count, bytes, rounds, note }));
  } finally {
    await app.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  }
}
