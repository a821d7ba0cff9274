// Measures what a person feels of the release build in headless Chromium, with a processor four times
// as slow: how soon the page is ready on a slow line, the script of a frame while four lanes play, long
// tasks while scrubbing, answers to clicks and keys, and shifts of the layout. `cargo xtask bench` runs
// it. Usage: node benches/page.mjs DIST
// Prints rows of a Markdown table.
import { launch, newPage, shutDown, untilReady } from "../tests/browser/harness.mjs";
import { CLUSTER, CLUSTER_NAME } from "./cluster.mjs";
import { serve } from "../tests/browser/server.mjs";

const ROUNDS = 5;
const SLOW = 4;
const line = (megabits, latency) => ({
  offline: false,
  latency,
  downloadThroughput: (megabits * 1e6) / 8,
  uploadThroughput: (megabits * 1e6) / 16,
});
const LINES = { "1.6 Mbit/s and 150 ms": line(1.6, 150), "10 Mbit/s and 40 ms": line(10, 40) };
const folder = process.argv[2];

const sorted = (values) => values.toSorted((a, b) => a - b);
const at = (values, share) => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))];

/** A row: what was measured, and its median, least and greatest value. */
function row(what, measured, values, unit, digits = 1) {
  const numbers = [at(values, 0.5), at(values, 0), at(values, 1)].map((value) => value.toFixed(digits));
  console.log(`| ${[what, measured, ...numbers, unit].join(" | ")} |`);
}

/** A page with a slow processor that keeps account of shifts, long tasks and answers. */
async function slowPage(url, { line } = {}) {
  const page = await newPage();
  await page.addInitScript(() => {
    globalThis.seen = { shifts: [], tasks: [], answers: [] };
    const watch = (type, keep, options) =>
      new PerformanceObserver((list) => list.getEntries().forEach(keep)).observe({ type, buffered: true, ...options });
    watch("layout-shift", (entry) => seen.shifts.push(entry.value));
    watch("longtask", (entry) => seen.tasks.push(entry.duration));
    watch("event", (entry) => entry.interactionId && seen.answers.push(entry.duration), { durationThreshold: 16 });
  });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOW });
  if (line) {
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", line);
  }
  const begin = performance.now();
  await page.goto(url, { waitUntil: "commit" });
  await untilReady(page);
  return { page, devtools, ready: performance.now() - begin };
}

const seen = (page) => page.evaluate(() => globalThis.seen);
const forget = (page) => page.evaluate(() => Object.values(seen).forEach((list) => (list.length = 0)));

/** The script of each frame, in milliseconds, while `act` goes on. */
async function scriptOfFrames(page, act) {
  const browser = await launch();
  await browser.startTracing(page, { categories: ["devtools.timeline", "disabled-by-default-devtools.timeline"] });
  await act();
  const { traceEvents } = JSON.parse(await browser.stopTracing());
  const scripts = new Set(["FireAnimationFrame", "TimerFire", "RunMicrotasks", "EventDispatch", "FunctionCall", "v8.callFunction"]);
  const main = traceEvents.find((event) => event.name === "FireAnimationFrame");
  if (!main) throw new Error("The trace has no animation frame: nothing moved.");
  const ours = traceEvents
    .filter((event) => event.ph === "X" && event.pid === main.pid && event.tid === main.tid && scripts.has(event.name))
    .toSorted((a, b) => a.ts - b.ts || b.dur - a.dur);
  const frames = traceEvents
    .filter((event) => event.name === "FireAnimationFrame" && event.tid === main.tid)
    .map((event) => event.ts)
    .toSorted((a, b) => a - b);
  const script = frames.map(() => 0);
  let end = -1;
  for (const { ts, dur } of ours) {
    // What is called from something that is counted already is not counted again.
    if (ts < end) continue;
    end = ts + dur;
    const frame = frames.findLastIndex((begin) => begin <= ts);
    if (frame >= 0) script[frame] += dur / 1000;
  }
  return script;
}

const what = `${SLOW} times slower processor`;
// Compressed, as hosts do.
const url = await serve(folder, { compress: true });

const shifts = [];
for (const [name, line] of Object.entries(LINES)) {
  const pictures = [];
  const readies = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { page, ready } = await slowPage(url, { line });
    readies.push(ready);
    const paint = () => performance.getEntriesByName("first-contentful-paint")[0].startTime;
    pictures.push(await page.evaluate(paint));
    await page.waitForTimeout(500);
    shifts.push((await seen(page)).shifts.reduce((a, b) => a + b, 0));
    await page.context().close();
  }
  row(what, `first picture, at ${name}`, pictures, "ms", 0);
  row(what, `ready, at ${name}`, readies, "ms", 0);
}
row(what, "layout shift of loading", shifts, "CLS", 3);

/** So many lanes of the opening scene over generated requests. */
const lanes = (count, requests) => {
  const { playground } = { playground: globalThis.cachePlayground };
  const scenario = playground.scenario();
  scenario.lanes = Array.from({ length: count }, (_, i) => structuredClone(scenario.lanes[i % 2]));
  if (requests) {
    scenario.warm = [];
    scenario.workload = { script: Array.from({ length: requests }, (_, i) => ({ at_us: i * 2_000, client: 1 + (i % 8), op: i % 20 === 19 ? "write" : "read", key: `key:${(i * i * 7 + i * 31) % 97 % (1 + (i % 60))}` })) };
    scenario.lanes.forEach((lane) => (lane.cache.capacity = 12));
  }
  playground.load(scenario);
  return playground.stepCount();
};

/** The script of frames while a scenario plays, and how much is shifted. */
async function playing(name, load, argument, speed) {
  const script = [];
  const shifts = [];
  for (let round = 0; round < 3; round++) {
    const { page } = await slowPage(url);
    await page.evaluate(load, argument);
    await page.waitForTimeout(500);
    await forget(page);
    const ofFrames = await scriptOfFrames(page, async () => {
      await page.evaluate((speed) => globalThis.cachePlayground.command({ type: "play", speed }), speed);
      await page.waitForTimeout(8_000);
      await page.evaluate(() => globalThis.cachePlayground.command({ type: "pause" }));
    });
    script.push(...ofFrames);
    shifts.push((await seen(page)).shifts.reduce((a, b) => a + b, 0));
    await page.context().close();
  }
  const measured = `script of a frame while ${name} play, ${script.length} frames`;
  console.log(`| ${[what, `${measured}: p50, p99, greatest`, ...[0.5, 0.99, 1].map((share) => at(script, share).toFixed(1)), "ms"].join(" | ")} |`);
  row(what, `layout shift while ${name} play`, shifts, "CLS", 3);
}

await playing("four lanes", `(${lanes})(4)`, undefined, 0.001);
const loadAll = (input) => {
  globalThis.cachePlayground.load(input);
  globalThis.cachePlayground.stepCount();
};
await playing(CLUSTER_NAME, loadAll, CLUSTER, 0.001);

{
  const { page } = await slowPage(url);
  await page.evaluate(`(${lanes})(2, 10000)`);
  await page.waitForTimeout(1_000);
  await forget(page);
  const slider = await page.getByRole("slider", { name: "Step" }).boundingBox();
  const y = slider.y + slider.height / 2;
  await page.mouse.move(slider.x + 10, y);
  await page.mouse.down();
  for (let i = 0; i < 120; i++) {
    await page.mouse.move(slider.x + 10 + ((slider.width - 20) * ((i * 37) % 120)) / 120, y);
    await page.waitForTimeout(16);
  }
  await page.mouse.up();
  const { tasks } = await seen(page);
  row(what, `scrubbing 10,000 requests: tasks over 50 ms, of which there were ${tasks.length}`, tasks.length ? tasks : [0], "ms", 0);
  await page.context().close();
}

{
  const { page } = await slowPage(url);
  await forget(page);
  const step = page.getByRole("button", { name: "Step", exact: true });
  for (let i = 0; i < 12; i++) await step.click();
  for (const key of ["ArrowRight", "ArrowLeft", "Shift+ArrowRight", "End", "Home", "t", "t", "t"]) {
    await page.keyboard.press(key);
    await page.waitForTimeout(60);
  }
  const tabs = page.locator(".tabs button");
  for (let i = 0; i < (await tabs.count()); i++) await tabs.nth(i).click();
  await page.getByLabel("Pattern of lane A").selectOption({ index: 2 });
  await page.getByLabel("Capacity of lane A, in entries").fill("3");
  await page.keyboard.press("Enter");
  await page.waitForTimeout(500);
  const { answers } = await seen(page);
  const values = answers.length ? answers : [0];
  row(what, `answers to ${answers.length} clicks and keys that took 16 ms or more (INP is the greatest)`, values, "ms", 0);
  await page.context().close();
}

await shutDown();
