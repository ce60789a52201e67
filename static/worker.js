// A worker is the page's own wasm module in a second role: the first message brings the glue's URL and the compiled
// module, so nothing is downloaded or compiled twice. From then on Rust listens, and says when it is ready.
addEventListener(
  "message",
  async ({ data: { glue, module } }) => {
    try {
      if (new URL(glue).origin !== location.origin) throw new Error("glue of another origin");
      const { initSync } = await import(glue);
      initSync({ module });
    } catch (error) {
      // Out of the promise, so that the page's Worker gets an error event.
      setTimeout(() => {
        throw error;
      });
    }
  },
  { once: true },
);
