// The official Python clients, each in one process that is started when it is first asked, and ends with this one.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const start = (module) => {
  const child = spawn(here("../../.tools/venv/bin/python"), [here("peers/serve.py"), module], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = [];
  // While nobody waits for an answer, it keeps no test file from ending.
  const hold = (on) => [child, child.stdin, child.stdout].forEach((it) => (on ? it.ref() : it.unref()));
  hold(false);
  const next = () => {
    const { resolve, reject } = waiting.shift();
    if (!waiting.length) hold(false);
    return { resolve, reject };
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { status, out, err } = JSON.parse(line);
    const { resolve, reject } = next();
    if (status === 0) resolve(out);
    else reject(new Error(`${module} ${status}: ${err}`));
  });
  child.once("exit", () => {
    while (waiting.length) next().reject(new Error(`${module} ended`));
  });
  return (args) =>
    new Promise((resolve, reject) => {
      hold(true);
      waiting.push({ resolve, reject });
      child.stdin.write(`${JSON.stringify(args)}\n`);
    });
};

/** A function that asks the peer: it resolves to what it printed, and rejects if the official client refuses. */
const peerOf = (module) => {
  let ask;
  return (args) => (ask ??= start(module))(args);
};

/** The official AWS Encryption SDK. */
export const peer = peerOf("esdk_peer");

/** The official Python S3 Encryption Client. */
export const s3ecPeer = peerOf("s3ec_peer");
