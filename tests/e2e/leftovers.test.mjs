// Multipart uploads that were left in the bucket, by anybody: listed with age and size, aborted on request.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hang } from "./faulty.mjs";
import { connect, goTo, inFaultyWorld, until, useKey } from "./harness.mjs";

const MIB = 1 << 20;
let world, proxy, page;
inFaultyWorld((...given) => ([world, proxy, page] = given));

/** A multipart upload that some other program began. */
const leave = async (bucket, key, parts) => {
  const xml = await (await world.s3.send("POST", `${bucket}/${key}`, { query: "uploads=" })).text();
  const id = /<UploadId>(.*?)<\/UploadId>/s.exec(xml)[1];
  for (const [at, size] of parts.entries()) {
    await world.s3.send("PUT", `${bucket}/${key}`, { query: `partNumber=${at + 1}&uploadId=${encodeURIComponent(id)}`, body: randomBytes(size) });
  }
};

test("incomplete uploads are listed, and aborted one by one or by age; what is being sent is left alone", async () => {
  const bucket = await world.bucket();
  await leave(bucket, "old/a.bin", [5 * MIB, 3 * MIB]);
  await leave(bucket, "b.bin", [MIB]);
  await leave(bucket, "empty.bin", []);
  await connect(world, page, bucket, { "Endpoint URL": proxy.endpoint });
  await useKey(page);
  proxy.fault = ({ part }) => (part === 2 ? hang : undefined);
  const path = join(world.folder, "data.bin");
  writeFileSync(path, randomBytes(12 * MIB));
  await page.getByLabel("Choose files").setInputFiles(path);
  await until("no part arrives", () => proxy.stored.has(1));

  await goTo(page, "Bucket encryption");
  const region = page.getByRole("region", { name: "Incomplete uploads in the bucket" });
  await region.getByRole("button", { name: "List incomplete uploads" }).click();
  await region.getByText("4 incomplete uploads, 17.0 MiB in all.").waitFor();
  const row = (key) => region.locator(`li[data-key="${key}"]`);
  await row("old/a.bin").getByText("8.00 MiB in 2 parts").waitFor();
  await row("empty.bin").getByText("0 B in 0 parts").waitFor();
  assert.equal(await row("data.bin").getAttribute("data-leftover"), "running");
  assert.ok(await row("data.bin").getByRole("button", { name: "Abort" }).isDisabled());

  const dialog = page.getByRole("dialog", { name: "Abort incomplete uploads?" });
  await row("b.bin").getByRole("button", { name: "Abort" }).click();
  await dialog.getByText("What was sent of b.bin (1.00 MiB)").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  assert.equal((await world.s3.uploads(bucket)).length, 4, "nothing goes before the answer");
  await row("b.bin").getByRole("button", { name: "Abort" }).click();
  await dialog.getByRole("button", { name: "Abort" }).click();
  await row("b.bin").waitFor({ state: "detached" });
  assert.deepEqual((await world.s3.uploads(bucket)).sort(), ["data.bin", "empty.bin", "old/a.bin"]);

  const all = region.getByRole("button", { name: "Abort all of that age" });
  assert.ok(await all.isDisabled(), "none is seven days old");
  await region.getByRole("spinbutton", { name: "Older than (days)" }).fill("0");
  await all.click();
  await dialog.getByText("2 uploads").waitFor();
  await dialog.getByRole("button", { name: "Abort" }).click();
  await region.getByText("One incomplete upload, 8.00 MiB. 3 aborted.").waitFor();
  assert.deepEqual(await world.s3.uploads(bucket), ["data.bin"]);

  proxy.fault = ({ operation }) => (operation === "ListMultipartUploads" ? { status: 403, body: "<Error><Code>AccessDenied</Code></Error>" } : undefined);
  await region.getByRole("button", { name: "List again" }).click();
  await region.getByRole("alert").getByText(/may not do that/).waitFor();
});
