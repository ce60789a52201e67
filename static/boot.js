// Starts the app under a policy without inline script: loads the wasm-bindgen glue and the wasm module named in the
// page's <meta> elements, checks the module's digest, and tells Rust where glue and worker script lie.
//
// Rust reads the absolute URLs from <meta name="sealdrop-glue"> and <meta name="sealdrop-worker">.

// As src/app/root.rs and src/app/text/language.rs choose it: what the person chose, else what the browser asks for.
const LANGUAGES = ["en", "ja"];
const chosen = () => {
  try {
    return localStorage.getItem("sealdrop-language");
  } catch {
    return null; // A browser may forbid it.
  }
};
const language =
  [chosen() ?? "", ...(navigator.languages ?? [])]
    .map((tag) => tag.split(/[-_]/)[0].toLowerCase())
    .find((tag) => LANGUAGES.includes(tag)) ?? "en";
const say = (...sentences) => sentences[LANGUAGES.indexOf(language)];

document.documentElement.lang = language;
document.getElementById("boot-status").textContent = say("Loading…", "読み込んでいます…");

const meta = (name) => document.querySelector(`meta[name="${name}"]`);
const absolute = (name) => (meta(name).content = new URL(meta(name).content, document.baseURI).href);

const fail = (sentence, error) => {
  console.error(error);
  const main = document.createElement("main");
  main.className = "boot";
  const title = document.createElement("h1");
  title.textContent = say("sealdrop could not start", "sealdrop を起動できませんでした");
  const reason = document.createElement("p");
  reason.setAttribute("role", "alert");
  reason.textContent = sentence;
  const detail = document.createElement("p");
  detail.textContent = String(error?.message ?? error);
  main.append(title, reason, detail);
  document.getElementById("app").replaceChildren(main);
};

const start = async () => {
  const glue = absolute("sealdrop-glue");
  const wasm = absolute("sealdrop-wasm");
  const worker = absolute("sealdrop-worker");

  // The only script URL that may ever be made from a string is the worker's.
  globalThis.trustedTypes?.createPolicy("default", { createScriptURL: (url) => (url === worker ? url : null) });

  // Both are needed: ask for both at once. fetch checks the digest, which browsers ignore on a preload of wasm.
  const [{ default: init }, module] = await Promise.all([
    import(glue),
    fetch(wasm, { integrity: meta("sealdrop-wasm").dataset.integrity }),
  ]);
  await init({ module_or_path: module });
};

if (typeof WebAssembly !== "object") {
  fail(
    say(
      "This browser has no WebAssembly, or it is switched off. Switch it on, or use another browser.",
      "このブラウザーは WebAssembly に対応していないか、WebAssembly が無効になっています。有効にするか、別のブラウザーを使用してください。",
    ),
    new Error("WebAssembly is missing"),
  );
} else {
  start().catch((error) =>
    fail(
      say(
        "Reload the page. If that does not help, this copy of sealdrop is incomplete or the browser is too old: try a newer browser, or tell whoever runs this page.",
        "ページを再読み込みしてください。それでも起動しない場合は、配置されている sealdrop のファイルが不足しているか、ブラウザーが古すぎます。新しいブラウザーで試すか、このページの運営者に連絡してください。",
      ),
      error,
    ),
  );
}
