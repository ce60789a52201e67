// "Failed to fetch" resolved: every cause of a connection that fails has a sentence of its own, and a next step.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { chooseFiles, connect, fillConnect, queueEnds, startWorld, switchEncryptionOff } from "./harness.mjs";
import { startStub } from "./s3_stub.mjs";

let world, page, complaints, close;
const stubs = [];
before(async () => (world = await startWorld()));
after(() => world?.close());
beforeEach(async () => {
  ({ page, complaints, close } = await world.page());
  page.setDefaultTimeout(30_000);
});
afterEach(async () => {
  await close();
  for (const stub of stubs.splice(0)) await stub.close();
  assert.deepEqual(complaints, [], "the page complained");
});

const stubbed = async (options) => {
  const stub = await startStub(options);
  stubs.push(stub);
  stub.buckets.set("data", {});
  return stub;
};
const unreadable = (error) => ({ ...error, cors: false });
// The page signs its listing; the diagnosis asks for the bucket alone, unsigned.
const isSigned = ({ query }) => query.has("list-type");

/** Tries to connect; the alert must hold these words, and the list of questions these answers, in this order. */
const seen = async (endpoint, words, answers, changes = {}) => {
  await fillConnect(world, page, "data", { "Endpoint URL": endpoint, "Access key ID": "AKID", "Secret access key": "secret", ...changes });
  const alert = page.getByRole("alert").filter({ hasText: words[0] });
  await alert.waitFor();
  for (const part of words) assert.ok((await alert.textContent()).includes(part), `${part} in: ${await alert.textContent()}`);
  const found = await page.getByRole("region", { name: "Diagnosis" }).locator("li").evaluateAll((items) => items.map((item) => item.dataset.ok));
  assert.deepEqual(found, answers);
  assert.equal(await page.getByText("Failed to fetch").count(), 0, "the browser's own words say nothing");
};

test("readable refusals: wrong region, access denied, no such bucket, wrong key, wrong secret", async () => {
  for (const [status, code, extra, words] of [
    [400, "AuthorizationHeaderMalformed", "<Region>eu-west-1</Region>", ["another region", "Set the region to eu-west-1"]],
    [301, "PermanentRedirect", "<Endpoint>data.s3.eu-west-1.amazonaws.com</Endpoint>", ["another region", "endpoint of that region"]],
    [403, "AccessDenied", "", ["may not do that", "Ask the bucket's owner"]],
    [404, "NoSuchBucket", "", ["no bucket named data", "Check its name"]],
    [403, "InvalidAccessKeyId", "", ["does not know this access key ID", "Check it"]],
    [403, "SignatureDoesNotMatch", "", ["secret access key does not fit", "Paste it again"]],
    [400, "ExpiredToken", "", ["session token has expired", "Get new credentials"]],
  ]) {
    const stub = await stubbed({ answer: ({ error }) => error(status, code, extra) });
    await seen(stub.endpoint, words, []);
  }
});

test("the region in a header counts where CORS shows it", async () => {
  const stub = await stubbed({ expose: "x-amz-bucket-region", answer: () => ({ status: 301, headers: { "x-amz-bucket-region": "ap-northeast-1" } }) });
  await seen(stub.endpoint, ["another region", "Set the region to ap-northeast-1"], []);
});

test("a redirect to another region's endpoint, which no page may follow", async () => {
  const elsewhere = await stubbed({ answer: () => unreadable({ status: 200 }) });
  const stub = await stubbed({ answer: ({ method }) => (method === "OPTIONS" ? undefined : { status: 307, headers: { location: `${elsewhere.endpoint}/data` } }) });
  await seen(stub.endpoint, ["another region", "Ask the bucket's owner for its region"], ["true", "true", "true", "true", "unknown"]);
});

test("no CORS at all: the rule is missing, or a refusal without CORS; both are named", async () => {
  const stub = await stubbed({ answer: ({ error }) => unreadable(error(403, "AccessDenied")) });
  await seen(stub.endpoint, ["may not read it", `no CORS rule for ${world.origin}`, "Check the key and the name first"], ["true", "true", "true", "true", "unknown"]);
});

test("a wrong key, when only the refusal of signed requests lacks CORS", async () => {
  const stub = await stubbed({ answer: (call) => (isSigned(call) ? unreadable(call.error(403, "InvalidAccessKeyId")) : call.error(403, "AccessDenied")) });
  await seen(stub.endpoint, ["kept from this page", "check both"], ["true", "true", "true", "true", "true", "false"]);
});

/** Answers as Amazon and MinIO do to what was signed for another time: for a query it is AccessDenied, and only its end is dated. */
const clocked = ({ words, serverTime = false }) => ({ method, query, headers, signedAt }) => {
  if (method === "OPTIONS" || !signedAt) return undefined;
  const late = Date.now() - Date.parse(signedAt.replace(/(....)(..)(..)T(..)(..)(..)Z/, "$1-$2-$3T$4:$5:$6Z"));
  if (Math.abs(late) <= 15 * 60_000) return undefined;
  const time = `<ServerTime>${new Date().toISOString()}</ServerTime>`;
  const refused = (code, message, extra = "") => ({ status: 403, body: `<Error><Code>${code}</Code><Message>${message}</Message>${extra}</Error>` });
  if (headers["x-amz-date"]) return refused("RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", time);
  return late < 0 ? refused("AccessDenied", words) : refused("AccessDenied", "Request has expired", serverTime ? time : "");
};

for (const [where, expose, words, serverTime] of [
  ["Amazon, whose Date the rule shows", "ETag, Date", "Request is not yet valid", true],
  ["MinIO", "ETag, Date", "Request is not valid yet", false],
  ["a storage that hides its time: this page's server tells", "ETag", "Request is not yet valid", false],
]) {
  test(`a clock 20 minutes ahead is corrected when connecting, and again when the person sets it: ${where}`, async () => {
    const stub = await stubbed({ expose, answer: clocked({ words, serverTime }) });
    await page.addInitScript(() => {
      const now = Date.now;
      globalThis.ahead = 20 * 60_000;
      Date.now = () => now() + globalThis.ahead;
    });
    await connect(world, page, "data", { "Endpoint URL": stub.endpoint });
    const banner = page.getByText(/clock is 20 min ahead of the storage's/);
    await banner.waitFor();
    assert.equal(await page.getByText(/may not do that/).count(), 0);
    await switchEncryptionOff(page);
    await chooseFiles(world, page, [{ name: "before.txt", buffer: Buffer.from("before") }]);
    await queueEnds(page, { done: 1 });
    if (!expose.includes("Date")) return;
    await page.evaluate(() => (globalThis.ahead = 0));
    await chooseFiles(world, page, [{ name: "after.txt", buffer: Buffer.from("after") }]);
    await queueEnds(page, { done: 2 });
    await banner.waitFor({ state: "detached" });
  });
}

test("this computer's clock is far off", async () => {
  const stub = await stubbed({ answer: (call) => (isSigned(call) ? unreadable(call.error(403, "RequestTimeTooSkewed")) : undefined) });
  await page.addInitScript(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 3 * 3600 * 1000;
  });
  await seen(stub.endpoint, ["clock is 3 h", "ahead", "Set the clock"], ["true", "true", "true", "false", "true", "false"]);
});

test("offline, no server at this port, a name that does not exist, a server without TLS", async () => {
  const stub = await stubbed();
  await stub.close();
  stubs.pop();
  await seen(stub.endpoint, ["Nothing answers at", "Check the endpoint's name and port"], ["true", "true", "false"]);
  await seen("https://s3.nowhere.invalid", ["Nothing answers at https://s3.nowhere.invalid", "the certificate"], ["true", "true", "false"]);
  const plain = await stubbed();
  await seen(plain.endpoint.replace("http:", "https:"), ["Nothing answers at", "the certificate"], ["true", "true", "false"]);
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "This computer is offline." }).waitFor();
});

test("the bucket's own host is asked, not the endpoint's: no such name, no certificate", async () => {
  const context = page.context();
  await context.route("http://data.s3.example/**", (route) => route.abort("namenotresolved"));
  await context.route("http://s3.example/**", (route) => route.fulfill({ status: 200 }));
  await page.goto(`${world.app.url}#/connect?provider=other&endpoint=http://s3.example&region=us-east-1&bucket=data&style=virtual`);
  for (const name of ["Access key ID", "Secret access key"]) await page.getByRole("textbox", { name, exact: true }).fill("AKID");
  const isTold = async (words, next) => {
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await page.getByRole("alert").filter({ hasText: words }).getByText(next).waitFor();
    const found = page.getByRole("region", { name: "Diagnosis" }).locator("li");
    assert.deepEqual(await found.evaluateAll((items) => items.map((item) => item.dataset.ok)), ["true", "true", "false"]);
  };
  await isTold("http://s3.example answers, but nothing answers at http://data.s3.example", "Choose path-style addressing");
  await context.unroute("http://s3.example/**");
  await context.route("http://s3.example/**", (route) => route.abort("namenotresolved"));
  await isTold("Nothing answers at http://data.s3.example.", "whether this network reaches it");
});

test("an https page may not talk to a plain http endpoint", async () => {
  await page.context().route("https://portal.example/**", async (route) => {
    const { pathname } = new URL(route.request().url());
    await route.fulfill({ response: await route.fetch({ url: new URL(pathname.slice(1), world.app.url).href }) });
  });
  const secure = { ...world, app: { ...world.app, url: "https://portal.example/" } };
  await fillConnect(secure, page, "data", { "Endpoint URL": "http://s3.example", "Access key ID": "AKID", "Secret access key": "secret" });
  const alert = page.getByRole("alert").filter({ hasText: "This page came over https" });
  await alert.getByText("Use the storage's https endpoint").waitFor();
});

test("a storage that never answers keeps nobody from connecting to another", async () => {
  const silent = await stubbed({ answer: () => new Promise(() => {}) });
  const stub = await stubbed();
  await fillConnect(world, page, "data", { "Endpoint URL": silent.endpoint, "Access key ID": "AKID", "Secret access key": "secret" });
  await page.getByRole("status").filter({ hasText: "Connecting" }).first().waitFor();
  await page.getByRole("textbox", { name: "Endpoint URL" }).fill(stub.endpoint);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByRole("table", { name: "Objects" }).waitFor();
});
