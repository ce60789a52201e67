// Starts Ceph RGW from Debian's packages in one folder: one monitor, one OSD in memory, one gateway; no systemd, no keys.
import { spawn, spawnSync } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { S3 } from "../../scripts/s3.mjs";

const PROGRAMS = ["ceph", "ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "monmaptool"];

/** The programs that are missing. */
export const missingCephPrograms = () => PROGRAMS.filter((name) => spawnSync(name, ["--version"]).error);

/** The id of a key that the gateway's testing KMS holds. */
export const KMS_KEY = "testkey-1";

/**
 * Starts the gateway and waits until it answers. Its first start makes its pools, and has been seen to wait for them for
 * ever; started again, it finds them.
 */
const startGateway = async ({ start, endpoint, folder }) => {
  for (let attempt = 1; attempt <= 4; attempt++) {
    const gateway = start("radosgw", "-n", "client.rgw.a");
    for (const deadline = Date.now() + 20_000; gateway.exitCode === null && Date.now() < deadline; ) {
      if (await fetch(endpoint).then(({ ok }) => ok, () => false)) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    if (gateway.exitCode !== null) continue;
    const ended = new Promise((done) => gateway.once("exit", done));
    gateway.kill("SIGKILL");
    await ended;
  }
  const said = ["radosgw.out", "client.rgw.a.log", "osd.0.log"].map((name) => `${name}: ${readFileSync(join(folder, name), "utf8").slice(-2000)}`);
  throw new Error(`radosgw does not answer\n${said.join("\n")}`);
};

/** Resolves to `{ s3, endpoint, credentials, stop }`; uses `port` and the next one. */
export const startCeph = async ({ folder, port }) => {
  for (const name of ["mon", "osd", "rgw"]) mkdirSync(join(folder, name), { recursive: true });
  const fsid = randomUUID();
  const monitor = `v2:127.0.0.1:${port + 1}/0`;
  const config = join(folder, "ceph.conf");
  writeFileSync(join(folder, "keyring"), "");
  writeFileSync(
    config,
    `[global]
fsid = ${fsid}
mon host = [${monitor}]
auth cluster required = none
auth service required = none
auth client required = none
osd objectstore = memstore
memstore device bytes = 1073741824
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon data avail crit = 1
# By default a monitor waits a second for more changes, with each of the many that a first start makes.
paxos propose interval = 0.05
public addr = 127.0.0.1
cluster addr = 127.0.0.1
run dir = ${folder}
log file = ${folder}/$name.log
admin socket = ${folder}/$name.asok
pid file =
keyring = ${folder}/keyring
[mon.a]
mon data = ${folder}/mon
[osd]
osd data = ${folder}/osd
[client.rgw.a]
ms mon client mode = crc
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw crypt require ssl = false
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = ${KMS_KEY}=${randomBytes(32).toString("base64")}
`,
  );
  const children = [];
  const stop = async () => {
    for (const child of children.reverse()) {
      if (child.exitCode !== null) continue;
      const ended = new Promise((done) => child.once("exit", done));
      child.kill("SIGKILL"); // its data is in memory and not wanted any more
      await ended;
    }
  };
  process.once("exit", () => children.forEach((child) => child.kill("SIGKILL")));
  const run = (program, ...args) => {
    const done = spawnSync(program, ["-c", config, ...args], { encoding: "utf8", timeout: 60_000 });
    if (done.status !== 0) throw new Error(`${program} ${args.join(" ")}: ${done.stderr}`);
    return done.stdout;
  };
  const start = (program, ...args) => {
    const output = openSync(join(folder, `${program}.out`), "w");
    const child = spawn(program, ["-f", "-c", config, ...args], { stdio: ["ignore", output, output] });
    children.push(child);
    return child;
  };
  try {
    const map = join(folder, "monmap");
    const made = spawnSync("monmaptool", ["--create", "--addv", "a", `[${monitor}]`, "--fsid", fsid, map], { encoding: "utf8" });
    if (made.status !== 0) throw new Error(`monmaptool: ${made.stderr}`);
    run("ceph-mon", "--mkfs", "-i", "a", "--monmap", map);
    start("ceph-mon", "-i", "a");
    const osd = randomUUID();
    run("ceph", "osd", "new", osd);
    run("ceph", "osd", "crush", "add", "osd.0", "1.0", "host=local", "root=default");
    run("ceph-osd", "--mkfs", "-i", "0", "--osd-uuid", osd);
    start("ceph-osd", "-i", "0");
    const credentials = { accessKeyId: `ceph${randomBytes(6).toString("hex")}`, secretAccessKey: randomBytes(20).toString("hex") };
    const endpoint = `http://127.0.0.1:${port}`;
    const s3 = new S3({ endpoint, region: "us-east-1", ...credentials });
    await startGateway({ start, endpoint, folder });
    // Only now: this program makes the pools that are missing, and beside a gateway that does the same, either waits for seconds or for ever.
    run("radosgw-admin", "user", "create", "--uid", "local", "--display-name", "local", "--access-key", credentials.accessKeyId, "--secret", credentials.secretAccessKey);
    return { s3, endpoint, credentials, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
