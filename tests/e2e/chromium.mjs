// The Chromium of the tests, as Playwright launches it, but that large bodies of requests stay in the browser.
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

/** Longer bodies are not shown to the driver. */
const SHOWN_BYTES = 65_536;

/**
 * Launches it. Playwright has the browser send it the body of every request, as base64 in a message: that takes a second
 * or two for a part of 8 MiB, most of what an upload takes. There is no option against it, but the command has one. With
 * `bodies` all are sent, for a test that looks into them.
 */
export const launchChromium = async ({ bodies = false } = {}) => {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
  });
  if (bodies) return browser;
  // Inner names of Playwright, whose version is pinned. Whoever raises it and finds them changed: look for "Network.enable".
  const connection = browser._connection?.toImpl?.(browser)?._connection;
  assert.equal(typeof connection?._rawSend, "function", "playwright-core has changed inside: see chromium.mjs");
  const send = connection._rawSend.bind(connection);
  connection._rawSend = (session, method, parameters) =>
    send(session, method, method === "Network.enable" ? { ...parameters, maxPostDataSize: SHOWN_BYTES } : parameters);
  return browser;
};
