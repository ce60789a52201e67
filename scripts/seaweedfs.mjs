// Starts SeaweedFS on the loopback interface, with CORS decided by each bucket alone.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { S3 } from "./s3.mjs";

const WEED = fileURLToPath(new URL("../.tools/venv/bin/weed", import.meta.url));
const READY_WITHIN = 60_000;
/**
 * Its own orderly end takes a quarter of a minute, for streams between its parts that nobody needs any more. What a
 * client was told is stored has been written by then, so it survives the end of the process either way.
 */
const STOPPED_WITHIN = 2_000;

/** Ports used, relative to the S3 port. */
const OFFSETS = [0, 1, 2, 3, 5, 6, 7, 8];

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether a port of 127.0.0.1 can be listened on. */
export const isFree = (port) =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });

/** The ports that SeaweedFS would need but cannot have, for the S3 port `port`. */
export const takenPorts = async (port) => {
  const taken = [];
  for (const offset of OFFSETS) if (!(await isFree(port + offset))) taken.push(port + offset);
  return taken;
};

/** An S3 port whose whole block is free. */
export const findPort = async () => {
  for (let attempt = 0; attempt < 100; attempt++) {
    // Below the ephemeral range, so that no outgoing connection takes one of them in between.
    const port = 10_000 + 10 * Math.floor(Math.random() * 2_000);
    if ((await takenPorts(port)).length === 0) return port;
  }
  throw new Error("found no free block of ports for SeaweedFS");
};

/** Reads a secret kept in `file`, or makes and keeps one. */
const keep = (file, make) => {
  if (!existsSync(file)) writeFileSync(file, make(), { mode: 0o600, flag: "wx" });
  return readFileSync(file, "utf8").trim();
};

/**
 * Starts a server whose data, key-encryption key, credentials and log live in `folder`, and resolves when it answers:
 * `{ s3, endpoint, credentials, stop }`, where `s3` is a signed client. `stop` resolves when the process has ended;
 * `stop({ atOnce: true })` is for data that nobody needs any more.
 */
export const startSeaweedFs = async ({ folder, port, allowedOrigins = "https://each-bucket-decides.invalid" }) => {
  const data = join(folder, "data");
  mkdirSync(data, { recursive: true });
  // Without this key, whatever was stored with SSE is lost: it belongs to the data.
  const kek = keep(join(folder, "sse-kek.hex"), () => randomBytes(32).toString("hex"));
  const credentials = JSON.parse(
    keep(join(folder, "credentials.json"), () =>
      JSON.stringify({ accessKeyId: `local${randomBytes(6).toString("hex")}`, secretAccessKey: randomBytes(20).toString("hex") }),
    ),
  );
  const config = join(folder, "s3.json");
  writeFileSync(
    config,
    JSON.stringify({
      identities: [
        {
          name: "local",
          credentials: [{ accessKey: credentials.accessKeyId, secretKey: credentials.secretAccessKey }],
          actions: ["Admin", "Read", "Write", "List", "Tagging"],
        },
      ],
      kms: { default_provider: "local-dev", providers: { "local-dev": { type: "local", enableOnDemandCreate: true } } },
    }),
    { mode: 0o600 },
  );

  const log = join(folder, "seaweedfs.log");
  const output = openSync(log, "w", 0o600);
  const child = spawn(
    WEED,
    [
      "server",
      `-dir=${data}`,
      "-ip=127.0.0.1",
      "-ip.bind=127.0.0.1",
      "-master.telemetry=false",
      "-master.volumeSizeLimitMB=1024",
      "-volume.max=2000",
      "-volume.preStopSeconds=0",
      `-master.port=${port + 1}`,
      `-volume.port=${port + 2}`,
      "-filer",
      `-filer.port=${port + 3}`,
      `-s3.port.grpc=${port + 5}`,
      `-master.port.grpc=${port + 6}`,
      `-volume.port.grpc=${port + 7}`,
      `-filer.port.grpc=${port + 8}`,
      "-s3",
      `-s3.port=${port}`,
      "-s3.ip.bind=127.0.0.1",
      `-s3.config=${config}`,
      "-s3.domainName=s3.localhost",
      "-s3.port.iceberg=0",
      "-s3.port.lance=0",
      "-s3.autoCreateBucket=false",
      // Unless a caller wants it permissive, a name that no page has: otherwise every bucket would answer every origin.
      `-s3.allowedOrigins=${allowedOrigins}`,
    ],
    // A group of its own: Ctrl-C in a terminal reaches us first, and we stop it in order.
    { detached: true, cwd: folder, stdio: ["ignore", output, output], env: { ...process.env, WEED_S3_SSE_KEK: kek } },
  );
  closeSync(output);
  let ended = false;
  const end = new Promise((resolve) => {
    const done = () => resolve((ended = true));
    child.once("exit", done);
    child.once("error", done);
  });
  const killNow = () => ended || child.kill("SIGKILL");
  process.once("exit", killNow);

  const stop = async ({ atOnce = false } = {}) => {
    if (!atOnce) {
      child.kill("SIGTERM");
      await Promise.race([end, sleep(STOPPED_WITHIN)]);
    }
    killNow();
    await end;
    process.off("exit", killNow);
  };

  const endpoint = `http://127.0.0.1:${port}`;
  const s3 = new S3({ endpoint, region: "us-east-1", ...credentials });
  const deadline = Date.now() + READY_WITHIN;
  // Listing buckets needs master, filer and gateway; only then can buckets be made.
  while (!(await s3.isUp())) {
    if (ended || Date.now() > deadline) {
      await stop();
      const tail = existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(-15).join("\n") : "";
      throw new Error(`SeaweedFS did not start on port ${port}; the end of ${log}:\n${tail}`);
    }
    await sleep(100);
  }
  return { s3, endpoint, credentials, stop };
};
