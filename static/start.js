// Starts the simulation. Not inline: the content security policy blocks that.
document.documentElement.dataset.started = "";
const { js, wasm } = document.querySelector("script[data-wasm]").dataset;
const url = (path) => new URL(path, import.meta.url).href;
const fail = (sentence) => (error) => {
  throw `${sentence} Check the connection and try again.\n${error}`;
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
