// Starts the simulation. Not inline: the content security policy blocks that.
document.documentElement.dataset.started = "";
const { js, wasm } = document.querySelector("script[data-wasm]").dataset;
const url = (path) => new URL(path, import.meta.url).href;
const fail = (sentence) => (error) => {
  throw `${sentence} Check the connection and try again.\n${error}`;
};

// Traces are read by a program of their own. The page calls this when a file is opened; what it asks
// of the lab waits until the lab is there.
self.cachePlaygroundLab = (file, seed, say) => {
  let closed;
  const lab = import(url(`lab_host.js?${wasm.match(/[^-]*(?=_bg)/) ?? ""}`)).then(({ open }) =>
    open((...answer) => closed || say(...answer)),
  );
  const order = (order) => lab.then(({ hear }) => closed || hear(order));
  order({ kind: "read", file, seed }).catch((error) =>
    say("refused", 0, 0, `The program that reads traces could not be loaded (${error.message}).`),
  );
  return {
    keep: () => order({ kind: "keep" }),
    count: (number, scenario) => order({ kind: "count", number, scenario }),
    // A copy: what Rust hands over is a view of its memory.
    stop: () => order({ kind: "stop" }),
    curves: (policies, capacities) =>
      order({ kind: "curves", number: 0, policies, capacities: capacities.slice() }),
    close() {
      closed = true;
      lab.then(({ close }) => close()).catch(() => {});
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
