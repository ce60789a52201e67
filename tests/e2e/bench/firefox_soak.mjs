// A large file up and down again in Firefox ESR: speed, growth of all its processes, and whether every byte came back.
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import puppeteer from "puppeteer-core";
import { KEY } from "../harness.mjs";

/** Bytes of their own in memory, of all processes with this text in their command line. */
const residentBytes = (text) => {
  let total = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text)) continue;
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      total += Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
    } catch {
      // The process ended while it was looked at.
    }
  }
  return total;
};

const sha256 = async (path) => {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
};

/** Measures; `path` is the file to send into the bucket, `folder` has room for it once more. */
export const firefoxSoak = async ({ server, app, bucket, path, folder }) => {
  const downloads = join(folder, "firefox-downloads");
  mkdirSync(downloads);
  const firefox = await puppeteer.launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    protocolTimeout: 3_600_000,
    extraPrefsFirefox: {
      "browser.download.folderList": 2,
      "browser.download.dir": downloads,
      "browser.download.useDownloadDir": true,
      "browser.download.always_ask_before_handling_new_types": false,
    },
  });
  const mib = statSync(path).size / 2 ** 20;
  const name = path.split("/").pop();
  const figures = { mib };
  let watching;
  try {
    const page = await firefox.newPage();
    await page.goto(`${app.url}#/connect?provider=seaweedfs&endpoint=${encodeURIComponent(server.endpoint)}&bucket=${bucket}`);
    await page.locator("#access-key-id").fill(server.credentials.accessKeyId);
    await page.locator("#secret-access-key").fill(server.credentials.secretAccessKey);
    await page.locator('button[type="submit"]').click();
    await page.waitForSelector('table[aria-label="Objects"]');
    await page.locator('a[href="#/keys"]').click();
    await page.locator("#paste-key").fill(KEY);
    await page.locator("form.inline button[type=submit]").click();
    await page.waitForSelector('li[aria-current="true"]');
    await page.locator('nav a[href^="#/browse"]').click();
    const input = await page.waitForSelector("#choose-files");
    const watched = async (what, work) => {
      const idle = residentBytes("firefox-esr");
      let peak = idle;
      watching = setInterval(() => (peak = Math.max(peak, residentBytes("firefox-esr"))), 200);
      const start = performance.now();
      await work();
      figures[`${what}_mib_s`] = mib / ((performance.now() - start) / 1000);
      clearInterval(watching);
      figures[`${what}_growth_mib`] = (peak - idle) / 2 ** 20;
    };
    const timeout = 3_600_000;
    await watched("upload", async () => {
      await input.uploadFile(path);
      await page.waitForSelector(`li[data-key="${name}"][data-state="done"]`, { timeout });
    });
    await watched("download", async () => {
      await (await page.waitForSelector(`tr[data-key="${name}"] button:nth-of-type(2)`)).click();
      await page.waitForSelector(`li[data-key="${name}"][data-direction="download"][data-state="done"]`, { timeout });
    });
    const saved = join(downloads, name);
    for (let tries = 0; tries < 600 && !(existsSync(saved) && statSync(saved).size === statSync(path).size); tries++) await sleep(100);
    if ((await sha256(saved)) !== (await sha256(path))) throw new Error("Firefox did not bring back what it sent");
  } finally {
    clearInterval(watching);
    await firefox.close();
    rmSync(downloads, { recursive: true, force: true, maxRetries: 10 });
  }
  return figures;
};
