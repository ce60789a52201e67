// A Chromium driven without the automation's Network domain, which captures request bodies and slows uploads more
// than tenfold: for measurements only. Tests use the full drivers.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** DevTools over a pair of pipes: `send` a command, to a session or to the browser; resolves to its result. */
const speak = (writing, reading) => {
  const waiting = new Map();
  let last = 0;
  let rest = "";
  reading.setEncoding("utf8");
  reading.on("data", (text) => {
    const messages = (rest + text).split("\0");
    rest = messages.pop();
    for (const { id, result, error } of messages.map((message) => JSON.parse(message))) {
      const answer = waiting.get(id);
      waiting.delete(id);
      if (error) answer?.reject(new Error(error.message));
      else answer?.resolve(result);
    }
  });
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      writing.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
};

/** Resident bytes of all renderer processes of the browser with this profile. */
const rendererBytes = (profile) => {
  let total = 0;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (!command.includes("--type=renderer") || !command.includes(profile)) continue;
      total += Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
    } catch {
      // The process ended while it was looked at.
    }
  }
  return total;
};

/**
 * Where /dev/shm is too small (64 MiB in many containers), the browser's shared memory must lie in files under /tmp. Nobody's
 * browser does so: bodies then go by the disk, which stalls the page for a second while it takes what was downloaded.
 */
const sharedMemory = () => {
  const { bavail, bsize } = statfsSync("/dev/shm");
  return bavail * bsize < 2 ** 31 ? ["--disable-dev-shm-usage"] : [];
};

/** Starts a Chromium with one empty page; `args` are further switches of its command line. */
export const startBareBrowser = async (args = []) => {
  const profile = mkdtempSync(join(tmpdir(), "sealdrop-bare-"));
  const child = spawn(
    "/usr/bin/chromium",
    ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", ...sharedMemory(), "--disable-features=SpareRendererForSitePerProcess", "--remote-debugging-pipe", `--user-data-dir=${profile}`, ...args, "about:blank"],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
  );
  const ask = speak(child.stdio[3], child.stdio[4]);
  const { targetInfos } = await ask("Target.getTargets");
  const { targetId } = targetInfos.find((target) => target.type === "page");
  const { sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true });
  const send = (method, params) => ask(method, params, sessionId);
  // What is saved goes nowhere: the app's part ends when it hands the file over.
  await ask("Browser.setDownloadBehavior", { behavior: "deny" });
  const page = {
    /** The value of an expression, awaited. */
    evaluate: async (expression) => {
      const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
    goto: async (url) => {
      await send("Page.navigate", { url });
    },
    /** Waits until the expression is true. */
    until: async (expression, timeout = 60_000) => {
      const end = Date.now() + timeout;
      while (!(await page.evaluate(`Boolean(${expression})`).catch(() => false))) {
        if (Date.now() > end) throw new Error(`never true: ${expression}`);
        await sleep(50);
      }
    },
    /** The same for what takes long: the page itself looks, a few times a second, and nobody asks it. */
    ended: (expression) =>
      page.evaluate(`new Promise((resolve) => {
        const timer = setInterval(() => {
          if (!(${expression})) return;
          clearInterval(timer);
          resolve();
        }, 100);
      })`),
    /** Types into the field with this id. */
    fill: (id, value) =>
      page.evaluate(`(() => {
        const field = document.getElementById(${JSON.stringify(id)});
        field.value = ${JSON.stringify(value)};
        for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
      })()`),
    choose: (id, value) =>
      page.evaluate(`(() => {
        const select = document.getElementById(${JSON.stringify(id)});
        select.value = ${JSON.stringify(value)};
        select.dispatchEvent(new Event("change", { bubbles: true }));
      })()`),
    /** Presses the button or link with this text. */
    click: (name) => page.evaluate(`[...document.querySelectorAll("button,a")].find((b) => b.textContent.trim() === ${JSON.stringify(name)}).click()`),
    /** The deliberate way: the switch, and the question after it. */
    switchEncryptionOff: async () => {
      await page.evaluate(`document.querySelector(".strip button").click()`);
      await page.until(`document.querySelector("dialog[open] .danger")`);
      await page.evaluate(`document.querySelector("dialog[open] .danger").click()`);
    },
    /** Picks files on this machine. */
    setFiles: async (selector, files) => {
      const { root } = await send("DOM.getDocument");
      const { nodeId } = await send("DOM.querySelector", { nodeId: root.nodeId, selector });
      await send("DOM.setFileInputFiles", { nodeId, files });
    },
    screenshot: async () => Buffer.from((await send("Page.captureScreenshot")).data, "base64"),
  };
  return {
    page,
    /** Watches resident memory until the returned function is called, which resolves to the peak in bytes. */
    watchMemory: () => {
      let peak = rendererBytes(profile);
      const timer = setInterval(() => (peak = Math.max(peak, rendererBytes(profile))), 100);
      return () => (clearInterval(timer), peak);
    },
    rendererBytes: () => rendererBytes(profile),
    close: async () => {
      const ended = once(child, "exit");
      await ask("Browser.close");
      await ended;
      // Its helpers end a moment later and still write.
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
};
