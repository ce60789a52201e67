// The tests of the browser adapters once more, in Firefox: its WebCrypto, its storage and its workers are others. The
// tests' own runner serves them as a page; this drives a Firefox there.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { findPort } from "../../scripts/seaweedfs.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

let firefox;
before(async () => (firefox = await puppeteer.launch({ browser: "firefox", executablePath: "/usr/bin/firefox-esr", headless: true })));
after(() => firefox?.close());

/** Serves the tests of this target; resolves to the address of their page and a function that ends that. */
const serve = async (target) => {
  const host = `127.0.0.1:${await findPort()}`;
  const env = { ...process.env, PATH: `${join(root, ".tools/bin")}:${process.env.PATH}`, NO_HEADLESS: "1", WASM_BINDGEN_USE_BROWSER: "1", WASM_BINDGEN_TEST_ADDRESS: host };
  const runner = spawn("cargo", ["test", "--locked", "--target", "wasm32-unknown-unknown", "--test", target], { cwd: root, env, detached: true });
  let said = "";
  for (const stream of [runner.stdout, runner.stderr]) stream.on("data", (text) => (said += text));
  // Cargo, and the runner, which serves until it is stopped.
  const stop = () => runner.exitCode === null && process.kill(-runner.pid, "SIGTERM");
  for (const deadline = Date.now() + 500_000; !said.includes(`http://${host}`); ) {
    if (runner.exitCode !== null || Date.now() > deadline) throw new Error(`${stop()} ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { address: `http://${host}/`, stop };
};

for (const [target, among] of [["web", "native_segments_are_one_message"], ["web_worker", "private_files_are_written_and_read"]]) {
  test(`the tests of target ${target} pass in Firefox`, { timeout: 600_000 }, async () => {
    const { address, stop } = await serve(target);
    try {
      const page = await firefox.newPage();
      await page.goto(address);
      const output = () => page.evaluate(() => document.getElementById("output")?.textContent ?? "");
      for (const deadline = Date.now() + 400_000; !/test result: /.test(await output()); ) {
        assert.ok(Date.now() < deadline, await output());
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      const text = await output();
      assert.match(text, /test result: ok\. \d+ passed; 0 failed/, text);
      assert.match(text, new RegExp(`${among} \\.\\.\\. ok`), text);
    } finally {
      stop();
    }
  });
}
