// `make run`, after the build: SeaweedFS with three buckets, and the app set up to connect to them. Ends on Ctrl-C.
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isFree, startSeaweedFs, takenPorts } from "./seaweedfs.mjs";
import { serve } from "./serve.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const portOf = (name, fallback) => {
  const port = Number(process.env[name] || fallback);
  if (!Number.isInteger(port) || port < 1024 || port > 65_500) throw new Error(`${name}=${process.env[name]} is not a port`);
  return port;
};

/** Buckets, and what lies in each at the start. */
const BUCKETS = [
  { name: "sealed", sse: true, readme: "This bucket encrypts what it stores (SSE-S3). Files you drop here are encrypted in your browser first.\n" },
  { name: "plain", sse: false, readme: "This bucket stores what it gets as it is. Only what is encrypted in your browser is encrypted here.\n" },
  { name: "empty", sse: true },
];

const main = async () => {
  const port = portOf("PORT", 8080);
  const s3Port = portOf("S3_PORT", 8333);
  if (!(await isFree(port))) throw new Error(`port ${port} is in use. Choose another: make run PORT=${port + 1}`);
  const taken = await takenPorts(s3Port);
  if (taken.length) throw new Error(`port ${taken.join(", ")} is in use. SeaweedFS takes nine in a row: make run S3_PORT=${s3Port + 100}`);
  if (port >= s3Port && port <= s3Port + 8) throw new Error(`PORT ${port} lies among SeaweedFS's ports ${s3Port} to ${s3Port + 8}`);

  const folder = here("../.demo");
  mkdirSync(folder, { recursive: true, mode: 0o700 });

  // From here on everything that was started must be stopped, also when Ctrl-C comes while it is still starting.
  const stoppers = [];
  let stopping;
  const stopAll = () => (stopping ??= (async () => {
    for (const stop of stoppers.reverse()) await stop();
  })());
  let starting;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, async () => {
      if (!stopping) console.log("\nstopping");
      await starting?.catch(() => {});
      await stopAll();
      process.exit(0);
    });
  }

  starting = (async () => {
    const server = await startSeaweedFs({ folder, port: s3Port });
    stoppers.push(server.stop);
    return server;
  })();
  const { s3, endpoint, credentials } = await starting;

  try {
    const cors = JSON.parse(readFileSync(here("../docs/cors.json"), "utf8"));
    cors.CORSRules[0].AllowedOrigins = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
    for (const { name, sse, readme } of BUCKETS) {
      if (!(await s3.hasBucket(name))) {
        await s3.createBucket(name, { sse });
        if (readme) await s3.put(name, "README.txt", readme, { "content-type": "text/plain; charset=utf-8" });
      }
      await s3.putCors(name, cors);
    }
    const config = {
      title: "sealdrop demo",
      provider: "seaweedfs",
      endpoint,
      region: "us-east-1",
      bucket: "sealed",
      prefix: "",
      style: "path",
      demoCredentials: credentials,
    };
    const site = await serve({ dist: here("../dist"), port, config });
    stoppers.push(site.close);
    console.log(`\n  ${site.url}\n\nPress Connect there. Buckets: ${BUCKETS.map(({ name }) => name).join(", ")}. Ctrl-C ends all of it.`);
  } catch (error) {
    await stopAll();
    throw error;
  }
};

main().catch((error) => {
  console.error(`error: ${error.message}`);
  process.exit(1);
});
