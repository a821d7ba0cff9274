// The lab: read in a worker, in a sandboxed frame, or in slices on the page; cancelled; kept in part.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, test } from "node:test";
import {
  address,
  accessibilityFaults,
  api,
  closePages,
  newPage,
  openPage,
  openTrace,
  shutDown,
  standing,
  untilReady,
} from "./harness.mjs";

afterEach(closePages);
after(shutDown);

/** A skewed stream of keys from a small generator: the same at every run. */
function keyStream(length, keys, seed = 1) {
  let state = seed;
  return Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return `key:${Math.floor((state / 2_147_483_647) ** 3 * keys)}`;
  });
}

const give = (place, name, content) =>
  place.locator("#trace-file").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(content) });

/** Counts the workers that start, and what tasks are long. */
function watch() {
  globalThis.workers = 0;
  const { Worker } = globalThis;
  if (Worker) {
    globalThis.Worker = class extends Worker {
      constructor(...values) {
        super(...values);
        globalThis.workers += 1;
      }
    };
  }
  globalThis.longTasks = [];
  const note = (list) => globalThis.longTasks.push(...list.getEntries().map(({ duration }) => duration));
  new PerformanceObserver(note).observe({ entryTypes: ["longtask"] });
}

/** Opens a file of keys, and compares the panel's count with the page's own. */
async function assertCounted(place, keys) {
  await give(place, "keys.txt", keys.join("\n"));
  const panel = place.locator(".whole-file", { hasText: "keys.txt" });
  await panel.waitFor();
  const capacity = Math.floor(new Set(keys).size / 10);
  const [misses] = await place
    .locator("html")
    .evaluate((_, values) => globalThis.cachePlayground.missCounts(...values), [keys, "lru", [capacity]]);
  const said = await panel.locator("li").first().textContent();
  assert.ok(said.includes(`${misses.toLocaleString("en-US")} misses`), `${said}: ${misses}`);
}

test("a file is read in a worker", async () => {
  const page = await newPage({ reducedMotion: "reduce" });
  await page.addInitScript(watch);
  await page.goto(address());
  await untilReady(page);
  assert.equal(await page.evaluate(() => globalThis.workers), 0, "nothing of the lab is loaded before");
  await assertCounted(page, keyStream(25_000, 600));
  assert.equal(await page.evaluate(() => globalThis.workers), 1);
  assert.equal(await page.evaluate(() => typeof wasm_bindgen), "undefined", "and not on the page");
  page.assertQuiet();
});

test("without workers it is read on the page, in short slices", async () => {
  const page = await newPage({ reducedMotion: "reduce" });
  await page.addInitScript(() => delete globalThis.Worker);
  await page.addInitScript(watch);
  await page.goto(address());
  await untilReady(page);
  await assertCounted(page, keyStream(25_000, 600));
  // The next file finds the lab's program there.
  await assertCounted(page, keyStream(5_000, 300, 2));
  page.assertQuiet();
});

test("where a worker is refused it is read on the page", async () => {
  const page = await newPage({ reducedMotion: "reduce" });
  await page.addInitScript(() => {
    globalThis.Worker = class {
      constructor() {
        throw new DOMException("no worker here", "SecurityError");
      }
    };
  });
  await page.goto(address());
  await untilReady(page);
  await assertCounted(page, keyStream(5_000, 300));
  page.assertQuiet();
});

test("in a sandboxed frame it is read as well", async () => {
  const page = await newPage({ reducedMotion: "reduce" });
  const body = `<iframe sandbox="allow-scripts" src="${address()}" style="width: 1200px; height: 780px"></iframe>`;
  await page.route("**/host.html", (route) => route.fulfill({ contentType: "text/html", body }));
  await page.goto(address("host.html"));
  const frame = page.frameLocator("iframe");
  await frame.locator("html[data-ready='true']").waitFor({ state: "attached" });
  await assertCounted(frame, keyStream(5_000, 300));
});

test("a damaged file is offered up to the damage, and opens with that", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const before = await standing(page);
  const keys = keyStream(1_200, 90);
  await openTrace(page, "damaged.txt", [...keys, "two words", ...keys].join("\n"));
  const notice = page.locator(".notice.refused");
  assert.match(await notice.textContent(), /1201/);
  assert.deepEqual(await standing(page), before, "nothing changes before somebody says so");
  assert.deepEqual(await accessibilityFaults(page, ".notices"), []);
  const keep = page.getByRole("button", { name: "Use the 1,200 requests read so far" });
  await keep.focus();
  await page.keyboard.press("Enter");
  await page.locator(".whole-file", { hasText: "damaged.txt: 1,200 requests" }).waitFor();
  assert.equal(await page.locator(".notice").count(), 0);
  const focused = await page.evaluate(() => document.activeElement.id);
  assert.equal(focused, "open-trace", "the focus is not lost with the button");
  assert.equal((await api(page, "scenario")).workload.script.length, 1_200);
  page.assertQuiet();
});

test("reading can be cancelled, and changes nothing", async () => {
  const page = await newPage({ reducedMotion: "reduce" });
  // A file that never comes: reading it takes as long as is needed to see it.
  await page.addInitScript(() => {
    delete globalThis.Worker;
    Blob.prototype.arrayBuffer = () => new Promise(() => {});
  });
  await page.goto(address());
  await untilReady(page);
  const before = await standing(page);
  await give(page, "endless.txt", keyStream(1_000, 50).join("\n"));
  const bar = page.getByRole("progressbar", { name: "Reading endless.txt" });
  await bar.waitFor();
  assert.deepEqual(await accessibilityFaults(page, ".notices"), []);
  const cancel = page.getByRole("button", { name: "Cancel" });
  await cancel.focus();
  await page.keyboard.press("Enter");
  await bar.waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.id), "open-trace");
  assert.deepEqual(await standing(page), before);
  page.assertQuiet();
});

test("a change while a file is read does not end the reading", async () => {
  const page = await newPage({ reducedMotion: "reduce" });
  await page.addInitScript(() => {
    const { arrayBuffer } = Blob.prototype;
    delete globalThis.Worker;
    const ready = new Promise((go) => (globalThis.goOn = go));
    Blob.prototype.arrayBuffer = async function () {
      await ready;
      return arrayBuffer.call(this);
    };
  });
  await page.goto(address());
  await untilReady(page);
  await give(page, "slow.txt", keyStream(1_000, 50).join("\n"));
  await page.getByRole("progressbar", { name: "Reading slow.txt" }).waitFor();
  const field = page.getByRole("spinbutton", { name: "Capacity of lane A, in entries" });
  await field.fill("3");
  await field.press("Enter");
  await page.evaluate(() => globalThis.goOn());
  await page.locator(".whole-file", { hasText: "slow.txt: 1,000 requests" }).waitFor();
  page.assertQuiet();
});

test("a lab that can't be loaded is told, and asked for again with the next file", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await page.route(/lab_bg\.wasm/, (route) => route.abort());
  const { opened } = await openTrace(page, "keys.txt", "a\nb\n");
  assert.ok(!opened);
  assert.match(await page.locator(".notice.refused").textContent(), /could not be loaded/);
  await page.unroute(/lab_bg\.wasm/);
  await assertCounted(page, keyStream(500, 60));
  page.assertQuiet({ except: [/lab_bg\.wasm/] });
});

/** The curves' table: the capacities, and the counts of each policy by its title. */
async function curves(page) {
  const texts = (cells) => cells.evaluateAll((cells) => cells.map((cell) => cell.textContent));
  const table = page.locator(".plot-table table");
  await table.waitFor();
  const [, ...titles] = await texts(table.locator("thead th"));
  const capacities = (await texts(table.locator("tbody th"))).map((text) => Number(text.replaceAll(",", "")));
  const cells = (await texts(table.locator("tbody td"))).map((text) => Number(text.split(" ")[0].replaceAll(",", "")));
  const of = Object.fromEntries(titles.map((title, i) => [title, capacities.map((_, row) => cells[row * titles.length + i])]));
  return { capacities, of };
}

const found = (page) => page.waitForFunction(() => document.querySelector(".curves") && !document.querySelector(".curves progress"));

test("the curves of all policies have the counts that the page itself gives", async () => {
  const page = await newPage({ reducedMotion: "reduce" });
  await page.goto(address());
  await untilReady(page);
  const keys = keyStream(8_000, 400);
  await assertCounted(page, keys);
  await page.getByRole("button", { name: "all", exact: true }).click();
  await page.getByRole("button", { name: "Find these curves" }).click();
  await found(page);
  await page.getByRole("button", { name: "As a table" }).click();
  const { capacities, of } = await curves(page);
  assert.equal(Object.keys(of).length, 17, "sixteen policies and Bélády");
  assert.ok(capacities.length > 12 && capacities.includes(1) && capacities.includes(new Set(keys).size), `${capacities}`);
  for (const [title, policy] of [["Bélády", "belady"], ["LRU", "lru"], ["SIEVE", "sieve"], ["W-TinyLFU", "wtinylfu"], ["ARC", "arc"]]) {
    assert.deepEqual(of[title], await api(page, "missCounts", keys, policy, capacities), title);
  }
  assert.deepEqual(await accessibilityFaults(page), []);
  page.assertQuiet();
});

test("curves are counted at more capacities when that is asked for, with what was known still there", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const keys = keyStream(6_000, 300);
  await assertCounted(page, keys);
  await found(page);
  await page.getByRole("button", { name: "As a table" }).click();
  const before = await curves(page);
  await page.getByRole("button", { name: "More capacities" }).click();
  await page.waitForFunction((count) => document.querySelectorAll(".plot-table tbody tr").length > count, before.capacities.length);
  await found(page);
  const { capacities, of } = await curves(page);
  assert.ok(capacities.length > 1.5 * before.capacities.length, `${capacities}`);
  assert.ok(before.capacities.every((capacity) => capacities.includes(capacity)));
  for (const [title, policy] of [["Bélády", "belady"], ["LRU", "lru"], ["SIEVE", "sieve"], ["ARC", "arc"]]) {
    assert.deepEqual(of[title], await api(page, "missCounts", keys, policy, capacities), title);
  }
  page.assertQuiet();
});

test("the plot of curves reads out exact counts, and a press sets a lane's capacity", async () => {
  const page = await newPage({ reducedMotion: "reduce" });
  await page.goto(address());
  await untilReady(page);
  const keys = keyStream(6_000, 300);
  await assertCounted(page, keys);
  await found(page);
  const plot = page.getByRole("slider", { name: "Miss ratio by capacity" });
  await plot.focus();
  await page.keyboard.press("Home");
  for (let i = 0; i < 30; i++) await page.keyboard.press("ArrowRight");
  const capacity = Number(await plot.getAttribute("aria-valuenow"));
  const [misses] = await api(page, "missCounts", keys, "lru", [capacity]);
  const spoken = await plot.getAttribute("aria-valuetext");
  assert.ok(spoken.includes(`LRU ${misses.toLocaleString("en")} (`), `${spoken}, and LRU misses ${misses} at ${capacity}`);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => cachePlayground.scenario().lanes[0].cache.capacity), capacity);
  const [csv] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save as CSV" }).click(),
  ]);
  const lines = readFileSync(await csv.path(), "utf8").trim().split("\n");
  assert.equal(lines[0], "policy,capacity,misses,requests");
  const [, at, lru] = lines.find((line) => line.startsWith("lru,")).split(",").map(Number);
  assert.deepEqual([lru], await api(page, "missCounts", keys, "lru", [at]));
  const [svg] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save as SVG" }).click(),
  ]);
  const drawing = readFileSync(await svg.path(), "utf8");
  // A page of its own: under the site's policy nothing may be parsed from text.
  const blank = await newPage();
  const names = await blank.evaluate((text) => {
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    return [...parsed.querySelectorAll("parsererror, text")].map((element) => element.textContent);
  }, drawing);
  for (const name of ["LRU", "Bélády", "Capacity in entries", "60 %"]) assert.ok(names.includes(name), `${names}`);
  page.assertQuiet();
});

test("a file may be dropped anywhere, and of several the first is opened", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const drop = (files) =>
    page.evaluate((files) => {
      const data = new DataTransfer();
      for (const [name, text] of files) data.items.add(new File([text], name));
      const event = (type) => new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
      const target = document.querySelector(".lanes");
      target.dispatchEvent(event("dragover"));
      const shown = new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(document.querySelector(".dropping") !== null))));
      return shown.then((shown) => (target.dispatchEvent(event("drop")), shown));
    }, files);
  assert.ok(await drop([["a.txt", "x\ny\nx\n"], ["b.txt", "z\n"]]));
  await page.locator(".whole-file", { hasText: "a.txt: 3 requests" }).waitFor();
  assert.equal(await page.locator(".dropping").count(), 0);
  const scenario = await page.evaluate(() => JSON.stringify({ ...cachePlayground.scenario(), title: "Dropped" }));
  await drop([["own.json", scenario]]);
  await page.waitForFunction(() => cachePlayground.scenario().title === "Dropped");
  await drop([["bad.json", "{"]]);
  await page.locator(".notice.refused", { hasText: "bad.json was not opened" }).waitFor();
  page.assertQuiet();
});
