// How storages that cannot be installed here answer, as scripts for the stub. docs/servers.md says where each trait was seen.

const SSE = "x-amz-server-side-encryption";
const elements = (xml, name) => [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, "gs"))].map((m) => m[1]);

/** The bucket's rules as PutBucketCors writes them. */
const readRules = (xml) =>
  elements(xml, "CORSRule").map((rule) => ({ origins: elements(rule, "AllowedOrigin"), methods: elements(rule, "AllowedMethod"), expose: elements(rule, "ExposeHeader") }));
const writeRules = (rules) => {
  const list = (name, values) => values.map((value) => `<${name}>${value}</${name}>`).join("");
  const rule = ({ origins, methods, expose }) => `<CORSRule>${list("AllowedOrigin", origins)}${list("AllowedMethod", methods)}<AllowedHeader>*</AllowedHeader>${list("ExposeHeader", expose)}</CORSRule>`;
  return `<CORSConfiguration>${rules.map(rule).join("")}</CORSConfiguration>`;
};

/** The CORS headers of an answer by the bucket's rules; `false` where none applies. */
const corsOf = (bucket, headers, method) => {
  const rule = (bucket?.rules ?? []).find((rule) => [headers.origin, "*"].some((origin) => rule.origins.includes(origin)) && rule.methods.includes(method));
  return rule && { "access-control-allow-origin": headers.origin, "access-control-allow-methods": rule.methods.join(", "), "access-control-expose-headers": rule.expose.join(", "), vary: "Origin" };
};

/** The rule of docs/cors.json, in the stub's form. */
export const documentedRules = (cors) => cors.CORSRules.map((rule) => ({ origins: rule.AllowedOrigins, methods: rule.AllowedMethods, expose: rule.ExposeHeaders }));

const rulesOfBuckets = ({ method, query, body, headers, error }, bucket) => {
  if (!query.has("cors")) return;
  if (method === "GET") return bucket.rules ? { status: 200, body: writeRules(bucket.rules) } : error(404, "NoSuchCORSConfiguration");
  if (!headers["content-md5"]) return error(400, "InvalidRequest");
  bucket.rules = readRules(body.toString());
  return { status: 200 };
};

const defaultOfBuckets = ({ method, query, body, headers, error }, bucket) => {
  if (!query.has("encryption")) return;
  if (method === "GET") {
    if (!bucket.encrypted) return error(404, "ServerSideEncryptionConfigurationNotFoundError");
    return { status: 200, body: `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>${bucket.encrypted}</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>` };
  }
  const xml = body.toString();
  const [algorithm] = elements(xml, "SSEAlgorithm");
  if (!headers["content-md5"]) return error(400, "MissingContentMD5");
  if (elements(xml, "Rule").length !== 1) return error(400, "MalformedXML");
  if (algorithm === "AES256" && xml.includes("KMSMasterKeyID")) return error(400, "InvalidArgument");
  bucket.encrypted = algorithm;
  return { status: 200 };
};

/**
 * Scality cloudserver: 7.4 (ABCI 2.0 until 2022), 7.10 and 8. `openPreflights`: something in front of it answers the
 * browser's preflights for buckets that do not exist yet, which it itself never does.
 */
export const scality = ({ old = false, openPreflights = false } = {}) => ({
  // Objects keep what held when they were stored; PUT, Create and Complete say nothing of it.
  sseOnHead: (object, bucket) => object.headers[SSE] ?? (object.before ? undefined : bucket?.encrypted),
  answer: (call) => {
    const { method, bucket: name, key, query, headers, buckets, error, usual } = call;
    const bucket = buckets.get(name);
    if (method === "OPTIONS") {
      if (openPreflights && !bucket?.rules) return;
      if (!bucket) return { ...error(404, "NoSuchBucket"), cors: false };
      const cors = corsOf(bucket, headers, headers["access-control-request-method"]);
      if (!cors) return { ...error(403, "AccessForbidden"), cors: false };
      return { status: 200, cors: { ...cors, "access-control-allow-headers": headers["access-control-request-headers"] ?? "" } };
    }
    const unread = openPreflights; // before the bucket was read, no rule is known
    const unsupported = Object.keys(headers).some((header) => (old ? header.startsWith(SSE) : header.startsWith(`${SSE}-customer`) || header === `${SSE}-context`));
    if (unsupported || (old && query.has("encryption"))) return { ...error(501, "NotImplemented"), cors: unread };
    if (method === "PUT" && !key && !query.size) {
      const asked = headers["x-amz-scal-server-side-encryption"];
      if (asked && !/SignedHeaders=[^,]*x-amz-scal-server-side-encryption/.test(headers.authorization ?? "")) return { ...error(403, "AccessDenied"), cors: unread };
      // A bucket one has is answered by 200 and stays as it is; so does one asked for with a word it does not know.
      if (!bucket) buckets.set(name, { encrypted: ["AES256", "aws:kms"].includes(asked) ? asked : undefined });
      return { status: 200, headers: { location: `/${name}` }, cors: unread };
    }
    if (!bucket) return { ...error(404, "NoSuchBucket"), cors: unread };
    const cors = corsOf(bucket, headers, method) ?? (openPreflights && !bucket.rules);
    const asked = headers[SSE];
    const refused = asked && !["AES256", "aws:kms"].includes(asked) && error(400, "InvalidArgument");
    const keyless = headers[`${SSE}-aws-kms-key-id`] && asked !== "aws:kms" && error(400, "InvalidArgument");
    return { cors, ...(refused || keyless || rulesOfBuckets(call, bucket) || defaultOfBuckets(call, bucket) || usual()) };
  },
});

/** Garage 2.5: SSE-S3 taken and ignored, SSE-C real, no `?encryption`; preflights are always answered. */
export const garage = () => ({
  answer: (call) => {
    const { method, bucket: name, key, headers, query, buckets, objects, error, usual } = call;
    if (method === "OPTIONS") return;
    const bucket = buckets.get(name);
    if (!bucket) return;
    const cors = corsOf(bucket, headers, method);
    const stored = key && objects.get(`${name}/${key}`)?.headers[`${SSE}-customer-key-md5`];
    const wrong = ["GET", "HEAD"].includes(method) && stored && stored !== headers[`${SSE}-customer-key-md5`];
    const answer = (wrong && error(400, "InvalidRequest")) || (query.has("encryption") && error(501, "NotImplemented")) || rulesOfBuckets(call, bucket) || usual();
    const shown = stored && !wrong && { [`${SSE}-customer-algorithm`]: "AES256", [`${SSE}-customer-key-md5`]: stored };
    return { ...answer, cors: cors ?? false, headers: { ...answer.headers, ...shown } };
  },
});

const EVERYTHING = { "access-control-allow-origin": "*", "access-control-allow-methods": "GET, HEAD, PUT, POST, DELETE", "access-control-expose-headers": "*" };
const everything = (headers) => ({ ...EVERYTHING, "access-control-allow-headers": headers["access-control-request-headers"] ?? "*" });

/** MinIO, community edition, without a KMS: one CORS setting for the whole server, and no SSE-S3. */
export const minio = () => ({
  answer: ({ method, bucket, headers, query, buckets, usual }) => {
    const cors = everything(headers);
    const refusal = (status, code, message) => ({ status, cors, body: `<Error><Code>${code}</Code><Message>${message}</Message></Error>` });
    if (method === "OPTIONS") return { status: 200, cors };
    if (query.has("cors")) return refusal(501, "NotImplemented", "A header you provided implies functionality that is not implemented");
    if (!buckets.has(bucket) && method !== "PUT") return refusal(404, "NoSuchBucket", "The specified bucket does not exist");
    const noKms = () => refusal(501, "NotImplemented", "Server side encryption specified but KMS is not configured");
    if (query.has("encryption")) return method === "PUT" ? noKms() : refusal(404, "ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found");
    if (headers[SSE]) return noKms();
    return { ...usual(), cors };
  },
});

/** moto 5.2 and its like: everything is taken, and HEAD repeats what it was told; keys of SSE-C are swallowed. */
export const echo = () => ({
  sseOnHead: (object, bucket) => object.headers[SSE] ?? bucket?.encrypted,
  answer: (call) => {
    const { method, bucket: name, key, headers, query, buckets, objects, error, usual } = call;
    const cors = everything(headers);
    if (method === "OPTIONS") return { status: 200, cors };
    const bucket = buckets.get(name);
    if (!bucket && method !== "PUT") return { ...error(404, "NoSuchBucket"), cors };
    const told = objects.get(`${name}/${key}`)?.headers ?? {};
    const repeated = Object.fromEntries(Object.entries(told).filter(([header]) => header.startsWith(`${SSE}-customer`)));
    const answer = (query.size && bucket && (rulesOfBuckets(call, bucket) || defaultOfBuckets(call, bucket))) || usual();
    return { ...answer, cors, headers: { ...answer.headers, ...(["GET", "HEAD"].includes(method) && repeated) } };
  },
});

/** A gateway without any SSE, as ABCI 3.0's is documented; it ignores what it does not know. */
export const withoutSse = () => ({
  answer: (call) => {
    const { method, bucket: name, headers, query, buckets, error, usual } = call;
    const bucket = buckets.get(name);
    if (!bucket) return { ...error(404, "NoSuchBucket"), cors: false };
    if (method === "OPTIONS") {
      const cors = corsOf(bucket, headers, headers["access-control-request-method"]);
      return cors ? { status: 200, cors: { ...cors, "access-control-allow-headers": headers["access-control-request-headers"] ?? "" } } : { ...error(403, "AccessForbidden"), cors: false };
    }
    const answer = (query.has("encryption") && error(501, "NotImplemented")) || rulesOfBuckets(call, bucket) || usual();
    return { ...answer, cors: corsOf(bucket, headers, method) ?? false };
  },
});
