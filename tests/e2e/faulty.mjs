// A proxy in front of the S3 server that breaks what it is told to break.
import { createServer, request } from "node:http";
import { finished, pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";

/** The S3 operation of a request; only those that the tests break have names of their own. */
const operation = (method, query) => {
  if (query.has("partNumber")) return "UploadPart";
  if (query.has("uploads")) return method === "POST" ? "CreateMultipartUpload" : "ListMultipartUploads";
  if (query.has("uploadId")) return { POST: "CompleteMultipartUpload", DELETE: "AbortMultipartUpload", GET: "ListParts" }[method];
  if (query.has("list-type")) return "ListObjectsV2";
  return { PUT: "PutObject", GET: "GetObject", HEAD: "HeadObject" }[method] ?? method;
};

const error = (code) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}, says the proxy.</Message></Error>`;

/** Answers with this status and error code; the server behind never hears of the request. */
export const refuse = (status, code) => ({ status, body: error(code) });
/** The connection breaks when so many bytes of the request have come. */
export const cutRequest = (bytes) => ({ cutRequest: bytes });
/** The server does it, but its answer never comes. */
export const loseAnswer = { cutAnswer: 0 };
/** The connection breaks after so many bytes of the answer's body. */
export const cutAnswer = (bytes) => ({ cutAnswer: bytes });
/** One byte of the request's body arrives as another. */
export const corrupt = { corrupt: true };
/** The server gets the request twice, and the second answer is the one that counts. */
export const twice = { twice: true };
/** Nothing comes back, for as long as the page waits; the server never hears of it. */
export const hang = { cutRequest: Infinity };
/** The request waits outside until this promise is kept; then it goes through. */
export const held = (until) => ({ held: until });
/** The answer comes in small pieces. */
export const drip = { drip: true };
/** Nothing happens before `moment` is there; then this fault does, or none. */
export const notBefore = (moment, fault = {}) => ({ moment, fault });
/** The request is taken in small pieces: some 2.5 MiB a second. */
export const dripIn = { dripIn: true };

/**
 * Starts the proxy. Signatures stay valid: the Host header goes through as it came. `fault(request)` is asked for every
 * request `{ operation, key, part, range, count }` (the `count`-th of its operation and part, from 1) and gives one of the
 * faults above or nothing; `log` has what was asked, as `operation` or `UploadPart:number`; `stored` the numbers of the
 * parts that the page knows to be stored, and `complete`.
 */
export const startFaulty = async (endpoint) => {
  const { hostname, port } = new URL(endpoint);
  const proxy = { fault: () => undefined, log: [], stored: new Set() };

  /** The server's answer, broken as the fault says. Rejects when either side goes away. */
  const answerWith = async (response, answer, fault, what) => {
    if (what && response.statusCode === 200) answer.once("finish", () => proxy.stored.add(what));
    if (fault.cutAnswer === 0) {
      await finished(response.resume());
      return void answer.destroy();
    }
    answer.writeHead(response.statusCode, response.rawHeaders);
    if (!fault.drip && !fault.cutAnswer) return pipeline(response, answer);
    let sent = 0;
    for await (const bytes of response) {
      answer.write(fault.cutAnswer ? bytes.subarray(0, fault.cutAnswer - sent) : bytes);
      sent += bytes.length;
      if (fault.cutAnswer && sent >= fault.cutAnswer) {
        // Let what was written leave first.
        await pause(50);
        return void answer.destroy();
      }
      if (fault.drip) await pause(5);
    }
    answer.end();
  };

  const pass = (incoming, answer, fault, what) => {
    const { method, url, headers } = incoming;
    // Whoever goes away, the page or the server, takes the other side along.
    const outgoing = request({ hostname, port, method, path: url, headers }, (response) => {
      response.on("error", () => answer.destroy());
      answerWith(response, answer, fault, what).catch(() => answer.destroy());
    });
    outgoing.on("error", () => answer.destroy());
    answer.once("close", () => outgoing.destroy());
    if (fault.dripIn) {
      const taken = async function* () {
        for await (const bytes of incoming) {
          yield bytes;
          await pause(bytes.length / 2_600);
        }
      };
      return void pipeline(taken, outgoing).catch(() => answer.destroy());
    }
    if (!fault.corrupt) return void incoming.pipe(outgoing);
    let first = true;
    incoming.on("data", (bytes) => {
      const broken = Buffer.from(bytes);
      if (first) broken[broken.length >> 1] ^= 1;
      first = false;
      outgoing.write(broken);
    });
    incoming.on("end", () => outgoing.end());
  };

  /** Sends the whole request once for nothing, then for the answer. */
  const passTwice = async (incoming, answer) => {
    const body = [];
    for await (const bytes of incoming) body.push(bytes);
    const { method, url, headers } = incoming;
    const send = () =>
      new Promise((resolve, reject) => {
        request({ hostname, port, method, path: url, headers }, resolve).on("error", reject).end(Buffer.concat(body));
      });
    await finished((await send()).resume());
    await answerWith(await send(), answer, {});
  };

  const server = createServer((incoming, answer) => {
    // The page may hang up at any time: with nobody to tell, that is no error of this process.
    incoming.on("error", () => answer.destroy());
    answer.on("error", () => answer.destroy());
    const query = new URL(incoming.url, endpoint).searchParams;
    const key = decodeURIComponent(new URL(incoming.url, endpoint).pathname.split("/").slice(2).join("/"));
    const asked = { operation: operation(incoming.method, query), key, part: Number(query.get("partNumber")) || undefined, range: incoming.headers.range };
    if (incoming.method === "OPTIONS") return pass(incoming, answer, {});
    const name = asked.part ? `${asked.operation}:${asked.part}` : asked.operation;
    proxy.log.push(name);
    const count = proxy.log.filter((earlier) => earlier === name).length;
    const fault = proxy.fault({ ...asked, count }) ?? {};
    if (fault.moment) fault.moment.then(() => answer.destroyed || answerAsTold(incoming, answer, asked, fault.fault));
    else answerAsTold(incoming, answer, asked, fault);
  });

  const answerAsTold = (incoming, answer, asked, fault) => {
    if (fault.status) {
      incoming.resume().once("end", () => {
        answer.writeHead(fault.status, { "access-control-allow-origin": "*", "content-type": "application/xml" });
        answer.end(fault.body);
      });
    } else if (fault.cutRequest !== undefined) {
      let come = 0;
      incoming.on("data", (bytes) => (come += bytes.length) >= fault.cutRequest && answer.destroy());
    } else if (fault.held) {
      fault.held.then(() => answer.destroyed || pass(incoming, answer, {}, asked.part));
    } else if (fault.twice) {
      passTwice(incoming, answer).catch(() => answer.destroy());
    } else {
      pass(incoming, answer, fault, asked.part ?? (asked.operation === "CompleteMultipartUpload" ? "complete" : undefined));
    }
  };
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

  proxy.endpoint = `http://127.0.0.1:${server.address().port}`;
  /** Everything goes through again, and the log begins anew. */
  proxy.heal = () => {
    proxy.fault = () => undefined;
    proxy.log.length = 0;
    proxy.stored.clear();
  };
  proxy.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return proxy;
};
