// The lab's host: has traces read and counted in a worker where one starts, else here in short slices.
// Fetched when the first file is opened.
const at = (name) => new URL(name + new URL(import.meta.url).search, import.meta.url).href;
const policy = self.trustedTypes?.createPolicy("cache-playground-lab", { createScriptURL: (url) => url });
const trusted = (url) => policy?.createScriptURL(url) ?? url;
/** How long a worker may take to say that it is there. */
const PATIENCE_MS = 5000;

/**
 * Drives one lab; runs in a worker or here, so it knows nothing but its arguments. `say` gets
 * (kind, number, number, text). Gives what hears {read, seed}, {keep}, {count, scenario}, {curves, …}.
 */
function drive(Lab, say, sliceMs) {
  const BLOCK = 1 << 20;
  const PIECE = 1 << 13;
  let lab, seed;
  // Each job has a number: a later one, or the end, takes over at the next pause.
  let latest = 0;
  const pause = () =>
    new Promise((go) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = go;
      port2.postMessage(0);
    });
  async function work(job, step) {
    for (;;) {
      const end = performance.now() + sliceMs;
      do if (step()) return job === latest;
      while (performance.now() < end);
      await pause();
      if (job !== latest) return false;
    }
  }
  async function open(job) {
    lab.open(seed);
    if (await work(job, () => lab.advance())) say("opened", 0, 0, lab.opened(seed));
  }
  async function read(job, file) {
    let told = 0;
    const tell = (bytes) => {
      if (performance.now() <= told + 100) return;
      told = performance.now();
      say("progress", bytes, lab.requests(), "");
    };
    lab = new Lab(file.name);
    for (let start = 0; start < file.size; start += BLOCK) {
      const block = await file.slice(start, start + BLOCK).arrayBuffer();
      let piece = 0;
      const done = await work(job, () => {
        // It takes what it can in a moment: a few bytes can stand for millions of requests.
        piece += lab.push(new Uint8Array(block, piece, Math.min(PIECE, block.byteLength - piece)));
        tell(start + piece);
        return piece >= block.byteLength;
      });
      if (!done) return;
    }
    const done = await work(job, () => (tell(file.size), lab.finish()));
    if (done) await open(job);
  }
  // Curves come in as they are found. A count of lanes takes their place, and they go on after it.
  let finding = false;
  async function find(job) {
    let told = performance.now();
    const tell = () => {
      told = performance.now();
      say("curves", 0, 0, JSON.stringify(lab.found()));
    };
    const done = await work(job, () => {
      const done = lab.advance();
      if (!done && performance.now() > told + 250) tell();
      return done;
    });
    if (!done) return;
    finding = false;
    tell();
  }
  const jobs = {
    read: (job, { file }) => read(job, file),
    keep: (job) => lab.keep() && open(job),
    async count(job, { number, scenario }) {
      lab.count(scenario);
      const counted = await work(job, () => (lab.counting() && lab.advance(), !lab.counting()));
      if (!counted) return;
      say("counted", number, 0, lab.replays());
      if (finding) await find(job);
    },
    async curves(job, { policies, capacities }) {
      lab.curves(policies, capacities);
      finding = true;
      await find(job);
    },
    async stop() {
      finding = false;
      lab.stop();
    },
    close() {},
  };
  return async (order) => {
    seed = order.seed ?? seed;
    const job = ++latest;
    try {
      await jobs[order.kind](job, order);
    } catch (error) {
      const known = typeof error === "string";
      const why = known ? error : `The file could not be read to its end: ${error.message ?? error}.`;
      if (job === latest) say("refused", 0, known ? lab.requests() : 0, why);
    }
  };
}

/** What a worker runs after the lab's own script. */
function inWorker(drive) {
  let hear;
  self.onmessage = async ({ data }) => {
    if (hear) return hear(data);
    try {
      await wasm_bindgen({ module_or_path: data });
      // Long slices: in between it hears of a later order.
      hear = drive(wasm_bindgen.Lab, (...answer) => postMessage(answer), 40);
      postMessage(["ready"]);
    } catch {
      postMessage(["failed"]);
    }
  };
}

/** A worker from a blob: in a sandboxed frame there is no other. Nothing where none starts. */
async function startWorker(script, module, say) {
  const blob = new Blob([`${script};(${inWorker})(${drive});`], { type: "text/javascript" });
  const url = URL.createObjectURL(blob);
  try {
    const worker = new Worker(trusted(url));
    const ready = await new Promise((done) => {
      worker.onmessage = ({ data: [kind] }) => done(kind === "ready");
      worker.onerror = (event) => (event.preventDefault(), done(false));
      setTimeout(done, PATIENCE_MS, false);
      worker.postMessage(module);
    });
    if (ready) {
      worker.onmessage = ({ data }) => say(...data);
      return { hear: (order) => worker.postMessage(order), close: () => worker.terminate() };
    }
    worker.terminate();
  } catch {
    // No worker here.
  } finally {
    URL.revokeObjectURL(url);
  }
}

let here;
/** The lab's program in the page itself. */
async function startHere(module, say) {
  here ??= new Promise((go, stop) => {
    const script = document.createElement("script");
    script.onload = go;
    script.onerror = stop;
    script.src = trusted(at("lab.js"));
    document.head.append(script);
  }).then(() => wasm_bindgen({ module_or_path: module }));
  await here;
  const hear = drive(wasm_bindgen.Lab, say, 6);
  return { hear, close: () => hear({ kind: "close" }) };
}

const get = async (name) => {
  const answer = await fetch(at(name));
  if (!answer.ok) throw new Error(`${name} is missing`);
  return answer;
};
const compile = async () => WebAssembly.compile(await (await get("lab_bg.wasm")).arrayBuffer());
let parts;

/** A lab for one file. `say` gets its answers. */
export async function open(say) {
  // What could not be fetched is asked for again the next time.
  parts ??= Promise.all([get("lab.js").then((answer) => answer.text()), compile()]);
  const [script, module] = await parts.catch((error) => {
    parts = undefined;
    throw error;
  });
  return (await startWorker(script, module, say)) ?? (await startHere(module, say));
}
