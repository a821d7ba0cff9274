// Everything fits and can be read and reached, at every width, in both schemes; nothing jumps.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, test } from "node:test";
import {
  accessibilityFaults,
  api,
  closePages,
  openPage,
  openTrace,
  screenshot,
  seek,
  shutDown,
  untilDrawn,
} from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const widths = [320, 360, 768, 1280, 1920];
const schemes = ["light", "dark"];
const heightOf = (width) => (width < 700 ? 740 : 900);

/** What is wrong with the page's geometry at this moment, a line each. Runs in the page. */
function geometryFaults() {
  const faults = [];
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) {
    faults.push(`the page is ${scrollWidth} px wide in ${innerWidth} px`);
  }
  const shown = (element) => element.checkVisibility() && !element.closest(".sr-only, .symbols");
  const sizeOf = (element) => {
    const drawing = element.closest("svg text") ? element.closest("text").getScreenCTM() : null;
    const scale = drawing ? Math.hypot(drawing.a, drawing.b) : 1;
    return Number.parseFloat(getComputedStyle(element).fontSize) * scale;
  };
  const check = (element, text) => {
    const size = sizeOf(element);
    if (text.trim() !== "" && shown(element) && size < 13.99) {
      faults.push(`“${text.trim().slice(0, 30)}” is ${size.toFixed(2)} px`);
    }
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    check(texts.currentNode.parentElement, texts.currentNode.data);
  }
  for (const control of document.querySelectorAll("button, select, input, a[href], summary")) {
    if (!shown(control)) continue;
    check(control, control.value || "-");
    // A label around a field is part of what can be pressed; around a select it isn't.
    const target = control.matches("input") ? (control.closest("label") ?? control) : control;
    const { width, height } = target.getBoundingClientRect();
    if (width < 24 || height < 24) {
      const name = control.getAttribute("aria-label") ?? control.textContent;
      faults.push(`“${name}” is ${width.toFixed(1)} × ${height.toFixed(1)} px`);
    }
  }
  return faults;
}

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

const button = (page, name) => page.getByRole("button", { name, exact: true });

async function breakTheCache(page) {
  await button(page, "Break something").click();
  await button(page, "Cut the cache off").click();
  await page.locator(".badge").first().waitFor();
}

/** Moves by hand, bytes, every kind of mark, and requests that go on after their answer. */
async function loadRace(page) {
  const race = JSON.parse(readFileSync(new URL("../data/scenarios/race.json", import.meta.url), "utf8"));
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

/** Colours move nothing, so in the dark a sample will do. */
const darkStates = { "step 19": states["step 19"], "a refused edit": refuseAnEdit, "a fault": breakTheCache };

for (const colorScheme of schemes) {
  test(`everything fits, can be read and can be pressed at every width, ${colorScheme}`, async () => {
    const faults = [];
    for (const width of widths) {
      const viewport = { width, height: heightOf(width) };
      const page = await openPage({ viewport, colorScheme, reducedMotion: "reduce" });
      for (const [name, reach] of Object.entries(colorScheme === "light" ? states : darkStates)) {
        await reach(page);
        const found = await page.evaluate(geometryFaults);
        faults.push(...found.map((fault) => `${width} px, ${name}: ${fault}`));
        if (name === "step 19") {
          await screenshot(page, `layout-${width}-${colorScheme}`, { fullPage: true });
        }
      }
      page.assertQuiet();
      await page.close();
    }
    assert.deepEqual(faults, []);
  });
}

// Colours differ by scheme and the table's shape by width: these four are all there is to examine.
for (const [width, colorScheme] of [360, 1280].flatMap((w) => schemes.map((s) => [w, s]))) {
  test(`axe finds nothing, ${width} px wide, ${colorScheme}`, async () => {
    const viewport = { width, height: heightOf(width) };
    const page = await openPage({ viewport, colorScheme, reducedMotion: "reduce" });
    const faults = [];
    for (const [name, reach] of Object.entries(states)) {
      await reach(page);
      // All that the dark can break is contrast; the other rules take seconds.
      const rules = colorScheme === "dark" ? ["color-contrast"] : undefined;
      const found = await accessibilityFaults(page, "html", rules);
      faults.push(...found.map((fault) => `${name}: ${fault}`));
    }
    assert.deepEqual(faults, []);
    page.assertQuiet();
  });
}

/** Where everything stands that has no reason to move from step to step. */
function places() {
  const parts = document.querySelectorAll(
    ".bar-top, .say, .lanes, .lane, .stage, .party, .under, .code, .req, .metrics, .metrics tr, .dock, .ic, .timeline, .opts",
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
