// A browser for measurements, connected to a bucket, with a key in use.
import { startBareBrowser } from "../bare_browser.mjs";
import { KEY } from "../harness.mjs";

export const connected = async ({ server, app, bucket, format }) => {
  const browser = await startBareBrowser();
  const { page } = browser;
  await page.goto(app.url);
  await page.until(`document.getElementById("endpoint")`);
  await page.choose("provider", "seaweedfs");
  const { accessKeyId, secretAccessKey } = server.credentials;
  const fields = { endpoint: server.endpoint, region: "us-east-1", bucket, "access-key-id": accessKeyId, "secret-access-key": secretAccessKey };
  for (const [id, value] of Object.entries(fields)) await page.fill(id, value);
  await page.click("Connect");
  await page.until(`location.hash.startsWith("#/browse")`);
  await page.click("Keys");
  await page.until(`document.getElementById("paste-key")`);
  await page.fill("paste-key", KEY);
  await page.click("Use key");
  await page.until(`document.querySelector('li[aria-current="true"]')`);
  if (format) await page.choose("format", format);
  await page.click("Browse");
  await page.until(`document.querySelector("table")`);
  return browser;
};
