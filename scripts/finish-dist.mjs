// Trunk's last hook. It gives what Trunk cannot: a hashed name for the worker script, the wasm's digest where fetch can
// check it, and, with CONNECT_SRC set, a connect-src narrowed to one deployment's storage.
import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const dist = process.env.TRUNK_STAGING_DIR;
if (!dist) throw new Error("finish-dist.mjs is run by trunk: use `make dist`");

const page = join(dist, "index.html");
let html = readFileSync(page, "utf8");

/** Replaces exactly one match: a page that no longer looks as expected must not be shipped half done. */
const replaceOnce = (pattern, replacement) => {
  const found = html.match(new RegExp(pattern.source, "g"))?.length ?? 0;
  if (found !== 1) throw new Error(`index.html: ${pattern} found ${found} times instead of once`);
  html = html.replace(pattern, replacement);
};

const workerHash = createHash("sha256").update(readFileSync(join(dist, "worker.js"))).digest("hex").slice(0, 16);
const worker = `worker-${workerHash}.js`;
renameSync(join(dist, "worker.js"), join(dist, worker));

const wasm = html.match(/<meta name="sealdrop-wasm" content="\.\/([^"]+)">/)?.[1];
if (!wasm) throw new Error("index.html names no wasm module");
const digest = createHash("sha384").update(readFileSync(join(dist, wasm))).digest("base64");
replaceOnce(
  /<meta name="sealdrop-wasm" content="([^"]+)">/,
  `<meta name="sealdrop-wasm" content="$1" data-integrity="sha384-${digest}"><meta name="sealdrop-worker" content="./${worker}">`,
);
// A preload with a digest is not matched to the later fetch, so the module would come twice.
replaceOnce(/<link rel="preload"[^>]*as="fetch"[^>]*>/, "");

const connect = process.env.CONNECT_SRC?.trim();
if (connect) {
  for (const source of connect.split(/\s+/)) {
    if (!/^https?:\/\/[A-Za-z0-9.*-]+(:(\d+|\*))?$/.test(source)) {
      throw new Error(`CONNECT_SRC: "${source}" is not an origin such as https://s3.example`);
    }
  }
  replaceOnce(/connect-src 'self' https: http:;/, `connect-src 'self' ${connect.split(/\s+/).join(" ")};`);
}

writeFileSync(page, html);
