// Run in the app's page, by the text of these functions: MiB/s of WebCrypto, and of the app's own worker.

/** Plain WebCrypto AES-GCM calls of `size` bytes, two at a time: the roof. */
export const oneShot = async ({ mib, size }) => {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const data = new Uint8Array(size);
  let used = 0;
  const lane = async () => {
    while (used < (mib << 20) / size) {
      const iv = new Uint8Array(new BigUint64Array([BigInt(++used), 0n]).buffer, 0, 12);
      await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, data);
    }
  };
  const start = performance.now();
  await Promise.all([lane(), lane()]);
  return mib / ((performance.now() - start) / 1000);
};

/** Starts the app's worker as the app does, for [`inWorker`]. */
export const startWorker = async () => {
  const meta = (name) => new URL(document.querySelector(`meta[name="${name}"]`).content, document.baseURI).href;
  const worker = new Worker(meta("sealdrop-worker"), { type: "module" });
  const module = await WebAssembly.compileStreaming(fetch(meta("sealdrop-wasm")));
  const waiting = new Map();
  await new Promise((resolve) => {
    worker.onmessage = ({ data }) => {
      if (data === "ready") return resolve();
      const [id, good, reply] = data;
      waiting.get(id)?.(good ? reply : Promise.reject(new Error(reply)));
    };
    worker.postMessage({ glue: meta("sealdrop-glue"), module });
  });
  let last = 0;
  window.callWorker = (message, transfer) => {
    const answer = new Promise((resolve) => waiting.set(++last, resolve));
    worker.postMessage([last, message], transfer);
    return answer;
  };
};

/**
 * The app's worker at its own work: it reads parts of the picked file, again and again, and makes of them a run of one GCM message
 * (`kind` "run") or frames of `frame` bytes ("frames"). Two parts in flight, as the app has when it encrypts faster than
 * it sends. "run in place": the same without reading, as the one-shot calls have it.
 */
export const inWorker = async ({ mib, kind, frame }) => {
  const PART = 8 << 20;
  const parts = (mib << 20) / PART;
  const perPart = PART / frame;
  // A file on the disk: Chromium now and then refuses a worker's reads of a large blob that a page made in memory.
  const file = document.getElementById("bench-files").files[0];
  const contentKey = crypto.getRandomValues(new Uint8Array(32));
  const layout = { header_length: 500, body: { Framed: { frame_length: frame, frames: parts * perPart, final_length: frame } } };
  const task = (part) =>
    kind !== "frames"
      ? { EncryptRun: { run: { iv: Array(12).fill(1), aad: [0, 115], total: parts * PART, offset: part * PART, length: PART }, at: 0 } }
      : { Encrypt: { frames: { message_id: Array(32).fill(7), layout, frames: { start: part * perPart, end: (part + 1) * perPart } }, at: 0 } };
  let next = 0;
  const lane = async () => {
    let buffer = new ArrayBuffer(PART + (64 << 10));
    while (next < parts) {
      const part = next++;
      const at = (part % (file.size / PART)) * PART;
      const [reply, back] = await window.callWorker([JSON.stringify(task(part)), contentKey, kind === "run in place" ? null : file.slice(at, at + PART), buffer], [buffer]);
      if (!JSON.parse(reply)[kind === "frames" ? "Buffer" : "Share"]) throw new Error(reply);
      buffer = back;
    }
  };
  const start = performance.now();
  await Promise.all([lane(), lane()]);
  return mib / ((performance.now() - start) / 1000);
};
