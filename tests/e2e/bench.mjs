// Figures of the built app in Chromium against a local SeaweedFS. Prints a table and writes target/bench.json.
import { mkdirSync, openSync, readFileSync, readdirSync, ftruncateSync, closeSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { connect, startWorld, useKey } from "./harness.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const MIB = 1 << 20;
const world = await startWorld();
const figures = { machine: `${cpus().length} × ${cpus()[0].model}` };

/** A file of zeros that takes no disk: the cipher and the network do not mind. */
const sparse = (mib) => {
  const path = join(world.folder, `${mib}.bin`);
  const file = openSync(path, "w");
  ftruncateSync(file, mib * MIB);
  closeSync(file);
  return path;
};

/** Resident MiB of the largest renderer process. */
const renderer = () => {
  const sizes = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map((pid) => {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer")) return 0;
      return Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)[1]) / 1024;
    } catch {
      return 0; // it ended while we looked
    }
  });
  return Math.max(0, ...sizes);
};

/** Uploads one file; resolves to its MiB/s and the renderer's peak above idle. */
const upload = async (mib, encrypted) => {
  const bucket = await world.bucket();
  const { page, close } = await world.page();
  await connect(world, page, bucket);
  if (encrypted) await useKey(page);
  else {
    await page.getByRole("button", { name: "Turn encryption off…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Turn encryption off" }).click();
  }
  const path = sparse(mib);
  const idle = renderer();
  let peak = idle;
  const watch = setInterval(() => (peak = Math.max(peak, renderer())), 100);
  const start = performance.now();
  await page.getByLabel("Choose files").setInputFiles(path);
  await page.locator('li[data-state="done"]').waitFor({ timeout: 600_000 });
  const seconds = (performance.now() - start) / 1000;
  clearInterval(watch);
  await world.s3.delete(bucket, `${mib}.bin`);
  await close();
  return { speed: mib / seconds, growth: peak - idle };
};

/** MiB/s of WebCrypto AES-GCM in calls of 1 MiB, two at a time, in the page. */
const oneShot = async () => {
  const { page, close } = await world.page();
  await page.goto(world.app.url);
  const speed = await page.evaluate(async () => {
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
    const data = new Uint8Array(1 << 20);
    const call = (n) => crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(new BigUint64Array([BigInt(n), 0n]).buffer, 0, 12) }, key, data);
    for (let n = 0; n < 32; n += 2) await Promise.all([call(n), call(n + 1)]);
    const start = performance.now();
    for (let n = 32; n < 544; n += 2) await Promise.all([call(n), call(n + 1)]);
    return 512 / ((performance.now() - start) / 1000);
  });
  await close();
  return speed;
};

try {
  figures.webcrypto_1mib_calls_mib_s = await oneShot();
  const plain = await upload(512, false);
  const encrypted = await upload(512, true);
  figures.upload_512_plain_mib_s = plain.speed;
  figures.upload_512_encrypted_mib_s = encrypted.speed;
  figures.upload_512_encrypted_over_plain = encrypted.speed / plain.speed;
  figures.renderer_growth_256_mib = (await upload(256, true)).growth;
  figures.renderer_growth_2048_mib = (await upload(2048, true)).growth;
  const dist = readdirSync(here("../../dist")).map((name) => readFileSync(join(here("../../dist"), name)));
  const total = (size) => dist.reduce((sum, bytes) => sum + size(bytes).length, 0) / 1024;
  figures.dist_raw_kib = total((bytes) => bytes);
  figures.dist_gzip_kib = total((bytes) => gzipSync(bytes, { level: 9 }));
  figures.dist_brotli_kib = total((bytes) => brotliCompressSync(bytes));
} finally {
  await world.close();
}
mkdirSync(here("../../target"), { recursive: true });
writeFileSync(here("../../target/bench.json"), `${JSON.stringify(figures, null, 2)}\n`);
console.table(Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, typeof value === "number" ? Number(value.toFixed(2)) : value])));
