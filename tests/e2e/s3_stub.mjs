// A scripted stub (not an S3 server): it answers as storages were seen to answer, for what no server does on demand.
import { createServer } from "node:http";

const error = (status, code, extra = "") => ({ status, body: `<Error><Code>${code}</Code><Message>${code}</Message>${extra}</Error>` });
const xmlText = (text) => text.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Multipart uploads, as far as an upload that works needs them. */
const multipart = (uploads) => ({ method, bucket, key, query, headers, body, objects }) => {
  if (method === "POST" && query.has("uploads")) {
    const id = `upload-${uploads.size + 1}`;
    uploads.set(id, { at: `${bucket}/${key}`, headers, parts: new Map() });
    return { status: 200, body: `<InitiateMultipartUploadResult><Bucket>${bucket}</Bucket><Key>${xmlText(key)}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>` };
  }
  if (method === "GET" && !key && query.has("uploads")) {
    const open = [...uploads].filter(([, upload]) => upload.at.startsWith(`${bucket}/`));
    const item = ([id, upload]) => `<Upload><Key>${encodeURIComponent(upload.at.slice(bucket.length + 1))}</Key><UploadId>${id}</UploadId><Initiated>2026-01-01T00:00:00.000Z</Initiated></Upload>`;
    return { status: 200, body: `<ListMultipartUploadsResult><Bucket>${bucket}</Bucket><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${open.map(item).join("")}</ListMultipartUploadsResult>` };
  }
  if (!query.has("uploadId")) return;
  const upload = uploads.get(query.get("uploadId"));
  if (!upload) return error(404, "NoSuchUpload");
  const number = Number(query.get("partNumber"));
  const range = headers["x-amz-copy-source-range"]?.match(/^bytes=(\d+)-(\d+)$/);
  if (method === "PUT" && range) {
    const [start, end] = range.slice(1).map(Number);
    upload.parts.set(number, { start, length: end + 1 - start, source: headers["x-amz-copy-source"], ifMatch: headers["x-amz-copy-source-if-match"] });
    return { status: 200, body: `<CopyPartResult><ETag>"p${number}"</ETag></CopyPartResult>` };
  }
  if (method === "PUT") return upload.parts.set(number, body) && { status: 200, headers: { etag: `"p${number}"` } };
  if (method === "DELETE") return uploads.delete(query.get("uploadId")), { status: 204 };
  const parts = [...upload.parts].sort(([a], [b]) => a - b);
  if (method === "GET") {
    const item = ([number, part]) => `<Part><PartNumber>${number}</PartNumber><ETag>"p${number}"</ETag><Size>${part.length}</Size></Part>`;
    return { status: 200, body: `<ListPartsResult><IsTruncated>false</IsTruncated>${parts.map(item).join("")}</ListPartsResult>` };
  }
  uploads.delete(query.get("uploadId"));
  const made = parts.map(([, part]) => part);
  const copied = made[0].source && { copied: made, size: made.reduce((sum, { length }) => sum + length, 0) };
  objects.set(upload.at, { ...(copied || { body: Buffer.concat(made) }), headers: upload.headers });
  return { status: 200, body: `<CompleteMultipartUploadResult><ETag>"e-${parts.length}"</ETag></CompleteMultipartUploadResult>` };
};

/**
 * Starts a stub: `answer({ method, bucket, key, query, headers, signedAt, body, objects, buckets, usual })` may return
 * `{ status, headers, body, cors }` to override the plain S3-like behaviour, which `usual()` gives. `signedAt` is the time
 * that the request was signed for, as it was sent (20130524T000000Z). `log` holds every
 * request line. `cors: false` leaves the CORS headers off an answer, as storages do where no bucket was read; an object
 * stands in their place.
 */
export const startStub = async ({ answer = () => undefined, expose = "*", sseOnHead = () => undefined } = {}) => {
  const log = [];
  const [objects, buckets, uploads] = [new Map(), new Map(), new Map()];
  const parts = multipart(uploads);
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url, "http://stub");
    const [, bucket, ...rest] = url.pathname.split("/");
    const key = decodeURIComponent(rest.join("/"));
    const signedAt = url.searchParams.get("X-Amz-Date") ?? request.headers["x-amz-date"];
    const signature = [...url.searchParams.keys()].filter((name) => name.startsWith("X-Amz-"));
    for (const name of signature) url.searchParams.delete(name);
    const query = url.searchParams;
    const method = request.method;
    log.push(`${method} /${bucket}${key && `/${key}`}${[...query.keys()].length ? `?${query}` : ""}`);
    const usual = () => {
      if (method === "OPTIONS") return { status: 200 };
      const at = `${bucket}/${key}`;
      if (!key && method === "PUT" && !query.size) return buckets.set(bucket, { encrypted: request.headers["x-amz-scal-server-side-encryption"] }) && { status: 200 };
      if (!buckets.has(bucket)) return { ...error(404, "NoSuchBucket"), cors: false };
      const part = parts(call);
      if (part) return part;
      if (query.has("cors")) return method === "PUT" ? { status: 200 } : error(404, "NoSuchCORSConfiguration");
      if (query.has("encryption")) return error(501, "NotImplemented");
      if (!key && method === "HEAD") return { status: 200 };
      if (!key) {
        const keys = [...objects.keys()].filter((name) => name.startsWith(`${bucket}/${query.get("prefix") ?? ""}`)).sort();
        const item = (name) => `<Contents><Key>${encodeURIComponent(name.slice(bucket.length + 1))}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>"e"</ETag><Size>${objects.get(name).size ?? objects.get(name).body.length}</Size></Contents>`;
        return { status: 200, body: `<ListBucketResult><Name>${bucket}</Name><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${keys.map(item).join("")}</ListBucketResult>` };
      }
      const source = decodeURIComponent(request.headers["x-amz-copy-source"] ?? "").slice(1);
      if (method === "PUT" && source) return objects.set(at, { ...objects.get(source), before: false }) && { status: 200, body: "<CopyObjectResult><ETag>&quot;e&quot;</ETag></CopyObjectResult>" };
      if (method === "PUT") return objects.set(at, { body, headers: request.headers }) && { status: 200, headers: { etag: '"e"' } };
      if (method === "DELETE") return objects.delete(at), { status: 204 };
      const object = objects.get(at);
      if (!object) return error(404, "NoSuchKey");
      const sse = sseOnHead(object, buckets.get(bucket));
      const metadata = Object.fromEntries(Object.entries(object.headers).filter(([name]) => name.startsWith("x-amz-meta-")));
      const { "content-type": type = "binary/octet-stream", "cache-control": cache } = object.headers;
      const about = { etag: '"e"', "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT", "content-type": type, ...(cache && { "cache-control": cache }), ...metadata, ...(sse && { "x-amz-server-side-encryption": sse }) };
      if (object.size === undefined) return { status: 200, headers: about, body: object.body };
      // Nothing but a size: zeros.
      if (method === "HEAD") return { status: 200, headers: { ...about, "content-length": object.size } };
      const [first, last] = request.headers.range.match(/\d+/g).map(Number);
      return { status: 206, headers: { ...about, "content-range": `bytes ${first}-${last}/${object.size}` }, body: Buffer.alloc(last + 1 - first) };
    };
    const call = { method, bucket, key, query, headers: request.headers, signedAt, body, objects, buckets, error, usual };
    const { status, headers = {}, body: text = "", cors = true } = (await answer(call)) ?? usual();
    const permissive = {
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, HEAD, PUT, POST, DELETE",
      "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*",
      ...(expose && { "access-control-expose-headers": expose === "*" ? "ETag, x-amz-server-side-encryption, Server" : expose }),
    };
    response.writeHead(status, { server: "stub", "content-length": Buffer.byteLength(text), ...(cors === true ? permissive : cors || {}), ...headers });
    response.end(method === "HEAD" ? undefined : text);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return { endpoint: `http://127.0.0.1:${server.address().port}`, log, objects, buckets, uploads, close };
};
