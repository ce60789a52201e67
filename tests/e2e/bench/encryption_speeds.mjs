/**
 * Runs in the app's page: MiB/s of plain one-shot WebCrypto calls of 1 MiB, and of the app's own worker doing the same
 * work as a message (read the file, derive IV and AAD, encrypt, lay out), rounds alternating.
 */
export const encryptionSpeeds = async () => {
  const MIB = 1 << 20;
  const PART = 8 * MIB;
  const PARTS = 24;
  const meta = (name) => new URL(document.querySelector(`meta[name="${name}"]`).content, document.baseURI).href;

  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  const data = new Uint8Array(MIB);
  let used = 0;
  const oneShot = async () => {
    const start = performance.now();
    for (let at = 0; at < PARTS * PART; at += 2 * MIB) {
      const call = () => crypto.subtle.encrypt({ name: "AES-GCM", iv: new Uint8Array(new BigUint64Array([BigInt(++used), 0n]).buffer, 0, 12) }, key, data);
      await Promise.all([call(), call()]);
    }
    return (PARTS * PART) / MIB / ((performance.now() - start) / 1000);
  };

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
  const file = new Blob(Array.from({ length: PARTS }, () => new Uint8Array(PART)));
  const layout = { header_length: 500, body: { Framed: { frame_length: MIB, frames: PARTS * 8, final_length: MIB } } };
  let id = 0;
  const run = (part) => ({ EncryptRun: { run: { iv: Array(12).fill(1), aad: [0, 115], total: PARTS * PART, offset: part * PART, length: PART }, at: 0 } });
  const encrypt = async (part, buffer, contentKey, oneMessage) => {
    const task = oneMessage ? run(part) : { Encrypt: { frames: { message_id: Array(32).fill(7), layout, frames: { start: part * 8, end: part * 8 + 8 } }, at: 0 } };
    const answer = new Promise((resolve) => waiting.set(++id, resolve));
    worker.postMessage([id, [JSON.stringify(task), contentKey, file.slice(part * PART, (part + 1) * PART), buffer]], [buffer]);
    const [reply, back] = await answer;
    if (!JSON.parse(reply).Buffer && !JSON.parse(reply).Share) throw new Error(reply);
    return back;
  };
  const buffers = [new ArrayBuffer(PART + 4096), new ArrayBuffer(PART + 4096)];
  const inWorker = async (oneMessage) => {
    const contentKey = crypto.getRandomValues(new Uint8Array(32));
    const start = performance.now();
    let next = 0;
    // Two parts in flight, as the app has when it encrypts faster than it sends.
    await Promise.all(
      buffers.map(async (_, index) => {
        while (next < PARTS) buffers[index] = await encrypt(next++, buffers[index], contentKey, oneMessage);
      }),
    );
    return (PARTS * PART) / MIB / ((performance.now() - start) / 1000);
  };

  await oneShot();
  await inWorker(false);
  await inWorker(true);
  const speeds = { oneShot: [], inWorker: [], oneMessage: [] };
  for (let round = 0; round < 5; round++) {
    speeds.oneShot.push(await oneShot());
    speeds.inWorker.push(await inWorker(false));
    speeds.oneMessage.push(await inWorker(true));
  }
  worker.terminate();
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  const [webcrypto, ours, oneMessage] = [speeds.oneShot, speeds.inWorker, speeds.oneMessage].map(median);
  return { one_message_mib_s: oneMessage, one_message_per_webcrypto: oneMessage / webcrypto, webcrypto_1mib_calls_mib_s: webcrypto, worker_mib_s: ours, worker_per_webcrypto: ours / webcrypto };
};
