// Run in the app's page, by the text of these functions: the same transfers without the app.

/** The file input that the functions below read from; the app has its own. */
export const addInput = () => {
  const input = document.createElement("input");
  input.type = "file";
  input.id = "bench-files";
  input.multiple = true;
  document.body.append(input);
};

/**
 * PUTs the parts of the picked file, as many at a time as the app: read into as many reused buffers ("buffers"), or by the
 * browser itself ("slices"). Resolves to the ETags.
 */
export const putParts = async ({ urls, part, atATime, bodies }) => {
  const file = document.getElementById("bench-files").files[0];
  const etags = [];
  const held = [];
  let next = 0;
  const put = (url, body) =>
    new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest();
      xhr.open("PUT", url);
      xhr.upload.onprogress = () => {};
      xhr.onloadend = () => (xhr.status === 200 ? resolve(xhr.getResponseHeader("etag")) : reject(new Error(`PUT: ${xhr.status}`)));
      xhr.send(body);
    });
  const lane = async () => {
    let buffer = new ArrayBuffer(part);
    while (next < urls.length) {
      const index = next++;
      const slice = file.slice(index * part, (index + 1) * part);
      if (bodies === "slices") {
        etags[index] = await put(urls[index], slice);
        continue;
      }
      // Held, or Chromium may collect it under the reader.
      const stream = slice.stream();
      const reader = stream.getReader({ mode: "byob" });
      let length = 0;
      while (length < slice.size) {
        const { value } = await reader.read(new Uint8Array(buffer, length, slice.size - length));
        buffer = value.buffer;
        length += value.length;
      }
      etags[index] = await put(urls[index], new Uint8Array(buffer, 0, length));
      // As the app does: without a reminder to collect, a page grows by all it sends, and slows down.
      held.push(new ArrayBuffer(64 << 20));
      if (held.length > 2) held.shift();
      if (stream.locked) await reader.cancel();
    }
  };
  await Promise.all(Array.from({ length: atATime }, lane));
  return etags;
};
