// A scripted stub (not a KMS): data keys that the test knows, so that it can look for them or put vectors' own in.
import { createServer } from "node:http";

/**
 * Starts the stub. GenerateDataKey always gives `dataKey`; Decrypt gives what `decrypt({ blob, context })` returns, 32
 * bytes, or refuses when that is nothing. Every ARN is one of its keys, and opens only what it wrapped; all else stands for
 * the key `arn`, or the one put into `standsFor`. `asked` holds the text of every request. What `refuse(headers, asked)`
 * returns, or promises, is sent in place of an answer; "no answer" ends the connection.
 */
export const startKmsStub = async ({ dataKey, decrypt, refuse = () => undefined }) => {
  const arn = "arn:aws:kms:us-east-1:123456789012:key/of-a-stub";
  const asked = [];
  const stub = { arn, standsFor: arn, asked };
  const keyOf = (id) => (id?.startsWith("arn:") ? id : stub.standsFor);
  const server = createServer(async (request, response) => {
    const cors = { "access-control-allow-origin": "*", "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "*" };
    const send = (status, body) => response.writeHead(status, { ...cors, "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(body));
    if (request.method === "OPTIONS") return send(200, {});
    let text = "";
    for await (const chunk of request) text += chunk;
    asked.push(text);
    const { KeyId: id, CiphertextBlob: blob, EncryptionContext: context } = JSON.parse(text);
    const refusal = await refuse(request.headers, { id, blob, context });
    if (refusal === "no answer") return request.socket.destroy();
    if (refusal) return send(400, refusal);
    const key = keyOf(id);
    if (!blob) return send(200, { Plaintext: dataKey.toString("base64"), CiphertextBlob: Buffer.from(`by ${key}`).toString("base64"), KeyId: key });
    const [, wrappedBy] = /^by (arn:.*)/.exec(Buffer.from(blob, "base64").toString()) ?? [];
    if (wrappedBy && wrappedBy !== key) return send(400, { __type: "IncorrectKeyException" });
    const opened = decrypt({ blob, context });
    return opened ? send(200, { Plaintext: opened.toString("base64"), KeyId: key }) : send(400, { __type: "InvalidCiphertextException" });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  stub.endpoint = `http://127.0.0.1:${server.address().port}`;
  stub.close = () => (server.closeAllConnections(), new Promise((done) => server.close(done)));
  return stub;
};
