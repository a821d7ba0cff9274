// Starts the simulation. Not inline: the content security policy blocks that.
document.documentElement.dataset.started = "";
const { js, wasm, later } = document.querySelector("script[data-wasm]").dataset;
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

// The program comes in two parts, and the first picture needs the first only. Rust has the second fetched
// when the picture is there; what calls something of it sooner waits (`now`). An unparted build has one.
const fetchLater = async () =>
  WebAssembly.compile(await (await fetch(url(later), { priority: "low" })).arrayBuffer());
const loadLater = () => {
  // Rust waits within a call, so this is the one kind of request that will do.
  const request = new XMLHttpRequest();
  request.open("GET", url(later), false);
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  return new WebAssembly.Module(Uint8Array.from(request.responseText, (c) => c.charCodeAt()));
};
let ahead;
self.cachePlaygroundPart = (exports, now) => {
  const { dataset } = document.documentElement;
  const imports = { "": exports };
  const isWhole = () => {
    dataset.whole = "true";
    document.dispatchEvent(new Event("cache-playground-whole"));
  };
  if (now) {
    try {
      new WebAssembly.Instance(ahead ?? loadLater(), imports);
      isWhole();
    } catch (error) {
      const detail = `The rest of the program could not be loaded. Check the connection and try again.\n${error}`;
      document.dispatchEvent(new CustomEvent("cache-playground-failed", { detail }));
      throw error;
    }
  } else if (later) {
    Promise.resolve(ahead ?? fetchLater())
      .then((module) => dataset.whole || WebAssembly.instantiate(module, imports))
      // If it fails, what needs it tries again, and tells.
      .then(isWhole, () => {});
  } else isWhole();
};

async function start() {
  if (!self.WebAssembly)
    throw "This browser has no WebAssembly. Turn it on or use another one.";
  // A link's state or set-up is read before the first picture, and that is done by the second part.
  const early = later && (location.hash.length > 1 || location.search) && fetchLater().catch(() => {});
  const glue = await import(url(js)).catch(fail("The program could not be loaded."));
  ahead = (await early) || undefined;
  // Given a wrong MIME type, the glue compiles without streaming.
  await glue
    .default({ module_or_path: url(wasm) })
    .catch(fail("The simulation's file is missing or damaged."));
}

// watchdog.js shows it, like a later panic in Rust.
start().catch((detail) =>
  document.dispatchEvent(new CustomEvent("cache-playground-failed", { detail })),
);
