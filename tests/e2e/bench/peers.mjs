// Other programs that upload the same file to the same server.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const RCLONE = here("../../../.tools/venv/bin/rclone");
const AWS = here("../../../.tools/bench-venv/bin/aws");

/** Runs it and gives the seconds it took; throws if it failed. */
const timed = (command, args, env) => {
  const start = performance.now();
  const run = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
  if (run.status !== 0) throw new Error(`${command}: ${run.error ?? run.stderr}`);
  return (performance.now() - start) / 1000;
};

/** `rclone copyto` through a crypt remote. */
export const rcloneCrypt = ({ endpoint, credentials, bucket, path, key }) => {
  const obscured = spawnSync(RCLONE, ["obscure", "bench password"], { encoding: "utf8" }).stdout.trim();
  return timed(RCLONE, ["--config", "/dev/null", "copyto", path, `locked:${key}`], {
    RCLONE_CONFIG_LOCAL_TYPE: "s3",
    RCLONE_CONFIG_LOCAL_PROVIDER: "SeaweedFS",
    RCLONE_CONFIG_LOCAL_ENDPOINT: endpoint,
    RCLONE_CONFIG_LOCAL_REGION: "us-east-1",
    RCLONE_CONFIG_LOCAL_ACCESS_KEY_ID: credentials.accessKeyId,
    RCLONE_CONFIG_LOCAL_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    RCLONE_CONFIG_LOCKED_TYPE: "crypt",
    RCLONE_CONFIG_LOCKED_REMOTE: `local:${bucket}`,
    RCLONE_CONFIG_LOCKED_PASSWORD: obscured,
  });
};

/** `aws s3 cp`, which encrypts nothing. */
export const awsCopy = ({ endpoint, credentials, bucket, path, key }) =>
  timed(AWS, ["--endpoint-url", endpoint, "--region", "us-east-1", "s3", "cp", "--only-show-errors", path, `s3://${bucket}/${key}`], {
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  });
