// Lanes are added and taken away in place; where they first differ, every number, every plot and its table
// are the engine's.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, closePages, openPage, seek, shutDown, stepOf, showAllNumbers } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const button = (page, name) => page.getByRole("button", { name, exact: true });

/** The opening scene with other lanes, or a part of its requests. */
async function loadOpening(page, { lanes, requests = 13 } = {}) {
  const scenario = await api(page, "scenario");
  scenario.workload.script = scenario.workload.script.slice(0, requests);
  scenario.lanes = lanes ? lanes(scenario.lanes) : scenario.lanes;
  await api(page, "load", scenario);
}

const fourLanes = ([aside, through]) => [
  aside,
  through,
  { ...aside, cache: { ...aside.cache, policy: "fifo", capacity: 2 } },
  { ...aside, name: "slow", database: { ...aside.database, connections: 1 } },
];

/** The table of numbers, lane after lane: each number's name with its text and what else is said of it. */
async function numbers(page) {
  await showAllNumbers(page);
  return page.evaluate(() => {
    const squeezed = (text) => text.replaceAll(/\s+/g, " ").trim();
    const columns = [...document.querySelectorAll(".metrics thead th")].slice(1).map(() => ({}));
    for (const row of document.querySelectorAll(".metrics tbody tr")) {
      const [name, ...cells] = row.children;
      cells.forEach((cell, i) => {
        columns[i][squeezed(name.textContent)] = {
          text: squeezed((cell.querySelector(".value") ?? cell).textContent),
          rank: squeezed(cell.querySelector(".sr-only")?.textContent ?? ""),
        };
      });
    }
    return columns;
  });
}

/** A span or a size as the page writes it, in its smallest unit. */
function parsed(text) {
  const units = { µs: 1, ms: 1e3, s: 1e6, min: 6e7, h: 3.6e9, d: 8.64e10, B: 1, kB: 1e3, MB: 1e6, "%": 10 };
  const parts = [...text.matchAll(/([\d.,]+) (µs|ms|s|min|h|d|B|kB|MB|%)/g)];
  assert.ok(parts.length > 0, `“${text}” is a number with a unit`);
  return parts.reduce((sum, [, digits, unit]) => sum + Number(digits.replaceAll(",", "")) * units[unit], 0);
}

function assertNear(text, value, name) {
  if (value === null) {
    assert.equal(text, "–", name);
    return;
  }
  const got = parsed(text);
  assert.ok(Math.abs(got - value) <= Math.max(5, value * 0.006), `${name}: “${text}” is not ${value}`);
}

/** An amount to the cent. */
const dollars = (micro) => `$${(micro / 1e6).toFixed(2)}`;

test("a lane's own name stands beside its pattern, and a pattern's name is not said twice", async () => {
  const page = await openPage();
  assert.equal(await page.locator(".own-name:not(.derived)").count(), 0);
  await loadOpening(page, { lanes: fourLanes });
  assert.deepEqual(await page.locator(".own-name:not(.derived)").allTextContents(), ["slow"]);
  const heading = page.getByRole("region", { name: "Lane D: slow" }).getByRole("heading");
  assert.ok(await heading.locator(".own-name:not(.derived)").isVisible());
  page.assertQuiet();
});

test("the table says what the frame says, of four lanes and without a cache", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await loadOpening(page, { lanes: fourLanes });
  const last = await api(page, "stepCount");
  for (const step of [0, 12, 40, last]) {
    await seek(page, step);
    const [frame, shown] = [await api(page, "frame"), await numbers(page)];
    const all = [...frame.lanes.map((lane) => lane.metrics), frame.baseline];
    assert.equal(shown.length, 5);
    all.forEach((metrics, i) => {
      const of = (name) => shown[i][name].text;
      const cached = i < 4;
      const count = (value, there = true) => (there ? String(value) : "–");
      assert.equal(of("Database reads"), count(metrics.database_reads));
      assert.equal(of("Database writes"), count(metrics.database_writes));
      assert.equal(of("Database queue"), count(metrics.queued_max));
      assert.equal(of("Errors"), count(metrics.failed_trips));
      assert.equal(of("Evictions"), count(metrics.evictions, cached));
      assert.equal(of("Expired"), count(metrics.expirations, cached));
      assert.equal(of("Stale reads"), count(metrics.stale_reads, cached));
      assertNear(of("Longest read"), metrics.read_max_us, "longest");
      assertNear(of("Oldest copy"), cached ? metrics.stale_age_max_us : null, "oldest");
      assertNear(of("Stored"), cached ? metrics.stored_bytes : null, "stored");
      assertNear(of("Database busy"), metrics.database_busy_per_mille, "busy");
      assert.equal(of("Cost a month"), cached ? dollars(frame.lanes[i].cost.total_micro_usd) : "–");
    });
  }
  page.assertQuiet();
});

test("each lane's cost is shown part by part, follows the prices, and fits a narrow screen with large text", async () => {
  const page = await openPage({ reducedMotion: "reduce", viewport: { width: 320, height: 720 } });
  const scenario = await api(page, "scenario");
  scenario.prices.valkey_t4g_micro_hour_micro_usd = 20_000;
  scenario.lanes[1].cache.deployment = { kind: "cluster", node_type: "r7g.large" };
  await api(page, "load", scenario);
  await seek(page, await api(page, "stepCount"));
  await showAllNumbers(page);
  const shown = await page.locator(".costs section").evaluateAll((lanes) =>
    lanes.map((lane) => ({
      heads: [...lane.querySelectorAll("h3")].map((head) => head.textContent),
      parts: [...lane.querySelectorAll("dl > div")].map((part) => [
        part.querySelector("dt span").textContent,
        part.querySelector("dd").textContent,
      ]),
    })),
  );
  const { lanes } = await api(page, "frame");
  assert.deepEqual(lanes.map(({ cost }) => cost.total_micro_usd), [14_600_000, 383_688_000]);
  lanes.forEach(({ cost }, i) => {
    const all = [...cost.parts, ...cost.serverless.parts];
    assert.deepEqual(shown[i], {
      heads: [
        `Lane ${"AB"[i]}: ${dollars(cost.total_micro_usd)} a month`,
        `The same on serverless: ${dollars(cost.serverless.total_micro_usd)} a month`,
      ],
      parts: all.map(({ text, micro_usd: amount }) => [text, amount === null ? "–" : dollars(amount)]),
    });
  });
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(await wide(), 0);
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  const [has, shows] = await page.locator(".costs").evaluate((of) => [of.scrollWidth, of.clientWidth]);
  assert.ok(has <= shows, `${has} px in ${shows} px`);
  page.assertQuiet();
});

test("where lanes differ the best and the worst are told, and not by colour alone", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await loadOpening(page, { lanes: fourLanes });
  await seek(page, await api(page, "stepCount"));
  const [frame, shown] = [await api(page, "frame"), await numbers(page)];
  const check = (name, values, better) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const [best, worst] = better === "higher" ? [most, least] : [least, most];
    values.forEach((value, i) => {
      const expected = least === most ? "" : value === best ? "best" : value === worst ? "worst" : "";
      assert.equal(shown[i][name].rank, expected, `${name} of lane ${i}`);
    });
  };
  const of = (read) => frame.lanes.map((lane) => read(lane.metrics));
  check("Hit rate", of((m) => m.hits / (m.hits + m.misses)), "higher");
  check("Database reads", of((m) => m.database_reads), "lower");
  check("Evictions", of((m) => m.evictions), "lower");
  assert.ok(shown[4]["Database reads"].rank === "", "what is measured against is not in the contest");
  const weights = await page.evaluate(() =>
    ["best", "worst"].map((rank) => getComputedStyle(document.querySelector(`.metrics .rank-${rank}`)).fontWeight),
  );
  assert.ok(Number(weights[0]) > Number(weights[1]));
  page.assertQuiet();
});

/** The step and request of the first difference between lane 0 and another, with the whole log at hand. */
function firstDifference(events, lane) {
  const stories = new Map();
  for (const event of events.filter((event) => [0, lane].includes(event.lane))) {
    const story = stories.get(event.request) ?? [[], []];
    story[event.lane === 0 ? 0 : 1].push(event);
    stories.set(event.request, story);
  }
  const differences = [...stories].flatMap(([request, [a, b]]) => {
    const same = (i) => a[i] && b[i] && a[i].kind === b[i].kind && a[i].key === b[i].key;
    const place = Array.from({ length: Math.max(a.length, b.length) }, (_, i) => i).find((i) => !same(i));
    return place === undefined ? [] : [{ request, step: Math.max(a[place]?.step ?? 0, b[place]?.step ?? 0) }];
  });
  return differences.toSorted((a, b) => a.step - b.step)[0];
}

test("the first difference is found and named, and gone to", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await loadOpening(page, { lanes: fourLanes });
  const events = await api(page, "events", 0, await api(page, "stepCount"));
  const told = await page.locator(".compare li").allInnerTexts();
  assert.equal(told.length, 3);
  for (const lane of [1, 2]) {
    const { step, request } = firstDifference(events, lane);
    assert.match(told[lane - 1], new RegExp(`at step ${step}, request ${request}\\. A: .*${"ABCD"[lane]}: `));
    await page.locator(".compare li").nth(lane - 1).getByRole("button").click();
    assert.equal(await stepOf(page), step);
  }
  assert.match(told[0], /differ in writes\./);
  assert.match(told[1], /differ in eviction policy and capacity\./);
  assert.match(told[2], /differ in database\. They behave exactly the same\./);
  assert.equal(firstDifference(events, 3), undefined);
  page.assertQuiet();
});

test("lanes are added, copied and taken away in place, and the run keeps its place", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 19);
  const { at_us: at } = await api(page, "frame");
  const first = (await api(page, "scenario")).lanes;
  await button(page, "+ Add a lane").click();
  let { lanes } = await api(page, "scenario");
  assert.deepEqual(lanes, [first[0], first[1], first[1]]);
  await page.locator(".compare li").nth(1).waitFor();
  await button(page, "Lane A: all inputs, duplicate, remove").click();
  await button(page, "Duplicate").click();
  ({ lanes } = await api(page, "scenario"));
  assert.deepEqual(lanes, [first[0], first[1], first[1], first[0]]);
  await page.locator(".lane").nth(3).waitFor();
  assert.match(await page.locator(".compare li").nth(2).innerText(), /have the same settings\. They behave exactly the same/);
  assert.equal(await button(page, "+ Add a lane").count(), 0, "there is no fifth");
  const frame = await api(page, "frame");
  assert.equal(frame.at_us, at);
  assert.deepEqual(frame.lanes[3], frame.lanes[0]);
  for (const [name, left] of [["D", 3], ["B", 2], ["A", 1]]) {
    await button(page, `Lane ${name}: all inputs, duplicate, remove`).click();
    // By the key: the pointer would have to scroll first, and where it presses then has moved under the dock.
    await button(page, "Remove").press("Enter");
    await page.waitForFunction((left) => document.querySelectorAll(".lane").length === left, left);
  }
  ({ lanes } = await api(page, "scenario"));
  assert.deepEqual(lanes, [first[1]]);
  await page.locator(".lane").nth(1).waitFor({ state: "detached" });
  await button(page, "Lane A: all inputs, duplicate, remove").click();
  assert.equal(await button(page, "Remove").getAttribute("aria-disabled"), "true", "the last one stays");
  await button(page, "Remove").click({ force: true });
  assert.equal((await api(page, "scenario")).lanes.length, 1);
  assert.equal((await api(page, "frame")).at_us, at);
  page.assertQuiet();
});

/** Each of the panel's tables: its name, its columns, and the texts of its rows. */
const tables = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll(".plot-table")].map((region) => {
      const texts = (row) => [...row.children].map((cell) => cell.textContent);
      const [heads, ...rows] = [...region.querySelectorAll("tr")].map(texts);
      return { name: region.querySelector("caption").textContent.trim(), heads, rows };
    }),
  );

async function openPlots(page) {
  await button(page, "Plots").click();
  await page.locator(".plot").first().waitFor();
}

test("a short run's tables are the metrics of every step", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await loadOpening(page, { requests: 8 });
  const last = await api(page, "stepCount");
  assert.ok(last <= 64, `${last} steps`);
  await openPlots(page);
  await button(page, "tables").click();
  const all = await tables(page);
  const frames = [];
  // The first request arrives at the start: what was before that is no row of its own.
  for (let step = 1; step <= last; step += 1) {
    await api(page, "command", { type: "seek", step });
    frames.push(await api(page, "frame"));
  }
  const counts = {
    "Database reads so far": "database_reads",
    "Stale reads so far": "stale_reads",
    "Evictions so far": "evictions",
  };
  for (const [name, field] of Object.entries(counts)) {
    const table = all.find((table) => table.name === name);
    assert.ok(table, `${name} is among ${all.map((table) => table.name)}`);
    const expected = frames.map(({ lanes, baseline }) => {
      const metrics = lanes.map((lane) => lane.metrics);
      if (table.heads.includes("No cache")) metrics.push(baseline);
      return metrics.map((metrics) => String(metrics[field]));
    });
    assert.deepEqual(table.rows.map(([, ...cells]) => cells), expected, name);
  }
  const rates = all.find((table) => table.name === "Hit rate so far");
  rates.rows.forEach(([, ...cells], step) =>
    cells.forEach((cell, lane) => {
      const { hits, misses } = frames[step].lanes[lane].metrics;
      assertNear(cell, hits + misses ? (1000 * hits) / (hits + misses) : null, `step ${step + 1}`);
    }),
  );
  const longest = all.find((table) => table.name === "Longest read so far");
  longest.rows.forEach(([, ...cells], step) => {
    const { lanes, baseline } = frames[step];
    const metrics = [...lanes.map((lane) => lane.metrics), baseline];
    cells.forEach((cell, i) => assertNear(cell, metrics[i].read_max_us, `step ${step + 1}`));
  });
  page.assertQuiet();
});

test("what happens in the intervals adds up to the metrics", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await openPlots(page);
  await button(page, "in each interval").click();
  await button(page, "tables").click();
  await seek(page, await api(page, "stepCount"));
  const [all, { lanes }] = [await tables(page), await api(page, "frame")];
  for (const [name, field] of [
    ["Evictions in each interval", "evictions"],
    ["Stale reads in each interval", "stale_reads"],
    ["Expired in each interval", "expirations"],
  ]) {
    const { rows } = all.find((table) => table.name === name);
    assert.ok(rows.length > 64 && rows.length <= 128, `${rows.length} intervals`);
    lanes.forEach((lane, i) => {
      const sum = rows.reduce((sum, cells) => sum + Number(cells[i + 1]), 0);
      assert.equal(sum, lane.metrics[field], `${name}, lane ${i}`);
    });
  }
  page.assertQuiet();
});

test("the distribution rises to all reads so far, and says nothing before the first", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await openPlots(page);
  await button(page, "tables").click();
  await page.getByText("No read has been answered yet").waitFor();
  await seek(page, await api(page, "stepCount"));
  const table = (await tables(page)).find(({ name }) => name === "Read latency, distribution");
  const { lanes, baseline } = await api(page, "frame");
  const metrics = [...lanes.map((lane) => lane.metrics), baseline];
  metrics.forEach((metrics, i) => {
    const column = table.rows.map((cells) => [parsed(cells[0]), cells[i + 1] === "–" ? 0 : parsed(cells[i + 1])]);
    assert.equal(column.at(-1)[1], 1000);
    assert.ok(column.every(([, share], j) => j === 0 || share >= column[j - 1][1]), "it only rises");
    const half = column.find(([, share]) => share >= 500);
    assert.ok(Math.abs(half[0] - metrics.read_p50_us) <= metrics.read_p50_us * 0.006, "half of them is the median");
  });
  page.assertQuiet();
});

test("a plot is read out by the keys and by the pointer, and goes where it is told to", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await openPlots(page);
  const plot = page.getByRole("slider", { name: "Database reads", exact: true });
  const said = () => plot.getAttribute("aria-valuetext");
  const end = Number(await plot.getAttribute("aria-valuemax"));
  const last = await api(page, "stepCount");
  await plot.focus();
  await page.keyboard.press("End");
  assert.equal(Number(await plot.getAttribute("aria-valuenow")), end);
  assert.equal(await stepOf(page), 0, "reading a plot does not move the run");
  const atEnd = await said();
  await page.keyboard.press("Enter");
  assert.equal(await stepOf(page), last);
  const { lanes, baseline } = await api(page, "frame");
  const reads = [...lanes.map((lane) => lane.metrics), baseline].map((metrics) => metrics.database_reads);
  assert.ok(atEnd.endsWith(`, Lane A: Cache-aside ${reads[0]}, Lane B: Write-through ${reads[1]}, No cache ${reads[2]}`), atEnd);
  await page.keyboard.press("Home");
  await page.keyboard.press("Enter");
  assert.equal((await api(page, "frame")).at_us, 0);
  const { width, height } = await plot.boundingBox();
  await plot.click({ position: { x: width / 2, y: height / 2 } });
  const frame = await api(page, "frame");
  const instants = (await api(page, "events", 0, last)).map((event) => event.at_us);
  const before = Math.max(...instants.filter((at) => at <= end / 2));
  assert.equal(frame.at_us, before, "the last step before the place that was clicked");
  assert.equal(await page.locator(".plot-cursor").count() > 0, true, "the cursor is in every plot");
  page.assertQuiet();
});

test("plots count in each interval where a fault would be lost in numbers over the whole run", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const counted = () => page.locator(".plots-choice").first().locator("[aria-pressed=true]").textContent();
  await button(page, "Plots").click();
  assert.equal(await counted(), "so far");
  await seek(page, 20);
  await api(page, "command", { type: "fault", fault: "slow-database" });
  await button(page, "in each interval").waitFor();
  assert.equal(await counted(), "in each interval");
  await button(page, "so far").click();
  assert.equal(await counted(), "so far", "what a person has chosen stays");
  page.assertQuiet();
});
