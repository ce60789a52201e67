// A proxy in front of the S3 server with a gate for parts: so many pass, the others wait outside until it is opened.
import { createServer, request } from "node:http";

/**
 * Starts the proxy. Signatures stay valid: the Host header goes through as it came.
 * - `stored`: numbers of the parts whose success was answered to the page, in order.
 * - `waits()`: how many parts wait outside.
 * - `admit(n)`: `stored` begins anew, and only `n` more parts are let through.
 * - `release(n)`: `n` of the parts that wait are let through.
 * - `shut()`: no part is let through any more; `open()`: all are, those that wait too.
 */
export const startGate = async (endpoint) => {
  const { hostname, port } = new URL(endpoint);
  let free = Infinity;
  let waiting = [];
  const gate = { stored: [], waits: () => waiting.length };

  const forward = (incoming, answer, part) => {
    const { method, url, headers } = incoming;
    const outgoing = request({ hostname, port, method, path: url, headers }, (response) => {
      if (part && response.statusCode === 200) answer.once("finish", () => gate.stored.push(part));
      answer.writeHead(response.statusCode, response.rawHeaders);
      response.pipe(answer);
    });
    // Whichever side goes away first takes the other with it.
    outgoing.once("error", () => answer.destroy());
    answer.once("close", () => outgoing.destroy());
    incoming.pipe(outgoing);
  };

  const server = createServer((incoming, answer) => {
    const part = incoming.method === "PUT" && Number(new URL(incoming.url, endpoint).searchParams.get("partNumber"));
    if (part && free <= 0) {
      waiting.push(() => answer.destroyed || forward(incoming, answer, part));
      return;
    }
    if (part) free -= 1;
    forward(incoming, answer, part);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

  gate.endpoint = `http://127.0.0.1:${server.address().port}`;
  gate.admit = (parts) => {
    gate.stored = [];
    free = parts;
  };
  gate.release = (parts) => waiting.splice(0, parts).forEach((go) => go());
  gate.shut = () => (free = 0);
  gate.open = () => {
    free = Infinity;
    const held = waiting;
    waiting = [];
    held.forEach((go) => go());
  };
  gate.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return gate;
};
