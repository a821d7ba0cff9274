// Opening files: the whole-file counts are the engine's, and what can't be read changes nothing.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, afterEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  api,
  closePages,
  newPage,
  openPage,
  openTrace,
  seek,
  shutDown,
  standing,
  untilDrawn,
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

const grouped = (number) => number.toLocaleString("en-US");

/** What the panel says about a lane. */
const lineOf = (page, lane) => page.locator(".whole-file li").nth(lane);

/** Waits until the panel says so many misses of a lane. */
function untilMisses(page, lane, misses) {
  return lineOf(page, lane).locator("b", { hasText: new RegExp(`^${grouped(misses)} misses$`) }).waitFor();
}

const capacityField = (page, lane) => page.getByRole("spinbutton", { name: `Capacity of lane ${lane}, in entries` });
const policyField = (page, lane) => page.getByRole("combobox", { name: `Eviction policy of lane ${lane}` });

async function setCapacity(page, lane, capacity) {
  await capacityField(page, lane).fill(String(capacity));
  await capacityField(page, lane).press("Enter");
}

test("the whole file misses as often as missCounts says, at every capacity and policy", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const keys = keyStream(25_000, 600);
  const { opened } = await openTrace(page, "keys.txt", keys.join("\n"));
  assert.ok(opened);
  const distinct = new Set(keys).size;
  const panel = page.locator(".whole-file");
  const text = await panel.locator(":scope > p").textContent();
  assert.match(text, new RegExp(`^keys\\.txt: 25,000 requests for ${distinct} keys\\.`));
  assert.match(text, /first 10,000/);

  const start = Math.floor(distinct / 10);
  const [misses] = await api(page, "missCounts", keys, "lru", [start]);
  await untilMisses(page, 0, misses);
  await untilMisses(page, 1, misses);

  const changes = [
    { capacity: 100, policy: "LRU" },
    { capacity: 37, policy: "FIFO" },
    { capacity: 1, policy: "LRU" },
    { capacity: 1000, policy: "FIFO" },
  ];
  for (const { capacity, policy } of changes) {
    await setCapacity(page, "A", capacity);
    await policyField(page, "A").selectOption(policy);
    const [expected] = await api(page, "missCounts", keys, policy.toLowerCase(), [capacity]);
    await untilMisses(page, 0, expected);
    const said = await lineOf(page, 0).textContent();
    assert.ok(said.includes(`${policy} at ${grouped(capacity)}`), said);
    assert.ok(said.includes(`${grouped(25_000 - expected)} hits`), said);
    await untilMisses(page, 1, misses);
  }
  page.assertQuiet();
});

test("a long file can be stepped to request 10,000, and no further", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const keys = keyStream(25_000, 600, 2);
  await openTrace(page, "keys.txt", `${keys.join("\r\n")}\r\n`);
  assert.equal((await api(page, "scenario")).workload.script.length, 10_000);
  const field = page.getByRole("spinbutton", { name: /^Request at the playhead/ });
  await field.fill("10000");
  await field.press("Enter");
  const lane = page.locator(".lane").first();
  await lane.getByRole("heading", { name: `Request 10000 · get ${keys[9_999]}` }).waitFor();
  const step = (await api(page, "frame")).step;
  const begins = (await api(page, "events", step, step)).find(({ kind }) => kind === "request");
  assert.equal(begins.request, 10_000);
  assert.equal(begins.key, keys[9_999]);

  const last = await api(page, "stepCount");
  await seek(page, last);
  // The stepped part misses as often as the same keys in a bare cache.
  const { metrics, cache } = (await api(page, "frame")).lanes[0];
  const [misses] = await api(page, "missCounts", keys.slice(0, 10_000), "lru", [cache.capacity]);
  assert.equal(metrics.misses, misses);
  assert.equal(metrics.reads, 10_000);
  page.assertQuiet();
});

test("a CSV file with all columns is read as it says", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const rows = [
    "ttl,op,KEY,time,size",
    "0,get,a,100,10",
    "5,set,b,100.5,20",
    ",read,b,101,",
    "2, GET ,\"c\",103.25,7",
    ",get,c,104,7",
    ",get,c,105.250001,7",
    ",incr,a,106,7",
  ];
  const { opened } = await openTrace(page, "all.csv", rows.join("\n"));
  assert.ok(opened);
  const { script } = (await api(page, "scenario")).workload;
  const read = script.map(({ at_us, op, key, ttl_us }) => [at_us, op, key, ttl_us ?? null]);
  assert.deepEqual(read, [
    // A ttl of 0 says that there is none; an empty one says nothing.
    [0, "read", "a", 0],
    [500_000, "write", "b", 5_000_000],
    [1_000_000, "read", "b", null],
    [3_250_000, "read", "c", 2_000_000],
    [4_000_000, "read", "c", null],
    [5_250_001, "read", "c", null],
    [6_000_000, "write", "a", null],
  ]);
  await setCapacity(page, "A", 5);
  // Cache-aside writes to the database only: b misses once. c expires after its 2 s and is read anew.
  await untilMisses(page, 0, 4);
  const said = await lineOf(page, 0).textContent();
  assert.match(said, /80\.00 % of reads/);
  assert.match(said, /1 hits, 0 evictions, 1 expired, 2 writes/);
  // In the write-through lane b is there from its write.
  await setCapacity(page, "B", 5);
  await untilMisses(page, 1, 3);
  page.assertQuiet();
});

const line = (number) => new RegExp(`Line ${number}: expected`);

/** Files that can't be read, with the line at fault and what the alert says was expected. One of each kind:
 * the trace crate tests every format. */
const bad = {
  "a space in a key": { file: "a\nb\nc d\ne\n", at: line(3), expected: /key of 1 to 250 bytes/ },
  "a header without key": { file: "time,op\n1,get\n", at: line(1), expected: /column key/ },
  "a time that goes back": { file: "time,key\n5,a\n6,b\n4,c\n", at: line(4), expected: /times in ascending order/ },
  "nothing at all": { file: "", at: line(1), expected: /at least one request/ },
  "bytes that are no text": { file: binary(4_096), at: line(1), expected: /./ },
};

/** Bytes as from a compressed file. */
function binary(length) {
  let state = 7;
  return Uint8Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state & 255;
  });
}

test("a file that can't be read is refused by name and line, and nothing changes", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 25);
  const before = await standing(page);
  for (const [name, { file, at, expected }] of Object.entries(bad)) {
    const fileName = `${name.replaceAll(" ", "-")}.txt`;
    const { opened } = await openTrace(page, fileName, file);
    assert.ok(!opened, name);
    const notice = page.locator(".notice.refused");
    const said = await notice.textContent();
    assert.ok(said.includes(fileName), said);
    assert.match(said, at, name);
    assert.match(said, expected, name);
    assert.ok(said.length < 400, `a person can read it: ${said}`);
    assert.deepEqual(await standing(page), before, name);
    assert.equal(await notice.evaluate((element) => Boolean(element.closest("[aria-live=assertive], [role=alert]"))), true);
  }
  await page.getByRole("button", { name: "Dismiss" }).click();
  assert.equal(await page.locator(".notice").count(), 0);
  page.assertQuiet();
});

test("an open trace stays when the next file can't be read", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await openTrace(page, "good.txt", keyStream(500, 50).join("\n"));
  await seek(page, 30);
  const before = await standing(page);
  const panel = await page.locator(".whole-file").textContent();
  await openTrace(page, "bad.txt", "a\nb c\n");
  assert.deepEqual(await standing(page), before);
  assert.equal(await page.locator(".whole-file").textContent(), panel);

  await openTrace(page, "better.txt", keyStream(400, 40).join("\n"));
  await untilDrawn(page, 0);
  assert.equal(await page.locator(".notice").count(), 0, "a file that opens answers the refusal");
  page.assertQuiet();
});

test("the curves of all policies can be told apart, on the page and in the file", async () => {
  const page = await openPage({ colorScheme: "dark", reducedMotion: "reduce" });
  await openTrace(page, "all.txt", keyStream(4_000, 300).join("\n"));
  await page.locator(".curves-choice").getByRole("button", { name: "all" }).click();
  await page.getByRole("button", { name: "Find these curves" }).click();
  await page.locator(".curves .plot-legend li").nth(16).waitFor();
  await page.locator(".curves-progress progress").waitFor({ state: "detached" });

  for (const width of [320, 768, 1280, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    const legend = await page.locator(".curves .plot-legend").evaluate((list) => {
      const box = (of) => {
        const { left, right, top, bottom } = of.getBoundingClientRect();
        return { left, right, top, bottom };
      };
      const parts = [...list.querySelectorAll(".plot-sample, .plot-name, .plot-value")];
      return { around: box(list), parts: parts.map(box) };
    });
    legend.parts.forEach((a, i) => {
      assert.ok(a.right <= legend.around.right + 1, `at ${width} a part of the legend leaves it`);
      const apart = (b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 1 || b.bottom <= a.top + 1;
      assert.ok(legend.parts.slice(0, i).every(apart), `at ${width} the legend overlaps itself`);
    });
  }

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save as SVG" }).click(),
  ]);
  const drawing = readFileSync(await download.path(), "utf8");
  const ground = await page.locator(".panel").evaluate((panel) => getComputedStyle(panel).backgroundColor);
  // A page of its own: under the site's policy nothing may be parsed from text.
  const blank = await newPage();
  const { outside, names, looks, first } = await blank.evaluate((text) => {
    document.body.innerHTML = text.slice(text.indexOf("<svg"));
    const svg = document.querySelector("svg");
    const { width, height } = svg.viewBox.baseVal;
    const inside = ({ x, y, width: w, height: h }) => x >= 0 && y >= 0 && x + w <= width && y + h <= height;
    const texts = [...svg.querySelectorAll("text")];
    const lines = [...svg.querySelectorAll("path[stroke-dasharray]")];
    const of = (element, ...names) => names.map((name) => element.getAttribute(name)).join(" ");
    return {
      outside: texts.filter((of) => !inside(of.getBBox())).map((of) => of.textContent),
      names: texts.map((of) => of.textContent),
      looks: lines.map((line, i) => {
        // Each has four on its way and one beside its name.
        const marker = svg.querySelectorAll("path[transform]")[5 * i];
        return `${of(line, "stroke", "stroke-dasharray")} ${of(marker, "d", "fill", "stroke")}`;
      }),
      first: of(svg.querySelector("rect"), "x", "fill", "width"),
    };
  }, drawing);
  assert.deepEqual(outside, []);
  for (const name of ["Bélády", "Memcached", "W-TinyLFU"]) assert.ok(names.includes(name), `${names}`);
  assert.equal(new Set(looks).size, 17, `${looks.join("\n")}`);
  assert.equal(first, ` ${ground} 960`, "a ground of the page's colour");
  page.assertQuiet();
});

test("going back to an earlier trace says that its file has to be opened again", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await openTrace(page, "one.txt", keyStream(500, 50).join("\n"));
  await openTrace(page, "two.txt", keyStream(400, 40).join("\n"));
  await page.keyboard.press("Control+z");
  await page.locator(".say [role=status]").filter({ hasText: "“one.txt” is back. For its curves, open the file again." }).waitFor();
  assert.equal(await page.locator(".panel").count(), 0, "no panel with nothing in it");
  await page.keyboard.press("Control+Shift+Z");
  await page.locator(".whole-file", { hasText: "two.txt" }).waitFor();
  page.assertQuiet();
});

test("markup in a file is shown as text", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await page.evaluate(() => (globalThis.alert = () => (globalThis.attacked = true)));
  const markup = ["<img/src=x/onerror=alert(1)>", "<script>alert(1)</script>", "</text><b/onclick=alert(1)>", "&lt;i&gt;"];
  const name = "<svg onload=alert(1)>.txt";
  await openTrace(page, name, markup.join("\n"));
  await setCapacity(page, "A", 4);
  await seek(page, await api(page, "stepCount"));
  assert.equal(await page.locator("main img, main script, main i, main b[onclick]").count(), 0);
  assert.equal(await page.evaluate(() => globalThis.attacked), undefined);
  assert.ok((await page.locator(".whole-file").textContent()).includes(name));
  const listed = await page.locator(".lane").first().locator(".sr-only tbody th").allTextContents();
  assert.deepEqual(listed.toSorted(), markup.toSorted());
  await seek(page, 1);
  assert.ok((await page.locator(".say [role=status]").textContent()).includes(markup[0]));

  await openTrace(page, "bad.txt", `${markup[0]}\n<b>bold key</b>\n`);
  assert.ok((await page.locator(".notice").textContent()).includes("<b>bold key</b>"));
  page.assertQuiet();
});

test("a real trace of 95,607 requests misses 33,725 times under LRU at 1,000", async (t) => {
  const beside = fileURLToPath(new URL("../../../shared/oracle/web12.txt", import.meta.url));
  const file = process.env.CACHE_PLAYGROUND_TRACE ?? beside;
  if (!existsSync(file)) {
    t.skip(`There is no trace at ${file}: set CACHE_PLAYGROUND_TRACE to web12.txt.`);
    return;
  }
  const page = await openPage({ reducedMotion: "reduce" });
  await page.locator("#trace-file").setInputFiles(file);
  await page.locator(".whole-file", { hasText: "95,607 requests" }).waitFor();
  await setCapacity(page, "A", 1000);
  await untilMisses(page, 0, 33_725);
  page.assertQuiet();
});
