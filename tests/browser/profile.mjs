// Which functions of the page's program the opening needs: `cargo xtask profile` serves a page whose
// functions each note that they ran, and reads what this prints, the numbers of those that did.
import { address, newPage, shutDown, untilReady } from "./harness.mjs";
import { doEverything } from "./opening.mjs";

const RAN = "ran ";
const seen = new Set();

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
  const numbers = await page.evaluate(
    (prefix) =>
      Object.entries(globalThis.probes)
        .filter(([name, probe]) => name.startsWith(prefix) && probe.value === 1)
        .map(([name]) => Number(name.slice(prefix.length))),
    RAN,
  );
  numbers.forEach((number) => seen.add(number));
  page.assertQuiet();
  await page.close();
}

for (const width of [320, 360, 768, 1280, 1920]) {
  const viewport = { width, height: 800 };
  await visit({ viewport, reducedMotion: "reduce" });
  await visit({ viewport, colorScheme: "dark" });
}
await shutDown();
console.log(JSON.stringify([...seen].toSorted((a, b) => a - b)));
