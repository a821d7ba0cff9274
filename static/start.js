// Starts the simulation. Not inline: the content security policy blocks that.
document.documentElement.dataset.started = "";
const { js, wasm } = document.querySelector("script[data-wasm]").dataset;
const url = (path) => new URL(path, import.meta.url).href;
const fail = (sentence) => (error) => {
  throw `${sentence} Check the connection and try again.\n${error}`;
};

// Traces are read by a program of their own. The page calls this when a file is opened; orders wait until
// that program is there. `say` gets its answers, `fail` a sentence if it can't be loaded or breaks down.
self.cachePlaygroundLab = (say, fail) => {
  let closed;
  const unlessClosed = (tell) => (text) => closed || tell(text);
  const lab = import(url(`lab_host.js?${wasm.match(/[^-]*(?=_bg)/) ?? ""}`)).then(({ open }) =>
    open(unlessClosed(say), unlessClosed(fail)),
  );
  lab.catch((error) =>
    unlessClosed(fail)(`The program that reads traces could not be loaded (${error.message}).`),
  );
  const ask = (what) => lab.then(what, () => {});
  return {
    hear: (order, file) => ask((lab) => closed || lab.hear(order, file)),
    close() {
      closed = true;
      ask((lab) => lab.close());
    },
  };
};

async function start() {
  if (!self.WebAssembly)
    throw "This browser has no WebAssembly. Turn it on or use another one.";
  const glue = await import(url(js)).catch(fail("The program could not be loaded."));
  // Given a wrong MIME type, the glue compiles without streaming.
  await glue
    .default({ module_or_path: url(wasm) })
    .catch(fail("The simulation's file is missing or damaged."));
}

// watchdog.js shows it, like a later panic in Rust.
start().catch((detail) =>
  document.dispatchEvent(new CustomEvent("cache-playground-failed", { detail })),
);
