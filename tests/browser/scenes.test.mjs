// Faults, runs of their own, moves, presets, policies and paths: all of them by the page's own controls.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, test } from "node:test";
import {
  api,
  closePages,
  openPage,
  scenesButton,
  seek,
  shutDown,
  stepButton,
  stepOf,
  untilDrawn,
} from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const read = (name) => JSON.parse(readFileSync(new URL(`../support/data/scenarios/${name}.json`, import.meta.url), "utf8"));
const button = (page, name) => page.getByRole("button", { name, exact: true });


/** Chooses from a menu by its button's name. */
async function choose(page, menu, item) {
  await button(page, menu).click();
  await button(page, item).click();
}

/** The kinds of event of the whole run, by lane. */
async function kindsOf(page, lane) {
  const events = await api(page, "events", 0, await api(page, "stepCount"));
  return events.filter((event) => event.lane === lane).map(({ kind }) => kind);
}

test("a fault makes a run of its own, in every lane, and one can go back", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 5);
  const [log, state] = [await api(page, "logHash"), await api(page, "stateHash")];
  const shown = () => page.locator(".req h3").allTextContents();
  const before = await shown();
  assert.ok(before.every((heading) => heading.startsWith("Request ")));
  assert.equal(await button(page, "Back to the run before").count(), 0);

  await choose(page, "Break something", "Cut the cache off");
  await untilDrawn(page, 6);
  await page.locator(".say [role=status]").getByText("The cache is cut off").waitFor();
  const { commands } = await api(page, "scenario");
  assert.deepEqual(commands, [{ step: 5, command: { fault: "cut-cache", lane: null } }]);
  assert.ok((await api(page, "frame")).lanes.every(({ faults }) => faults.cache_cut));
  assert.deepEqual(await page.locator(".badge").allTextContents(), ["cut off", "cut off"]);
  assert.match(await page.locator("svg.stage").first().getAttribute("aria-label"), /Cache: cut off\./);
  assert.ok((await kindsOf(page, 0)).includes("error"), "trips fail from now on");
  assert.deepEqual(await shown(), before, "the requests that are shown stay");

  await choose(page, "Break something", "Heal the cache");
  await untilDrawn(page, 7);
  assert.equal(await page.locator(".badge").count(), 0);

  await button(page, "Back to the run before").click();
  await page.locator(".badge").first().waitFor();
  await button(page, "Back to the run before").click();
  await button(page, "Back to the run before").waitFor({ state: "detached" });
  await seek(page, 5);
  assert.equal(await api(page, "logHash"), log);
  assert.equal(await api(page, "stateHash"), state);
  page.assertQuiet();
});

test("every fault on the list does what it says", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const faults = {
    "Restart the cache": ["The cache restarts", []],
    "Fail over to the replica": ["The cache fails over to its replica", []],
    "Cut the cache off": ["The cache is cut off", ["cut off"]],
    "Heal the cache": ["The cache is connected", []],
    "Slow the database down": ["The database becomes slow", ["slow"]],
    "Stop the database": ["The database stops", ["down"]],
    "Cut the database off": ["The database is cut off", ["cut off"]],
    "Heal the database": ["The database is up", []],
    "Lose the next DELETE": ["The next DELETE would be lost: this lane sends no DELETE", ["next DELETE lost"]],
    "Fail the next SET": ["The next SET will fail", ["next SET fails"]],
  };
  // Each after what makes it possible.
  const before = { "Heal the cache": "Cut the cache off", "Heal the database": "Stop the database" };
  const opening = await api(page, "scenario");
  const offered = async () => {
    await button(page, "Break something").click();
    const names = await page.locator("#faults button").allTextContents();
    await page.keyboard.press("Escape");
    return names;
  };
  const possible = Object.keys(faults).filter((name) => !(name in before) && name !== "Fail over to the replica");
  assert.deepEqual(await offered(), possible, "nothing is broken, and there is no replica");
  for (const [name, [sentence, badges]] of Object.entries(faults)) {
    const [lane] = structuredClone(opening.lanes);
    lane.cache.replica_lag_us = 1_000;
    await api(page, "load", { ...opening, lanes: [lane] });
    await seek(page, 3);
    if (before[name]) await choose(page, "Break something", before[name]);
    assert.equal((await offered()).includes(name), true, name);
    await choose(page, "Break something", name);
    await page.locator(".say [role=status]").getByText(sentence).waitFor();
    assert.deepEqual(await page.locator(".badge").allTextContents(), badges, name);
    assert.equal((await offered()).includes(name), badges.length === 0 && !before[name], `${name}, once more`);
  }
  page.assertQuiet();
});

test("the menus work by keyboard alone", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await button(page, "Break something").focus();
  await page.keyboard.press("Enter");
  await page.locator("#faults").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator(".say [role=status]").getByText("The cache restarts").waitFor();
  await page.locator("#faults").waitFor({ state: "hidden" });
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  assert.equal(await focused(), "Break something");
  await page.keyboard.press("Space");
  await page.locator("#faults").waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#faults").waitFor({ state: "hidden" });
  assert.equal(await focused(), "Break something");
  page.assertQuiet();
});

test("errors can be stepped by", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await choose(page, "Break something", "Cut the cache off");
  await untilDrawn(page, 1);
  await page.getByRole("combobox", { name: "Step by", exact: true }).selectOption("error");
  await stepButton(page).click();
  const step = await stepOf(page);
  const events = await api(page, "events", step, step);
  assert.ok(events.some(({ kind }) => kind === "error"));
  await page.locator(".marks-legend").getByText("error").waitFor();
  await page.locator(".marks-legend").getByText("fault").waitFor();
  page.assertQuiet();
});

test("an error is no answer, and a stale reply no plain hit", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const seen = { stale: 0, failed: 0 };
  const look = async () => {
    const last = await api(page, "stepCount");
    for (let step = 0; step <= last; step++) {
      await seek(page, step);
      const [lane] = (await api(page, "frame")).lanes;
      for (const { stale, version, key } of lane.messages.filter(({ verb, version }) => verb === "GET" && version)) {
        const said = `${stale ? "stale" : "hit"} ${key} v${version}`;
        assert.equal(await page.locator(".lane .pill").first().locator("text").textContent(), said);
        seen.stale += Number(stale);
      }
      const known = [...lane.requests, lane.last_request].filter(Boolean);
      const shown = known.find(({ id }) => id === lane.told_request) ?? known[0];
      const time = await page.locator(".lane .time").first().textContent();
      assert.equal(/failed, /.test(time), shown?.failed ?? false, `step ${step}: ${time}`);
      seen.failed += Number(shown?.failed ?? false);
    }
  };
  await look();
  assert.ok(seen.stale > 0 && seen.failed === 0, JSON.stringify(seen));
  await seek(page, 12);
  await choose(page, "Break something", "Stop the database");
  await look();
  assert.ok(seen.failed > 0, JSON.stringify(seen));
  page.assertQuiet();
});

const matrix = read("matrix");
/** Many keys in a small cache: whatever evicts has to, and soon. */
const busy = {
  seed: "5",
  workload: { generated: { requests: 60, keys: 30, clients: 2, gap: { exponential_mean_us: 3000 } } },
  lanes: [{ strategy: { read: "cache-aside", write: "write-around" }, cache: { capacity: 3, lru_clock_us: 100 } }],
};
const policies = {
  LRU: /LRU \(least recently used\) drops the entry/,
  FIFO: /FIFO \(first in, first out\) drops the oldest entry/,
  CLOCK: /the CLOCK hand skipped/,
  LFU: /LFU \(least frequently used\) drops the entry/,
  Random: /picked at random from \d+ entries/,
  "2Q": /2Q drops/,
  ARC: /ARC drops/,
  "Segmented LRU": /segmented LRU drops/,
  "S3-FIFO": /S3-FIFO's (small|main) queue/,
  SIEVE: /the SIEVE hand skipped/,
  "W-TinyLFU": /W-TinyLFU/,
  "Valkey LRU": /Valkey sampled \d+ keys?;.* idle longest/,
  "Valkey LFU": /Valkey sampled \d+ keys?;.* lowest counter/,
  "Valkey TTL": /Valkey sampled \d+ keys?;/,
  "No eviction": undefined,
  Memcached: /Memcached drops the last entry of its/,
};

test("each policy can be chosen and tells its evictions in its own words", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await api(page, "load", busy);
  const policy = page.getByRole("combobox", { name: "Eviction policy of lane A" });
  assert.deepEqual(await policy.locator("option").allTextContents(), Object.keys(policies));
  for (const [title, words] of Object.entries(policies)) {
    await policy.selectOption(title);
    const events = await api(page, "events", 0, await api(page, "stepCount"));
    const evictions = events.filter(({ kind }) => kind === "evict");
    if (words === undefined) {
      assert.equal(evictions.length, 0, title);
      assert.ok(events.some(({ kind }) => kind === "error"), "what does not fit is refused");
    } else {
      assert.ok(evictions.length > 5, `${title}: ${evictions.length} evictions`);
      evictions.forEach(({ text }) => assert.match(text, words, title));
      await seek(page, evictions[0].step);
      const said = (await page.locator(".say [role=status]").textContent()).replaceAll(/\s+/g, " ");
      assert.ok(said.includes(evictions[0].text), `${title}: ${said}`);
      await seek(page, 0);
    }
  }
  page.assertQuiet();
});

test("every pattern and every write path can be chosen, and the strategy is what was chosen", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await api(page, "load", matrix);
  const pattern = page.getByRole("combobox", { name: "Pattern of lane A" });
  const writes = page.getByRole("combobox", { name: "Writes of lane A" });
  const patterns = {
    "Read-through": ["read-through", "invalidate"],
    "Write-through": ["cache-aside", "write-through"],
    "Write-behind": ["cache-aside", "write-behind"],
    "Refresh-ahead": ["refresh-ahead", "invalidate"],
    "Cache only": ["cache-only", "cache-only"],
    "No cache": ["no-cache", "write-around"],
    "Cache-aside": ["cache-aside", "write-around"],
  };
  const strategy = async () => {
    const { read: reads, write } = (await api(page, "scenario")).lanes[0].strategy;
    return [reads, write];
  };
  for (const [title, paths] of Object.entries(patterns)) {
    await pattern.selectOption(title);
    assert.deepEqual(await strategy(), paths, title);
    assert.equal(await writes.count(), ["Cache only", "No cache"].includes(title) ? 0 : 1, title);
  }
  const paths = ["write-around", "invalidate", "update", "write-through", "write-behind", "delete-first"];
  for (const [i, path] of paths.entries()) {
    await writes.selectOption({ index: i });
    assert.deepEqual(await strategy(), ["cache-aside", path]);
    const { lanes } = await api(page, "frame");
    assert.equal(lanes.length, 1);
  }
  page.assertQuiet();
});

test("what write-behind has queued is shown, and a trip after the answer too", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const lane = { strategy: { read: "cache-aside", write: "write-behind", flush_delay_us: 2000 } };
  const script = [1, 2, 3].map((n) => ({ at_us: n, op: "write", key: `k${n}` }));
  await api(page, "load", { workload: { script }, lanes: [lane] });
  const last = await api(page, "stepCount");
  const seen = new Set();
  const said = new Set();
  for (let step = 1; step <= last; step += 1) {
    await seek(page, step);
    const { queued_writes: queued } = (await api(page, "frame")).lanes[0].cache;
    const shown = await page.locator("svg.stage").textContent();
    assert.equal(/, (\d+) writes queued/.exec(shown)?.[1], queued ? String(queued) : undefined, `step ${step}`);
    seen.add(queued);
    said.add((await page.locator(".req").textContent()).replaceAll(/[\d.]+/g, "n"));
  }
  assert.ok(seen.has(3));
  const all = [...said].join("\n");
  assert.match(all, /answered, one trip, and goes on/);
  assert.match(all, /UPDATE n m?s afterwards/);
  page.assertQuiet();
});

test("the scenes load and play", async () => {
  const page = await openPage();
  await scenesButton(page).click();
  const offered = page.locator("#scenes button");
  const titles = await offered.evaluateAll((buttons) => buttons.map(({ firstChild }) => firstChild.textContent));
  const headings = await page.locator("#scenes .menu-heading").allTextContents();
  assert.deepEqual(headings, ["Basics", "Freshness", "Eviction", "Trouble", "Topology", "Workloads", "Races"]);
  await page.keyboard.press("Escape");
  assert.ok(titles.includes("Leaderboard") && titles.includes("Lost write"));
  for (const [place, scene] of titles.entries()) {
    await scenesButton(page).click();
    await page.locator(`#scenes button >> nth=${place}`).click();
    await page.locator(".scene-button", { hasText: scene }).waitFor({ state: "attached" });
    await untilDrawn(page, 0);
    if (await page.locator(".race").count()) continue;
    await button(page, "Play").click();
    await page.waitForFunction(() => globalThis.cachePlayground.frame().step > 2);
    await button(page, "Pause").click();
    assert.doesNotMatch(await page.locator(".scene-button").textContent(), /changed/, "playing changes no input");
  }
  const capacity = page.getByRole("spinbutton", { name: "Capacity of lane A, in entries" });
  await scenesButton(page).click();
  await page.locator("#scenes button", { hasText: "Cache-aside or write-through?" }).click();
  await untilDrawn(page, 0);
  assert.equal((await api(page, "scenario")).workload.script.length, 13);
  await capacity.fill("3");
  await capacity.press("Enter");
  await page.locator(".scene-button", { hasText: /^Basics \d of \d, changed · Cache-aside/ }).waitFor();
  page.assertQuiet();
});

test("a capacity in bytes is edited in bytes, and the picture keeps its size as entries differ", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const value_bytes = { quantiles: { p50_bytes: 100, p90_bytes: 900, p99_bytes: 2000, max_bytes: 2500 } };
  const scenario = structuredClone(busy);
  scenario.workload.generated.value_bytes = value_bytes;
  scenario.lanes[0].cache.capacity_bytes = 4000;
  await api(page, "load", scenario);
  const height = () => page.locator("svg.stage").evaluate((stage) => stage.getBoundingClientRect().height);
  const first = await height();
  const last = await api(page, "stepCount");
  const counts = new Set();
  for (let step = 0; step <= last; step += 7) {
    await seek(page, step);
    const { cache } = (await api(page, "frame")).lanes[0];
    counts.add(cache.used);
    assert.equal(await height(), first, `step ${step}`);
    const shown = await page.locator("svg.stage").textContent();
    const grouped = cache.used_bytes.toLocaleString("en");
    assert.ok(shown.includes(`${grouped} of 4,000 bytes`), `step ${step}: ${shown}`);
  }
  assert.ok(counts.size > 3, "the number of entries differs");
  const capacity = page.getByRole("spinbutton", { name: "Capacity of lane A, in bytes" });
  await capacity.fill("9000");
  await capacity.press("Enter");
  await page.locator(".say [role=status]").getByText("now holds 9000 bytes").waitFor();
  assert.equal((await api(page, "scenario")).lanes[0].cache.capacity_bytes, 9000);
  page.assertQuiet();
});

test("a cache of thousands of entries is drawn as soon as one of four", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const scenario = structuredClone(busy);
  Object.assign(scenario.workload.generated, { requests: 6000, keys: 5000, popularity: "scan" });
  scenario.lanes[0].cache.capacity = 4000;
  await api(page, "load", scenario);
  await seek(page, await api(page, "stepCount"));
  const { cache } = (await api(page, "frame")).lanes[0];
  assert.equal(cache.used, 4000);
  assert.ok((await page.locator("g.chip").count()) < 20);
  await page.locator("svg.stage").getByText("4,000 of 4,000").waitFor();
  page.assertQuiet();
});
