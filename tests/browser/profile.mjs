// Which functions of the page's program the opening needs: `cargo xtask profile` serves a page whose
// functions each note that they ran, and reads what this prints: the numbers of those that did, and on a second
// line of those that did in a long run as well.
import { address, newPage, shutDown, untilReady } from "./harness.mjs";
import { doEverything } from "./opening.mjs";

const RAN = "ran ";
const opening = new Set();
const longRun = new Set();

/** Notes what has run in a page so far. */
async function note(page, seen) {
  const numbers = await page.evaluate(
    (prefix) =>
      Object.entries(globalThis.probes)
        .filter(([name, probe]) => name.startsWith(prefix) && probe.value === 1)
        .map(([name]) => Number(name.slice(prefix.length))),
    RAN,
  );
  numbers.forEach((number) => seen.add(number));
}

/** A run like that of a million requests which the bench measures, and seeks in it. */
const runLong = (page) =>
  page.evaluate(() => {
    const { cachePlayground: playground } = globalThis;
    const { lanes } = playground.scenario();
    lanes.forEach((lane) => (lane.cache.capacity = 100));
    const generated = { requests: 20_000, keys: 1_000, gap: { exponential_mean_us: 4_000 } };
    playground.load({ workload: { generated }, lanes });
    const last = playground.stepCount();
    for (let i = 0; i < 20; i++) {
      playground.command({ type: "seek", step: (i * 7_919 * 131) % last });
    }
  });

/** Does everything in a page of this kind, and notes what ran. */
async function visit(options) {
  const page = await newPage(options);
  await page.addInitScript(() => {
    for (const name of ["instantiate", "instantiateStreaming"]) {
      const original = WebAssembly[name];
      WebAssembly[name] = async (...values) => {
        const made = await original.apply(WebAssembly, values);
        globalThis.probes = (made.instance ?? made).exports;
        return made;
      };
    }
  });
  // The second part never comes, and what waits for it in the background does not run.
  await page.route("**/*_later.wasm", () => {});
  await page.goto(address());
  await untilReady(page);
  await doEverything(page);
  await note(page, opening);
  if (options.viewport.width === 1280) {
    await runLong(page);
    await note(page, longRun);
  }
  page.assertQuiet();
  await page.close();
}

for (const width of [320, 360, 768, 1280, 1920]) {
  const viewport = { width, height: 800 };
  await visit({ viewport, reducedMotion: "reduce" });
  await visit({ viewport, colorScheme: "dark" });
}
await shutDown();
for (const seen of [opening, longRun]) console.log(JSON.stringify([...seen].toSorted((a, b) => a - b)));
