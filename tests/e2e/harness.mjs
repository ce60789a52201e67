// What every end-to-end test stands on: a fresh SeaweedFS, the built app, a real Chromium, and steps a person takes.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, afterEach, before, beforeEach } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findPort, startSeaweedFs } from "../../scripts/seaweedfs.mjs";
import { serve } from "../../scripts/serve.mjs";
import { launchChromium } from "./chromium.mjs";
import { startFaulty } from "./faulty.mjs";
import { startGate } from "./gate.mjs";
import { peer, s3ecPeer } from "./peers.mjs";

export { peer, s3ecPeer };

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** A wrapping key for one test run. */
export const KEY = "8f1d0c2b3a495867768594a3b2c1d0e0ff1122334455667788990a0b0c0d0e0f";

/** The documented rule, for these origins; `expose` replaces the headers it exposes. */
export const corsRule = (origins, expose) => {
  const cors = JSON.parse(readFileSync(here("../../docs/cors.json"), "utf8"));
  cors.CORSRules[0].AllowedOrigins = origins;
  if (expose) cors.CORSRules[0].ExposeHeaders = expose;
  return cors;
};

/** Starts server, app and browser once for a file of tests. With `bodies` the driver sees bodies of requests whole. */
export const startWorld = async ({ bodies } = {}) => {
  const folder = mkdtempSync(join(tmpdir(), "sealdrop-e2e-"));
  const port = await findPort();
  const [server, app, browser] = await Promise.all([
    startSeaweedFs({ folder: join(folder, "s3"), port }),
    serve({ dist: here("../../dist") }),
    launchChromium({ bodies }),
  ]);
  let buckets = 0;
  const origin = new URL(app.url).origin;
  const world = {
    folder,
    origin,
    app,
    s3: server.s3,
    endpoint: server.endpoint,
    credentials: server.credentials,
    /** A new bucket with the documented CORS rule. */
    bucket: async ({ sse = false, expose, cors = true } = {}) => {
      const name = `test-${process.pid}-${++buckets}`;
      await server.s3.createBucket(name, { sse });
      if (cors) await server.s3.putCors(name, corsRule([origin], expose));
      return name;
    },
    /** A new page in a context of its own; `check` fails on whatever the page complained about. */
    page: async (options = {}) => {
      const context = await browser.newContext({ acceptDownloads: true, ...options });
      const page = await context.newPage();
      const complaints = [];
      // A missing config.json, and refusals the test provokes, are logged by the browser itself.
      page.on("console", (message) => {
        if (message.type() === "error" && !/Failed to load resource|has been blocked by CORS/.test(message.text())) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(String(error)));
      return { page, complaints, close: () => context.close() };
    },
    close: async () => {
      await browser.close();
      await app.close();
      await server.stop({ atOnce: true });
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
  return world;
};

/**
 * Sets up a file of tests: one world for all of them, and for each a page of its own, on which every question of the
 * browser is answered with yes, and which must not have complained in the end. `begin(world)` may start more, and give
 * what ends it; `each(page)` gets every page; `between` comes after each test, before its page is closed.
 */
export const inWorld = ({ begin, each, between }) => {
  let world, end, opened;
  before(async () => {
    world = await startWorld();
    end = await begin(world);
  });
  after(async () => {
    await end?.();
    await world?.close();
  });
  beforeEach(async () => {
    opened = await world.page();
    opened.page.on("dialog", (dialog) => dialog.accept());
    await each(opened.page);
  });
  afterEach(async () => {
    await between?.();
    await opened.close();
    assert.deepEqual(opened.complaints, [], "the page complained");
  });
};

/** The same with a proxy in front of the server, and `each(world, proxy, page)`; `heal` comes after each test. */
const inWorldBehind = (start, heal) => (each) => {
  let world, proxy;
  inWorld({
    begin: async (it) => {
      world = it;
      proxy = await start(world.endpoint);
      return () => proxy.close();
    },
    each: (page) => each(world, proxy, page),
    between: () => heal(proxy),
  });
};

/** The proxy of faulty.mjs, which breaks what it is told to break until the test is over. */
export const inFaultyWorld = inWorldBehind(startFaulty, (proxy) => proxy.heal());

/** The proxy of gate.mjs, which holds parts back until it is opened, or the test is over. */
export const inGatedWorld = inWorldBehind(startGate, (gate) => gate.open());

/** Waits until it holds; fails with the words if it takes too long. */
export const until = async (words, holds, timeout = 60_000) => {
  for (const deadline = Date.now() + timeout; !(await holds()); await pause(30)) assert.ok(Date.now() < deadline, words);
};

/** Fills the connection form and presses Connect. */
export const fillConnect = async (world, page, bucket, changes = {}) => {
  await page.goto(`${world.app.url}#/connect`);
  await page.getByRole("combobox", { name: "Provider" }).selectOption("seaweedfs");
  const fields = {
    "Endpoint URL": world.endpoint,
    Region: "us-east-1",
    Bucket: bucket,
    "Access key ID": world.credentials.accessKeyId,
    "Secret access key": world.credentials.secretAccessKey,
    ...changes,
  };
  for (const [name, value] of Object.entries(fields)) await page.getByRole("textbox", { name, exact: true }).fill(value);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
};

export const connect = async (world, page, bucket, changes) => {
  await fillConnect(world, page, bucket, changes);
  await page.getByRole("table", { name: "Objects" }).waitFor();
};

/** Opens one of the places by its link. */
export const goTo = (page, place) => page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: place }).click();

/** Pastes a key and uses it, then goes back to the folder. */
export const useKey = async (page, key = KEY) => {
  await goTo(page, "Keys");
  await page.getByRole("textbox", { name: "Paste key" }).fill(key);
  await page.getByRole("button", { name: "Use key" }).click();
  await page.locator('li[aria-current="true"]').waitFor();
  await goTo(page, "Browse");
};

/** Has new files written in this format, and goes back to the folder. */
export const chooseFormat = async (page, format) => {
  await goTo(page, "Keys");
  await page.getByRole("combobox", { name: "Format" }).selectOption(format);
  await goTo(page, "Browse");
};

/** Switches client-side encryption off, as deliberately as a person must. */
export const switchEncryptionOff = async (page) => {
  await page.getByRole("button", { name: "Turn encryption off…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Turn encryption off" }).click();
  await page.getByText("Turn encryption on").waitFor();
};

/**
 * Chooses files `{ name, buffer }` for upload. They are written to the disk first: contents that go to the browser through
 * its driver take a quarter of a second per MiB.
 */
export const chooseFiles = (world, page, files) => {
  const folder = mkdtempSync(join(world.folder, "chosen-"));
  const paths = files.map(({ name, buffer }) => {
    const path = join(folder, name);
    writeFileSync(path, buffer);
    return path;
  });
  return page.getByLabel("Choose files").setInputFiles(paths);
};

/** Waits until the queue has `done` done and `failed` failed transfers. */
export const queueEnds = async (page, { done, failed = 0 }, timeout = 60_000) =>
  page.locator(`[data-done="${done}"][data-failed="${failed}"]`).first().waitFor({ state: "attached", timeout });

/** Downloads by the row's button; resolves to the saved bytes. */
export const download = async (page, key) => {
  const waiting = page.waitForEvent("download", { timeout: 60_000 });
  await page.locator(`tr[data-key="${key}"]`).getByRole("button", { name: "Download" }).click();
  const saved = await waiting;
  return { name: saved.suggestedFilename(), bytes: readFileSync(await saved.path()) };
};

/** Runs Python with the official libraries in `folder`; throws if it fails. */
export const python = (args, folder, env = {}) => {
  const run = spawnSync(here("../../.tools/venv/bin/python"), args, { encoding: "utf8", cwd: folder, env: { ...process.env, ...env } });
  if (run.status !== 0) throw new Error(`python ${run.status}: ${run.stderr}`);
  return run.stdout;
};

/** The official AWS Encryption SDK opens the object with these keys, and finds these bytes; resolves to the message. */
export const opensOfficially = async (world, bucket, key, expected, keys = ["--aes", KEY]) => {
  const [stored, opened] = ["stored", "opened"].map((name) => join(world.folder, name));
  const message = await world.s3.get(bucket, key);
  writeFileSync(stored, message);
  await peer(["decrypt", stored, opened, ...keys]);
  assert.equal(sha256(readFileSync(opened)), sha256(expected), key);
  return message;
};

/** Opens the details of an object in the open folder; resolves to their region. */
export const showDetails = async (page, key) => {
  await page.locator(`tr[data-key="${key}"]`).getByRole("button", { name: "Details" }).click();
  const details = page.getByRole("region", { name: "Object details" });
  await details.getByRole("heading", { name: key, exact: true }).waitFor();
  await details.locator("[data-cse]").waitFor();
  return details;
};

/** The programs that open details show, and say to be tested: by library. */
export const shownPrograms = async (details) => {
  const programs = details.locator("details", { hasText: "Decrypt it with the official library" });
  if (!(await programs.evaluate((node) => node.open))) await programs.locator("summary").click();
  const tested = programs.locator("section", { hasText: "Our tests run this program" });
  const named = await tested.evaluateAll((sections) => sections.map((section) => [section.ariaLabel, section.querySelector("pre").innerText]));
  return Object.fromEntries(named);
};

/**
 * Runs a program that was shown, to the letter, in `folder`, where its key file is; throws if it fails. What a person
 * would type is read from `typed`: without a terminal, which such a session does not have.
 */
export const runShown = async (world, library, program, folder, { typed = "", env = {} } = {}) => {
  const { accessKeyId, secretAccessKey } = world.credentials;
  const [interpreter, option] = /Ruby/.test(library) ? ["ruby", "-e"] : [here("../../.tools/venv/bin/python"), "-c"];
  const credentials = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  const child = spawn(interpreter, [option, program], { cwd: folder, detached: true, env: { ...process.env, ...credentials, ...env } });
  child.stdin.end(typed);
  child.stdout.resume();
  const [complaints, [status]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  assert.equal(status, 0, `${library}: ${complaints}`);
};
