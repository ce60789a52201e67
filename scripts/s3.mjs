// A small signed S3 client, path style, independent of the app's own: it makes the demo's buckets, and tests ask it what
// is really stored.
import { createHash } from "node:crypto";
import { AwsClient } from "aws4fetch";

const xmlText = (text) => text.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);
const plainText = (xml) =>
  xml.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(lt|gt|amp|quot|apos));/g, (_, hex, decimal, name) =>
    name
      ? { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }[name]
      : String.fromCodePoint(hex ? parseInt(hex, 16) : Number(decimal)),
  );
const elements = (xml, name) => [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map((m) => m[1]);

/** The CORS rules of docs/cors.json's shape, as PutBucketCors wants them. */
const corsXml = ({ CORSRules }) => {
  const list = (name, values = []) => values.map((value) => `<${name}>${xmlText(String(value))}</${name}>`).join("");
  const rule = (r) =>
    `<CORSRule>${list("AllowedOrigin", r.AllowedOrigins)}${list("AllowedMethod", r.AllowedMethods)}` +
    `${list("AllowedHeader", r.AllowedHeaders)}${list("ExposeHeader", r.ExposeHeaders)}` +
    `${list("MaxAgeSeconds", r.MaxAgeSeconds ? [r.MaxAgeSeconds] : [])}</CORSRule>`;
  return `<CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${CORSRules.map(rule).join("")}</CORSConfiguration>`;
};

const SSE_S3 =
  '<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>' +
  "<ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault>" +
  "</Rule></ServerSideEncryptionConfiguration>";

/** Percent-encodes everything but unreserved characters, segment by segment. */
const encodeKey = (key) =>
  key
    .split("/")
    .map((part) => encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`))
    .join("/");

export class S3 {
  #client;
  #endpoint;

  constructor({ endpoint, region, accessKeyId, secretAccessKey }) {
    this.#endpoint = endpoint;
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, region, service: "s3", retries: 0 });
  }

  /** One request; throws on any status but 2xx, unless `allow` names it. */
  async send(method, path, { query = "", headers = {}, body, allow = [] } = {}) {
    const response = await this.#client.fetch(`${this.#endpoint}/${path}${query && `?${query}`}`, { method, headers, body });
    if (!response.ok && !allow.includes(response.status)) {
      throw new Error(`${method} /${path}?${query}: ${response.status} ${await response.text()}`);
    }
    return response;
  }

  /** A URL that carries its signature, for one hour. */
  async presign(method, bucket, key, query = "") {
    const url = `${this.#endpoint}/${bucket}/${encodeKey(key)}?X-Amz-Expires=3600${query && `&${query}`}`;
    return (await this.#client.sign(url, { method, aws: { signQuery: true } })).url;
  }

  /** Begins a multipart upload; resolves to its id. */
  async createUpload(bucket, key) {
    const xml = await (await this.send("POST", `${bucket}/${encodeKey(key)}`, { query: "uploads=" })).text();
    return elements(xml, "UploadId")[0];
  }

  /** Puts the parts with these ETags together. */
  async completeUpload(bucket, key, id, etags) {
    const parts = etags.map((etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${xmlText(etag)}</ETag></Part>`);
    const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
    const query = `uploadId=${encodeURIComponent(id)}`;
    await (await this.send("POST", `${bucket}/${encodeKey(key)}`, { query, body })).text();
  }

  /** Whether the server answers a signed request. */
  async isUp() {
    try {
      await (await this.send("GET", "")).text();
      return true;
    } catch {
      return false;
    }
  }

  async hasBucket(bucket) {
    return (await this.send("HEAD", bucket, { allow: [404] })).ok;
  }

  /** Makes a bucket, with default SSE-S3 if `sse`. */
  async createBucket(bucket, { sse = false } = {}) {
    await this.send("PUT", bucket);
    if (sse) await this.#putXml(bucket, "encryption", SSE_S3);
  }

  /** Removes a bucket and all that is in it. */
  async removeBucket(bucket) {
    for (const { key } of await this.list(bucket)) await this.delete(bucket, key);
    await this.send("DELETE", bucket);
  }

  /** Sets the bucket's CORS rules, in the shape of docs/cors.json. */
  async putCors(bucket, cors) {
    await this.#putXml(bucket, "cors", corsXml(cors));
  }

  async #putXml(bucket, query, body) {
    const md5 = createHash("md5").update(body).digest("base64");
    await this.send("PUT", bucket, { query, body, headers: { "content-type": "application/xml", "content-md5": md5 } });
  }

  async put(bucket, key, body, headers = {}) {
    await this.send("PUT", `${bucket}/${encodeKey(key)}`, { body, headers });
  }

  /** The stored bytes. */
  async get(bucket, key) {
    return Buffer.from(await (await this.send("GET", `${bucket}/${encodeKey(key)}`)).arrayBuffer());
  }

  /** The headers of HEAD, or undefined if there is no such object. */
  async head(bucket, key) {
    const response = await this.send("HEAD", `${bucket}/${encodeKey(key)}`, { allow: [404] });
    return response.ok ? response.headers : undefined;
  }

  async delete(bucket, key) {
    await this.send("DELETE", `${bucket}/${encodeKey(key)}`);
  }

  /** All keys under a prefix, as `{ key, size }`, in the server's order. */
  async list(bucket, prefix = "") {
    const found = [];
    let token;
    do {
      const query = new URLSearchParams({ "list-type": "2", "encoding-type": "url", prefix });
      if (token) query.set("continuation-token", token);
      const xml = await (await this.send("GET", bucket, { query: query.toString().replaceAll("+", "%20") })).text();
      for (const entry of elements(xml, "Contents")) {
        const key = decodeURIComponent(plainText(elements(entry, "Key")[0]).replaceAll("+", " "));
        found.push({ key, size: Number(elements(entry, "Size")[0]) });
      }
      token = elements(xml, "NextContinuationToken").map(plainText)[0];
    } while (token);
    return found;
  }

  /** Keys of unfinished multipart uploads. */
  async uploads(bucket) {
    const xml = await (await this.send("GET", bucket, { query: "uploads=" })).text();
    return elements(xml, "Upload").map((upload) => plainText(elements(upload, "Key")[0]));
  }
}
