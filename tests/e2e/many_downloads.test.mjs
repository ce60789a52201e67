// Many objects at once: into one ZIP or a folder, each file authenticated first, names safe; and many deleted.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, queueEnds, sha256, startWorld, useKey } from "./harness.mjs";

let world, page, complaints, close, bucket;
const files = new Map();
before(async () => {
  world = await startWorld();
  ({ page, complaints, close } = await world.page());
  bucket = await world.bucket();
  await connect(world, page, bucket);
  await useKey(page);
});
after(async () => {
  await close?.();
  await world?.close();
  assert.deepEqual(complaints, []);
});

/** What Python's zipfile, which checks every sum, finds in a ZIP. */
const unzip = (path) => {
  const program = "import sys,zipfile,json,hashlib\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nprint(json.dumps({i.filename:hashlib.sha256(z.read(i)).hexdigest() for i in z.infolist()}))";
  const run = spawnSync("python3", ["-c", program, path], { encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  return new Map(Object.entries(JSON.parse(run.stdout)));
};
const textIn = (path, name) => {
  const run = spawnSync("python3", ["-c", "import sys,zipfile\nprint(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]).decode())", path, name], { encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout;
};

const open = async (prefix) => {
  await page.evaluate((hash) => (location.hash = hash), `#/browse/${bucket}/${prefix}`);
  await page.waitForFunction((prefix) => document.querySelector("#browse-title")?.textContent.endsWith(`/${prefix}`), prefix);
  await page.locator('[aria-busy="true"]').waitFor({ state: "detached" });
};
const upload = async (format, list) => {
  await page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Keys" }).click();
  await page.getByRole("combobox", { name: "Format" }).selectOption(format);
  await open("runs/");
  const done = files.size;
  for (const { name, buffer } of list) files.set(name, sha256(buffer));
  const paths = list.map(({ name, buffer }) => {
    const path = join(world.folder, name);
    writeFileSync(path, buffer);
    return path;
  });
  await page.getByLabel("Choose files").setInputFiles(paths);
  await queueEnds(page, { done: done + list.length });
};
const clearQueue = async () => {
  await page.getByRole("button", { name: "Remove finished" }).click();
  await page.locator("[data-direction]").first().waitFor({ state: "detached" });
};
const box = (key) => page.locator(`tr[data-key="${key}"]`).getByRole("checkbox");

test("a prefix becomes one ZIP: encrypted both ways and plain, without the damaged, with safe names", async () => {
  await upload("esdk", [
    { name: "small.txt", buffer: Buffer.from("one small message") },
    { name: "large.bin", buffer: randomBytes((9 << 20) + 5) },
    { name: "damaged.bin", buffer: randomBytes(3 << 20) },
    { name: "empty", buffer: Buffer.alloc(0) },
  ]);
  await upload("s3ec-v3", [
    { name: "client.bin", buffer: randomBytes((9 << 20) + 1) },
    { name: "client-damaged.bin", buffer: randomBytes((9 << 20) + 1) },
  ]);
  await clearQueue();
  for (const name of ["damaged.bin", "client-damaged.bin"]) {
    const bytes = await world.s3.get(bucket, `runs/${name}`);
    bytes[bytes.length - 20] ^= 1;
    const headers = await world.s3.head(bucket, `runs/${name}`);
    const kept = Object.fromEntries([...headers].filter(([header]) => header.startsWith("x-amz-meta-")));
    await world.s3.put(bucket, `runs/${name}`, bytes, kept);
    files.delete(name);
  }
  const plain = { "sub/plain.txt": "in clear", "c:temp?.txt": "drive", "nul.csv": "device", "A.txt": "upper", "a.txt": "lower", "bi\u202edi.txt": "bidi" };
  for (const [name, text] of Object.entries(plain)) await world.s3.put(bucket, `runs/${name}`, Buffer.from(text));
  await open("");
  const saved = page.waitForEvent("download");
  await page.locator('tr[data-key="runs/"]').getByRole("button", { name: "Download" }).click();
  const download = await saved;
  assert.equal(download.suggestedFilename(), "runs.zip");
  const path = await download.path();
  const found = unzip(path);
  const expected = new Map([...files].map(([name, sum]) => [`runs/${name}`, sum]));
  for (const [name, text] of Object.entries({ "sub/plain.txt": "in clear", "_nul.csv": "device", "A.txt": "upper", "a (2).txt": "lower", "c_temp_.txt": "drive", "bidi.txt": "bidi" })) {
    expected.set(`runs/${name}`, sha256(text));
  }
  for (const report of ["FAILED.txt", "NAMES.txt"]) {
    assert.ok(found.delete(report), report);
  }
  assert.deepEqual(new Map([...found].sort()), new Map([...expected].sort()));
  const failed = textIn(path, "FAILED.txt");
  assert.match(failed, /^runs\/damaged\.bin$/m);
  assert.match(failed, /^runs\/client-damaged\.bin$/m);
  assert.match(textIn(path, "NAMES.txt"), /runs\/bi\\u\{202e\}di\.txt\n {4}is here: runs\/bidi\.txt/);
  const item = page.locator('li[data-key="runs/"]');
  await item.and(page.locator('[data-state="failed"]')).waitFor();
  assert.match(await item.innerText(), /2 left out/);
  await item.locator('[data-missing="2"][data-verified="4"]').waitFor({ state: "attached" });
});

test("a selection goes into a folder, and is deleted after a question that counts", async () => {
  await clearQueue();
  await open("runs/");
  // The dialog is the browser's own: what it would give is a folder of the private file system.
  await page.evaluate(() => {
    window.showDirectoryPicker = async () => (await navigator.storage.getDirectory()).getDirectoryHandle("picked", { create: true });
  });
  await box("runs/a.txt").click();
  await box("runs/large.bin").click({ modifiers: ["Shift"] });
  await box("runs/sub/").click();
  const bar = page.getByRole("group", { name: "Selection" });
  const chosen = Number(await bar.getAttribute("data-selected"));
  assert.ok(chosen >= 5, `${chosen} selected`);
  await bar.getByRole("button", { name: "Save to folder…" }).click();
  await page.locator('li[data-direction="download"]:is([data-state="done"],[data-state="failed"])').waitFor();
  const saved = await page.evaluate(async () => {
    const sums = {};
    const walk = async (folder, path) => {
      for await (const [name, handle] of folder.entries()) {
        if (handle.kind === "directory") await walk(handle, `${path}${name}/`);
        else {
          const digest = await crypto.subtle.digest("SHA-256", await (await handle.getFile()).arrayBuffer());
          sums[path + name] = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
        }
      }
    };
    await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle("picked"), "");
    return sums;
  });
  assert.equal(saved["runs/large.bin"], files.get("large.bin"));
  assert.equal(saved["runs/client.bin"], files.get("client.bin"));
  assert.equal(saved["runs/sub/plain.txt"], sha256("in clear"));
  assert.ok(!Object.keys(saved).some((name) => name.endsWith("damaged.bin")), "nothing of what is damaged");

  await bar.getByRole("button", { name: "Delete selected" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(`${chosen} objects`).waitFor();
  await dialog.getByRole("button", { name: "Delete all of them" }).click();
  await page.locator('tr[data-key="runs/large.bin"]').waitFor({ state: "detached" });
  // The server goes on listing a folder for a while after its last object is gone.
  while (await world.s3.head(bucket, "runs/sub/plain.txt")) await sleep(100);
  await page.locator('tr[data-key="runs/small.txt"]').waitFor();
});

test("Retry fetches only what was left out, into a ZIP of its own", async () => {
  await clearQueue();
  await page.getByRole("navigation", { name: "Places" }).getByRole("link", { name: "Keys" }).click();
  await page.getByRole("combobox", { name: "Format" }).selectOption("esdk");
  await open("again/");
  const bytes = randomBytes(3 << 20);
  const paths = ["sound.bin", "mended.bin", "later.bin"].map((name) => join(world.folder, name));
  for (const path of paths) writeFileSync(path, bytes);
  await page.getByLabel("Choose files").setInputFiles(paths);
  await queueEnds(page, { done: 3 });
  await clearQueue();
  const whole = new Map();
  for (const name of ["mended.bin", "later.bin"]) {
    whole.set(name, await world.s3.get(bucket, `again/${name}`));
    const damaged = Buffer.from(whole.get(name));
    damaged[damaged.length - 20] ^= 1;
    await world.s3.put(bucket, `again/${name}`, damaged);
  }
  await open("");
  const item = page.locator('li[data-key="again/"]');
  const saved = async (action) => {
    const waiting = page.waitForEvent("download");
    await action();
    return unzip(await (await waiting).path());
  };
  const press = (name) => item.getByRole("button", { name }).click();
  const sums = (names) => names.map((name) => [`again/${name}`, sha256(bytes)]);
  const first = await saved(() => page.locator('tr[data-key="again/"]').getByRole("button", { name: "Download" }).click());
  assert.ok(first.delete("FAILED.txt"));
  assert.deepEqual([...first], sums(["sound.bin"]));
  await item.locator('[data-missing="2"]').waitFor({ state: "attached" });

  await world.s3.put(bucket, "again/mended.bin", whole.get("mended.bin"));
  const second = await saved(() => press("Retry"));
  assert.ok(second.delete("FAILED.txt"));
  assert.deepEqual([...second], sums(["mended.bin"]));
  await item.locator('[data-missing="1"]').waitFor({ state: "attached" });

  await world.s3.put(bucket, "again/later.bin", whole.get("later.bin"));
  const third = await saved(() => press("Retry"));
  assert.deepEqual([...third], sums(["later.bin"]));
  await item.and(page.locator('[data-state="done"]')).waitFor();
});

/** A folder of the private file system stands for the one that is picked, with Chromium's rules for names in a real one. */
const pickStrictly = (name) =>
  page.evaluate((name) => {
    const refused = (name) => /[\p{Cf}\p{Cc}"*:<>?\\|]/u.test(name) || /^\.?[.~\s]|[.~\s]$|\.(lnk|scf|url|bas)$/iu.test(name) || name.startsWith("refused");
    for (const method of ["getFileHandle", "getDirectoryHandle"]) {
      const original = FileSystemDirectoryHandle.prototype[method];
      FileSystemDirectoryHandle.prototype[method] = async function (name, ...more) {
        if (refused(name)) throw new TypeError("Name is not allowed.");
        return original.call(this, name, ...more);
      };
    }
    window.showDirectoryPicker = async () => (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
  }, name);
const pathsIn = (name) =>
  page.evaluate(async (name) => {
    const found = {};
    const walk = async (folder, path) => {
      for await (const [name, handle] of folder.entries()) {
        if (handle.kind === "directory") await walk(handle, `${path}${name}/`);
        else found[path + name] = await (await handle.getFile()).text();
      }
    };
    await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle(name), "");
    return found;
  }, name);

test("names that Chromium refuses become others; a file that it never writes is left out, and the rest is there", async () => {
  await clearQueue();
  const texts = { "~old stuff/a.txt": "1", "notes.txt~": "2", "👩\u200d💻.txt": "3", "x.lnk": "4", "x.lnk_": "5", "module.bas": "6", "module.bas_": "7", "refused.txt": "8", "fine.txt": "9", "\u00a0.~lock": "10" };
  for (const [name, text] of Object.entries(texts)) await world.s3.put(bucket, `~project X/${name}`, Buffer.from(text));
  await open("~project X/");
  await pickStrictly("strict");
  await page.getByRole("checkbox", { name: "Select all shown" }).click();
  const bar = page.getByRole("group", { name: "Selection" });
  assert.equal(Number(await bar.getAttribute("data-selected")), Object.keys(texts).length);
  await bar.getByRole("button", { name: "Save to folder…" }).click();
  await page.locator('li[data-direction="download"][data-state="failed"]').waitFor();
  const found = await pathsIn("strict");
  const [failed, names] = ["FAILED.txt", "NAMES.txt"].map((name) => found[`_~project X/${name}`]);
  assert.match(failed, /^~project X\/refused\.txt\n.*does not write this file/m);
  assert.match(names, /module\.bas\n/);
  for (const name of ["FAILED.txt", "NAMES.txt"]) delete found[`_~project X/${name}`];
  assert.deepEqual(Object.keys(found).sort(), ["_.~lock", "_~old stuff/a.txt", "fine.txt", "module (2).bas_", "module.bas_", "notes.txt~_", "x (2).lnk_", "x.lnk_", "👩💻.txt"].map((name) => `_~project X/${name}`).sort());
  assert.deepEqual(Object.values(found).sort(), ["1", "10", "2", "3", "4", "5", "6", "7", "9"]);
  await page.locator('[data-saved="9"][data-missing="1"]').waitFor({ state: "attached" });
});

test("a ZIP that could not be handed over is made again whole by Retry", async () => {
  await clearQueue();
  for (const name of ["one.txt", "two.txt"]) await world.s3.put(bucket, `handed/${name}`, Buffer.from(name));
  const damaged = await world.s3.get(bucket, "runs/small.txt");
  damaged[damaged.length - 1] ^= 1;
  await world.s3.put(bucket, "handed/damaged.txt", damaged);
  await open("");
  await page.evaluate(() => {
    const original = URL.createObjectURL;
    URL.createObjectURL = () => {
      URL.createObjectURL = original;
      throw new DOMException("not now", "InvalidStateError");
    };
  });
  await page.locator('tr[data-key="handed/"]').getByRole("button", { name: "Download" }).click();
  const item = page.locator('li[data-key="handed/"][data-state="failed"]');
  await item.getByText("not now").waitFor();
  const waiting = page.waitForEvent("download");
  await item.getByRole("button", { name: "Retry" }).click();
  const found = unzip(await (await waiting).path());
  assert.deepEqual([...found.keys()].sort(), ["FAILED.txt", "handed/one.txt", "handed/two.txt"]);
});

test("an object that changed while the ZIP was paused keeps its name", async () => {
  await clearQueue();
  await world.s3.put(bucket, "changing/large.bin", randomBytes((9 << 20) + 5));
  await open("");
  await page.getByRole("button", { name: "Refresh" }).click();
  // The second piece comes only after the pause.
  await page.route(/large\.bin/, (route) => (/^bytes=8388608-/.test(route.request().headers().range ?? "") ? undefined : route.continue()));
  await page.locator('tr[data-key="changing/"]').getByRole("button", { name: "Download" }).click();
  const item = page.locator('li[data-key="changing/"]');
  await page.waitForFunction(() => Number(document.querySelector('li[data-key="changing/"] progress')?.value) > 80);
  await item.getByRole("button", { name: "Pause" }).click();
  await item.and(page.locator('[data-state="paused"]')).waitFor();
  await page.unroute(/large\.bin/);
  const bytes = randomBytes((9 << 20) + 5);
  await world.s3.put(bucket, "changing/large.bin", bytes);
  const waiting = page.waitForEvent("download");
  await item.getByRole("button", { name: "Resume" }).click();
  const found = unzip(await (await waiting).path());
  assert.deepEqual([...found], [["changing/large.bin", sha256(bytes)]]);
});
