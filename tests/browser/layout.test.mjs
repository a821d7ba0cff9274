// Nothing jumps, and everything fits when it is enlarged. That it fits at every width is in states.test.mjs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, test } from "node:test";
import { geometryFaults } from "./geometry.mjs";
import {
  address,
  api,
  button,
  closePages,
  newPage,
  openPage,
  openTrace,
  screenshot,
  seek,
  shutDown,
  untilDrawn,
  untilReady,
} from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const heightOf = (width) => (width < 700 ? 740 : 900);

/** Opens the sheet of keys, and closes it. */
const openSheet = async (page) => {
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
};
const closeSheet = async (page) => {
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
};

async function refuseAnEdit(page) {
  const capacity = page.getByRole("spinbutton", { name: "Capacity of lane A, in entries" });
  await capacity.fill("0");
  await capacity.press("Enter");
  await page.locator(".notice.refused").waitFor();
  await capacity.blur();
}

async function breakTheCache(page) {
  // In a low window it is among what there is no room for.
  const more = button(page, "More controls");
  if (await more.isVisible()) await more.click();
  await button(page, "Break something").click();
  await button(page, "Cut the cache off").click();
  await page.locator(".badge").first().waitFor();
}

/** Moves by hand, bytes, every kind of mark, and requests that go on after their answer. */
async function loadRace(page) {
  const race = JSON.parse(readFileSync(new URL("../support/data/scenarios/race.json", import.meta.url), "utf8"));
  race.lanes[1].cache = { capacity_bytes: 100_000_000_000, policy: "wtinylfu" };
  await api(page, "load", race);
  await seek(page, await api(page, "stepCount"));
}

const longKeys = Array.from({ length: 300 }, (_, i) => `a-rather-long-key-of-a-trace:${i % 40}:${"x".repeat(60)}`);

async function openLongTrace(page) {
  await openTrace(page, "a-file-with-a-long-name-and-no-space-in-it-anywhere.txt", longKeys.join("\n"));
  await untilDrawn(page, 0);
  await seek(page, await api(page, "stepCount"));
}

/** Every state that is looked at, in an order in which each follows from the one before. */
const states = {
  "the start": () => undefined,
  "step 6": (page) => seek(page, 6),
  "step 19": (page) => seek(page, 19),
  "step 25": (page) => seek(page, 25),
  "the end": async (page) => seek(page, await api(page, "stepCount")),
  "the sheet of keys": openSheet,
  "a refused edit": async (page) => {
    await closeSheet(page);
    await refuseAnEdit(page);
  },
  "a fault": breakTheCache,
  "the list of faults": (page) => button(page, "Break something").click(),
  "a race": async (page) => {
    await page.keyboard.press("Escape");
    await loadRace(page);
  },
  "an open trace": openLongTrace,
};

/** Where everything stands that has no reason to move from step to step. */
function places() {
  const parts = document.querySelectorAll(
    ".bar-top, .say, .lanes, .lane, .stage, .party, .under, .code, .req, .four, .figure, .dock, .ic, .timeline, .opts",
  );
  return [...parts].map((part) => {
    const { x, y, width, height } = part.getBoundingClientRect();
    return `${part.getAttribute("class") ?? part.tagName} ${[x, y, width, height].map((n) => n.toFixed(1))}`;
  });
}

for (const width of [360, 1280]) {
  test(`nothing jumps from step to step, ${width} px wide`, async () => {
    const viewport = { width, height: heightOf(width) };
    const page = await openPage({ viewport, reducedMotion: "reduce" });
    const last = await api(page, "stepCount");
    const first = await page.evaluate(places);
    const jumps = [];
    for (let step = 1; step <= last; step += 1) {
      await seek(page, step);
      const now = await page.evaluate(places);
      now.forEach((place, i) => {
        if (place !== first[i]) jumps.push(`step ${step}: ${first[i]} → ${place}`);
      });
    }
    assert.deepEqual(jumps.slice(0, 8), [], `${jumps.length} jumps`);
    page.assertQuiet();
  });
}

const topOf = (page, selector) => page.locator(selector).first().evaluate((part) => part.getBoundingClientRect().top + scrollY);

for (const width of [360, 768, 1280]) {
  test(`the stage stays where it is when both lanes evict, ${width} px wide`, async () => {
    const viewport = { width, height: heightOf(width) };
    const page = await openPage({ path: "?scenario=product-page&step=25360", viewport, reducedMotion: "reduce" });
    const top = await topOf(page, ".lanes");
    let evictions = 0;
    for (let step = 25361; step <= 25400; step += 1) {
      await seek(page, step);
      assert.equal(await topOf(page, ".lanes"), top, `step ${step}`);
      evictions += (await page.locator(".say .mark-evict, .say [href='#mark-evict']").count()) === 2;
    }
    assert.ok(evictions > 1, "both lanes evict at one step");
    page.assertQuiet();
  });
}

test("the four numbers are above the transport in a window of 1280 × 800", async () => {
  const page = await openPage({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  const bottom = await page.locator(".four").evaluate((numbers) => numbers.getBoundingClientRect().bottom);
  assert.ok(bottom <= (await topOf(page, ".dock")), `the numbers end at ${bottom}`);
});

test("a low window shows some of the stage beside the transport", async () => {
  for (const [width, height] of [[740, 360], [640, 400]]) {
    const page = await openPage({ viewport: { width, height }, reducedMotion: "reduce" });
    const room = (await topOf(page, ".dock")) - (await topOf(page, ".lanes"));
    assert.ok(room >= 150, `${room} px of ${height}`);
    await button(page, "More controls").click();
    await page.getByLabel("Step by", { exact: true }).waitFor();
  }
});

test("enlarged to 200 %, nothing scrolls sideways", async () => {
  // The page's zoom: a window of 1280 px then has room for 640 CSS pixels.
  const page = await openPage({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2, reducedMotion: "reduce" });
  for (const [name, reach] of Object.entries(states)) {
    await reach(page);
    assert.deepEqual(await page.evaluate(geometryFaults), [], name);
  }
  page.assertQuiet();
});

test("with only the text twice as large, nothing scrolls sideways", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 19);
  await page.evaluate(() => {
    const elements = [...document.querySelectorAll("#app *")].filter((element) => !element.closest("svg"));
    const sizes = elements.map((element) => Number.parseFloat(getComputedStyle(element).fontSize));
    elements.forEach((element, i) => (element.style.fontSize = `${sizes[i] * 2}px`));
  });
  const { scrollWidth, innerWidth } = await page.evaluate(() => ({
    scrollWidth: document.documentElement.scrollWidth,
    innerWidth: globalThis.innerWidth,
  }));
  await screenshot(page, "layout-text-200", { fullPage: true });
  assert.ok(scrollWidth <= innerWidth, `${scrollWidth} px in ${innerWidth} px`);
  page.assertQuiet();
});

test("where a browser writes twice as large, the stage is drawn as large, and all lanes are told of", async () => {
  const page = await newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(address());
  await untilReady(page);
  const heightOf = async (selector) => (await page.locator(selector).first().boundingBox()).height;
  const usual = await heightOf(".stage .chip .k");
  // The browser's own setting, which no page can make: its size is that of the root's text.
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Page.enable");
  await devtools.send("Page.setFontSizes", { fontSizes: { standard: 32, fixed: 26 } });
  await page.reload();
  await untilReady(page);
  await seek(page, 19);
  const large = await heightOf(".stage .chip .k");
  assert.ok(large > 1.8 * usual, `${usual} px became ${large}`);
  const told = page.locator(".say-text");
  const cut = await told.evaluate((box) => box.scrollHeight - box.clientHeight);
  assert.ok(cut <= 1, `${cut} px of the sentences are out of sight`);
});

test("kinds that come while a long run goes on have room in the legend's one line", async () => {
  const page = await openPage({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  const legend = page.locator(".marks-legend");
  const before = (await legend.boundingBox()).height;
  await page.evaluate(() => {
    const { cachePlayground: playground } = globalThis;
    const { lanes } = playground.scenario();
    lanes.forEach((lane) => (lane.cache.capacity = 1_000));
    const generated = { requests: 100_000, keys: 10_000, gap: { exponential_mean_us: 8_000 } };
    playground.load({ workload: { generated }, lanes });
    playground.stepCount();
  });
  for (const kind of ["evict", "expire", "stale"]) await legend.getByText(kind).waitFor();
  assert.equal((await legend.boundingBox()).height, before);
});

test("on a phone the sentence and what every lane holds are in view while stepping", async () => {
  const page = await openPage({ viewport: { width: 390, height: 844 }, reducedMotion: "reduce" });
  await seek(page, 19);
  const bottom = await topOf(page, ".dock");
  for (const part of [".say-text", ".other-lane", ".lane .party-app", ".lane .party-cache"]) {
    const end = await page.locator(part).first().evaluate((of) => of.getBoundingClientRect().bottom);
    assert.ok(end <= bottom, `${part} ends at ${end}, the transport begins at ${bottom}`);
  }
  const [, other] = (await api(page, "frame")).lanes;
  const text = await page.locator(".other-lane").textContent();
  for (const { key, version } of other.cache.entries) {
    assert.ok(text.includes(`${key} v${version}`), `${key} in “${text}”`);
  }
  await page.locator(".other-lane").click();
  await page.getByRole("region", { name: /^Lane B/ }).waitFor();
  page.assertQuiet();
});

for (const width of [640, 760, 1000]) {
  test(`in a frame of ${width} px two lanes stand side by side`, async () => {
    const page = await openPage({ path: "?embed=1", viewport: { width, height: 500 }, reducedMotion: "reduce" });
    const lanes = await page.locator(".lane").evaluateAll((all) => all.map((lane) => lane.getBoundingClientRect()));
    assert.equal(lanes.length, 2);
    assert.ok(lanes[0].right < lanes[1].left && lanes[0].top === lanes[1].top);
    page.assertQuiet();
  });
}
