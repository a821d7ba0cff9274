// Starts the program that reads traces: in a worker where one starts, else in the page. Fetched when the
// first file is opened. It passes messages on and does not look into them (crates/worker/src/messages.rs).
const at = (name) => new URL(name + new URL(import.meta.url).search, import.meta.url).href;
const policy = self.trustedTypes?.createPolicy("cache-playground-lab", { createScriptURL: (url) => url });
const trusted = (url) => policy?.createScriptURL(url) ?? url;
/** How long a worker may take to start. */
const PATIENCE_MS = 5000;
/** How long the program works at a time: between two slices it hears of a later order, and the page draws. */
const SLICE_MS = { worker: 40, page: 6 };

/** What a worker runs after the program's own script. Its first message says whether it has started. */
function inWorker(sliceMs) {
  let lab;
  self.onmessage = async ({ data }) => {
    if (lab) return lab.hear(...data);
    try {
      await wasm_bindgen({ module_or_path: data });
      lab = new wasm_bindgen.Lab((answer) => postMessage(answer), sliceMs);
    } catch {
      // The page's own thread will do.
    }
    postMessage(Boolean(lab));
  };
}

/** A worker from a blob: in a sandboxed frame no other starts. Nothing where none does. */
async function startWorker(script, module, say, fail) {
  const blob = new Blob([`${script};(${inWorker})(${SLICE_MS.worker});`], { type: "text/javascript" });
  const url = URL.createObjectURL(blob);
  try {
    const worker = new Worker(trusted(url));
    const started = await new Promise((done) => {
      worker.onmessage = ({ data }) => done(data);
      worker.onerror = (event) => (event.preventDefault(), done(false));
      setTimeout(done, PATIENCE_MS, false);
      worker.postMessage(module);
    });
    if (started) {
      worker.onmessage = ({ data }) => say(data);
      worker.onerror = (event) => (event.preventDefault(), fail(`The file could not be read to its end: ${event.message}.`));
      return { hear: (order, file) => worker.postMessage([order, file]), close: () => worker.terminate() };
    }
    worker.terminate();
  } catch {
    // No worker here.
  } finally {
    URL.revokeObjectURL(url);
  }
}

let here;
async function startHere(module, say) {
  here ??= new Promise((go, stop) => {
    const script = document.createElement("script");
    script.onload = go;
    script.onerror = stop;
    script.src = trusted(at("lab.js"));
    document.head.append(script);
  }).then(() => wasm_bindgen({ module_or_path: module }));
  await here;
  const lab = new wasm_bindgen.Lab(say, SLICE_MS.page);
  return { hear: (order, file) => lab.hear(order, file), close: () => lab.close() };
}

const get = async (name) => {
  const answer = await fetch(at(name));
  if (!answer.ok) throw new Error(`${name} is missing`);
  return answer;
};
const compile = async () => WebAssembly.compile(await (await get("lab_bg.wasm")).arrayBuffer());
let parts;

/** A lab for one file. `say` gets its answers; `fail` a sentence, if the program breaks down. */
export async function open(say, fail) {
  // What could not be fetched is asked for again the next time.
  parts ??= Promise.all([get("lab.js").then((answer) => answer.text()), compile()]);
  const [script, module] = await parts.catch((error) => {
    parts = undefined;
    throw error;
  });
  return (await startWorker(script, module, say, fail)) ?? (await startHere(module, say));
}
