// Figures of the built app. Prints a table and writes target/bench.json. Uploads are not timed here: a page driven by
// this automation has its request bodies captured, which slows them more than tenfold.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { startWorld } from "./harness.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const world = await startWorld();
const figures = { machine: `${cpus().length} × ${cpus()[0].model}` };

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
