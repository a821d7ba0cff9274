// Measures the release build in headless Chromium: the page's engine (`missCounts`), the lab's, and a
// full scenario. `cargo xtask bench` runs it. Usage: node benches/browser.mjs STREAMS
// Prints rows of a Markdown table.
import { readFileSync } from "node:fs";
import { openPage, shutDown } from "../tests/browser/harness.mjs";
import { CLUSTER, CLUSTER_NAME } from "./cluster.mjs";

const ROUNDS = 5;
const folder = process.argv[2];

function row(what, measured, values, unit) {
  const sorted = values.toSorted((a, b) => a - b);
  const ends = unit.includes("/s") ? [sorted.at(-1), sorted[0]] : [sorted[0], sorted.at(-1)];
  const numbers = [sorted[sorted.length >> 1], ...ends].map((value) => value.toFixed(2));
  console.log(`| ${[what, measured, ...numbers, unit].join(" | ")} |`);
}

/** In the page: rates of LRU through `missCounts`. One call with one capacity is taken off one with five. */
function onPage([keys, capacity, rounds]) {
  const { cachePlayground: playground } = globalThis;
  const timed = (count) => {
    const start = performance.now();
    playground.missCounts(keys, "lru", Array(count).fill(capacity));
    return performance.now() - start;
  };
  timed(1);
  const times = Array.from({ length: rounds }, () => -timed(1) + timed(5));
  return times.map((ms) => (4 * keys.length) / ms / 1e3);
}

/** In the page: rates of LRU in the lab's worker, which finds exact LRU's whole curve as well: taken off likewise. */
async function inLab([keys, capacity, rounds]) {
  const { open } = await import("./lab_host.js");
  let heard;
  let broken;
  const lab = await open((answer) => heard(JSON.parse(answer)), (sentence) => broken(sentence));
  // What takes long is told in parts, of which the last one counts. An answer is named by its only field.
  const ask = (order, kind, isLast = () => true, file = undefined) =>
    new Promise((done, failed) => {
      broken = failed;
      heard = (answer) => {
        if (answer.Refused) failed(answer.Refused.why);
        if (answer[kind] && isLast(answer[kind])) done();
      };
      lab.hear(JSON.stringify(order), file);
    });
  const isLast = (curves) => curves.per_mille === 1000;
  const file = new File([keys.join("\n")], "stream.txt");
  await ask({ Read: { seed: "1" } }, "Opened", undefined, file);
  const timed = async (count) => {
    const start = performance.now();
    const capacities = Array(count).fill(capacity);
    await ask({ FindCurves: { policies: ["lru"], capacities } }, "Curves", isLast);
    return performance.now() - start;
  };
  const rates = [];
  for (let round = 0; round < rounds; round++) {
    const ms = -(await timed(1)) + (await timed(5));
    rates.push((4 * keys.length) / ms / 1e3);
  }
  lab.close();
  return rates;
}

/** In the page: events a second of a scenario, and the slowest of 100 seeks. */
function scenario([input, rounds]) {
  const { cachePlayground: playground } = globalThis;
  const rates = [];
  const seeks = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    playground.load(input);
    const last = playground.stepCount();
    rates.push(playground.events(0, last).length / (performance.now() - start) / 1e3);
    const times = Array.from({ length: 200 }, (_, i) => {
      const step = (i * 7_919 * 131) % (last + 1);
      const begin = performance.now();
      playground.command({ type: "seek", step });
      return performance.now() - begin;
    });
    seeks.push(times.toSorted((a, b) => a - b)[198]);
  }
  return { rates, seeks, mib: performance.memory.usedJSHeapSize / 2 ** 20 };
}

/** In the page: how long a million generated requests take, and seeks in them, each with its frame and sentences. */
function long(input) {
  const { cachePlayground: playground } = globalThis;
  const start = performance.now();
  playground.load(input);
  const last = playground.stepCount();
  const seconds = (performance.now() - start) / 1e3;
  const [seeks, frames] = [[], []];
  for (let i = 0; i < 100; i++) {
    const step = (i * 7_919 * 131 * 37) % (last + 1);
    const begin = performance.now();
    playground.command({ type: "seek", step });
    playground.events(step, step);
    const there = performance.now();
    playground.frame();
    seeks.push(there - begin);
    frames.push(performance.now() - there);
  }
  return { seconds, seeks, frames };
}

/** In the page: the same in turns with its frames, as a person sees it: until all is known, and the frames meanwhile. */
async function watched(input) {
  const start = performance.now();
  globalThis.cachePlayground.load(input);
  const frames = [];
  // While there is something left, the page says how far it is.
  const goesOn = () => performance.now() - start < 300 || document.querySelector(".timeline-progress");
  let last = await new Promise(requestAnimationFrame);
  while (goesOn()) {
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  return { seconds: (performance.now() - start) / 1e3, frames };
}

const page = await openPage({ reducedMotion: "reduce" });
for (const keys of [100_000, 1_000_000]) {
  const bytes = readFileSync(`${folder}/zipf-${keys}.u32`);
  const stream = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const base64 = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength).toString("base64");
  // An array of millions of numbers takes long to hand over one by one.
  await page.evaluate((text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    globalThis.stream = new Uint32Array(bytes.buffer);
  }, base64);
  const run = (measure) =>
    page.evaluate(`(${measure})([globalThis.stream, ${keys / 10}, ${ROUNDS}])`);
  const what = `Zipf, ${keys} keys, WebAssembly`;
  row(what, "this engine, LRU, in the lab's worker", await run(inLab), "M op/s");
  row(what, "this engine, LRU, on the page", await run(onPage), "M op/s");
}

const lanes = (await page.evaluate(() => globalThis.cachePlayground.scenario())).lanes;
lanes.forEach((lane) => (lane.cache.capacity = 100));
const bytes = readFileSync(`${folder}/scenario.u32`);
const keys = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const script = Array.from(keys, (key, i) => ({
  at_us: i * 1_000,
  client: 1 + (i % 8),
  op: i % 20 === 19 ? "write" : "read",
  key: `key:${key}`,
}));
const { rates, seeks, mib } = await page.evaluate(scenario, [{ workload: { script }, lanes }, ROUNDS]);
const what = "10,000 requests, two lanes and the baseline, WebAssembly";
row(what, "loaded, simulated, and its events handed over", rates, "M events/s");
row(what, "going to a step, the slowest 1 of 100, with its frame", seeks, "ms");
lanes.forEach((lane) => (lane.cache.capacity = 1_000));
const generated = { requests: 1_000_000, keys: 10_000, gap: { exponential_mean_us: 4_000 } };
const runs = [];
for (let round = 0; round < 3; round++) runs.push(await page.evaluate(long, { workload: { generated }, lanes }));
const longWhat = "1,000,000 requests, two lanes and the baseline, WebAssembly";
row(longWhat, "loaded and simulated", runs.map((run) => run.seconds), "s");
row(longWhat, "going to a step, with the frame that the page shows and its sentences", runs.flatMap((run) => run.seeks), "ms");
row(longWhat, "that frame as an object for scripts", runs.flatMap((run) => run.frames), "ms");
const seen = [];
for (let round = 0; round < 3; round++) seen.push(await page.evaluate(watched, { workload: { generated }, lanes }));
row(longWhat, "in turns with the page's frames, by the clock", seen.map((run) => run.seconds), "s");
row(longWhat, "from one of these frames to the next", seen.flatMap((run) => run.frames), "ms");
const clusters = [];
for (let round = 0; round < 3; round++) clusters.push(await page.evaluate(long, CLUSTER));
const clusterWhat = `${CLUSTER_NAME}, WebAssembly`;
row(clusterWhat, "loaded and simulated", clusters.map((run) => run.seconds), "s");
row(clusterWhat, "going to a step, with the frame that the page shows and its sentences", clusters.flatMap((run) => run.seeks), "ms");
row("All of this, WebAssembly", "JavaScript heap after it", [mib], "MiB");
await shutDown();
