// A small static server for `make run` and the tests: right media types, no caching, the page's policy as a header too
// (on every file, so that workers have it), and an optional config.json that is not part of dist.
//
//   node scripts/serve.mjs DIST PORT [CONFIG-FILE]
import { createReadStream, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { pathToFileURL } from "node:url";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** The policy of the built page, and frame-ancestors, which only a header can carry. */
const policyOf = (dist) => {
  const found = readFileSync(join(dist, "index.html"), "utf8").match(/http-equiv="Content-Security-Policy" content="([^"]+)"/);
  if (!found) throw new Error(`${dist}/index.html has no Content-Security-Policy`);
  return `${found[1]}; frame-ancestors 'none'`;
};

/**
 * Serves `dist` on 127.0.0.1. `port` 0 takes a free one; `base` is the folder under which it appears, such as `/tool/`;
 * `config` is sent as config.json, or 404 without it. Resolves to `{ url, port, close }`; rejects with EADDRINUSE.
 */
export const serve = ({ dist, port = 0, base = "/", config }) => {
  const headers = { "content-security-policy": policyOf(dist), "cache-control": "no-store", "x-content-type-options": "nosniff" };
  const server = createServer(async (request, response) => {
    const answer = (status, type, body) => {
      response.writeHead(status, { ...headers, "content-type": type });
      response.end(request.method === "HEAD" ? undefined : body);
    };
    if (request.method !== "GET" && request.method !== "HEAD") return answer(405, "text/plain", "method not allowed\n");
    let path;
    try {
      path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    } catch {
      return answer(400, "text/plain", "bad request\n");
    }
    if (!path.startsWith(base)) return answer(404, "text/plain", "not found\n");
    path = normalize(path.slice(base.length) || "index.html");
    if (path === "config.json" && config) return answer(200, TYPES[".json"], JSON.stringify(config, null, 2));
    if (path === ".." || path.startsWith(`..${sep}`)) return answer(404, "text/plain", "not found\n");
    const file = join(dist, path);
    const facts = await stat(file).catch(() => undefined);
    if (!facts?.isFile()) return answer(404, "text/plain", "not found\n");
    response.writeHead(200, {
      ...headers,
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-length": facts.size,
    });
    if (request.method === "HEAD") return response.end();
    createReadStream(file).on("error", () => response.destroy()).pipe(response);
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const actual = server.address().port;
      const close = () => {
        server.closeAllConnections();
        return new Promise((done) => server.close(done));
      };
      resolve({ url: `http://127.0.0.1:${actual}${base}`, port: actual, close });
    });
  });
};

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [dist, port, configFile] = process.argv.slice(2);
  if (!dist || !port) throw new Error("usage: node scripts/serve.mjs DIST PORT [CONFIG-FILE]");
  const config = configFile && JSON.parse(readFileSync(configFile, "utf8"));
  const { url } = await serve({ dist, port: Number(port), config });
  console.log(url);
}
