// Every state of the page at every width and in both schemes: axe finds nothing, everything fits, can be
// read and can be pressed, and Tab reaches all of it, shows where it is, and leaves.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import {
  address,
  closePages,
  newPage,
  prepareAccessibility,
  quickAccessibilityFaults,
  shutDown,
  untilReady,
} from "./harness.mjs";
import { geometryFaults } from "./geometry.mjs";
import { STATES, enter } from "./states.mjs";
import { describeFocus, markControls } from "./focus.mjs";

afterEach(closePages);
after(shutDown);

const WIDTHS = [1280, 1920, 768, 360, 320];
const NARROW = 620;
const heightOf = (width) => (width < 700 ? 740 : 900);

/** So many pages go through the list side by side. */
const PAGES = 2;
/** Only one page of a browser has the focus, and where a browser's own frame was left last counts in the next state. */
const ALONE = { pages: 1, fresh: true };

/** Calls `visit(page, state)` for every state, and gives all that it found. A page that is `fresh` has not
 * been in another state before. */
async function throughAll(states, { pages = PAGES, fresh = false, ...options }, visit) {
  const waiting = [...states];
  const found = [];
  const work = async () => {
    let page = await newPage({ reducedMotion: "reduce", ...options });
    for (let state = waiting.shift(); state; state = waiting.shift()) {
      if (fresh) {
        await page.context().close();
        page = await newPage({ reducedMotion: "reduce", ...options });
      }
      try {
        await enter(page, state);
        found.push(...(await visit(page, state)));
      } catch (error) {
        throw new Error(`${state.name}: ${error.message}`, { cause: error });
      }
      page.assertQuiet();
    }
  };
  await Promise.all(Array.from({ length: pages }, work));
  return found;
}

/** Two pictures later everything is drawn at its new size. */
const drawn = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** Where the same fault is found in several places, they are listed behind it. */
function gathered(faults) {
  const places = new Map();
  for (const { fault, at } of faults) {
    places.set(fault, [...(places.get(fault) ?? []), at]);
  }
  return [...places].map(([fault, at]) => `${fault} (${at.slice(0, 6).join("; ")}${at.length > 6 ? `; ${at.length} in all` : ""})`);
}

test("in every state, width and scheme axe finds nothing, and everything fits and can be read", async () => {
  const faults = await throughAll(STATES, {}, async (page, state) => {
    const found = [];
    await prepareAccessibility(page);
    for (const width of WIDTHS.filter((width) => !state.narrow || width <= NARROW)) {
      await page.setViewportSize({ width, height: heightOf(width) });
      await drawn(page);
      const note = (of, how) => found.push(...of.map((fault) => ({ fault, at: `${state.name}, ${width} px${how}` })));
      note(await page.evaluate(geometryFaults), "");
      note(await quickAccessibilityFaults(page), "");
      // What is in another colour has the same name, role and size.
      await page.emulateMedia({ colorScheme: "dark" });
      note(await quickAccessibilityFaults(page, ["color-contrast"]), ", dark");
      await page.emulateMedia({ colorScheme: "light" });
    }
    return found;
  });
  assert.deepEqual(gathered(faults), []);
});

/** Presses Tab until the focus comes round to what it has visited, by way of the browser's own frame. */
async function walk(page, key, most) {
  const visited = [];
  let left = false;
  for (let i = 0; i < most + 40; i += 1) {
    await page.keyboard.press(key);
    const focus = await page.evaluate(describeFocus);
    if (focus === null) {
      if (left) return { visited, left };
      left = true;
    } else if (focus.mark !== undefined && visited.some(({ mark }) => mark === focus.mark)) {
      return { visited, left };
    } else {
      visited.push({ ...focus, wrapped: left });
    }
  }
  throw new Error(`The focus never came round: ${visited.map(({ name }) => name).join(", ")}`);
}

/** What is wrong with the way that Tab takes. */
async function walkFaults(page) {
  const faults = [];
  const count = await markControls(page);
  const begun = await page.evaluate(describeFocus);
  const { visited, left } = await walk(page, "Tab", count);
  // Chromium also stops at what can be scrolled: that has no mark.
  const marks = visited.map(({ mark }) => mark).filter((mark) => mark !== undefined);
  const missed = Array.from({ length: count }, (_, i) => String(i)).filter((mark) => !marks.includes(mark));
  for (const mark of missed) {
    const name = await page.evaluate((of) => document.querySelector(`[data-mark="${of}"]`)?.outerHTML.slice(0, 90), mark);
    // A menu that is left is gone, before the focus could come back to where it was at first.
    if (name || mark !== begun?.mark) faults.push(`Tab does not reach ${name ?? "what has gone"}`);
  }
  if (!left && !(await page.evaluate(() => document.querySelector("dialog[open]")))) {
    faults.push("Tab does not leave the page");
  }
  visited.forEach(({ name, outlined, reachable, place, parent, wrapped }, i) => {
    if (!name) faults.push("what has the focus has no name");
    if (!outlined) faults.push(`“${name}” does not show that it has the focus`);
    if (!reachable) faults.push(`“${name}” is covered while it has the focus`);
    const before = visited[i - 1];
    if (before?.parent === parent && before.wrapped === wrapped && place.y + place.height <= before.place.y + 1) {
      faults.push(`“${name}” comes after “${before.name}”, and stands above it`);
    }
  });
  return faults;
}

test("in every state Tab reaches everything in the order of the layout, shows it, and leaves", async () => {
  const states = STATES.filter((state) => !state.narrow);
  const faults = await throughAll(states, { ...ALONE, viewport: { width: 1280, height: 800 } }, async (page, state) => {
    const found = await walkFaults(page);
    return found.map((fault) => ({ fault, at: state.name }));
  });
  assert.deepEqual(gathered(faults), []);
});

test("on a phone Tab does so as well", async () => {
  const states = STATES.filter((state) => state.narrow || state.name === "the opening");
  const faults = await throughAll(states, { ...ALONE, viewport: { width: 360, height: 640 } }, async (page, state) => {
    const found = await walkFaults(page);
    return found.map((fault) => ({ fault, at: state.name }));
  });
  assert.deepEqual(gathered(faults), []);
});

test("Tab goes through a frame in another page, both ways", async () => {
  const page = await newPage({ reducedMotion: "reduce" });
  const body = `<!doctype html><title>A course</title><button id="before">before</button>
    <iframe title="A simulation" src="${address("?embed=1&step=20")}" width="1200" height="780"></iframe><button id="after">after</button>`;
  await page.route(address("host"), (route) => route.fulfill({ contentType: "text/html", body }));
  await page.goto(address("host"));
  const frame = await (await page.waitForSelector("iframe")).contentFrame();
  await untilReady(frame);
  const count = await markControls(frame);
  for (const [from, key, to] of [["before", "Tab", "after"], ["after", "Shift+Tab", "before"]]) {
    await page.locator(`#${from}`).focus();
    const marks = new Set();
    let here = from;
    for (let i = 0; i < count + 30 && here !== to; i += 1) {
      await page.keyboard.press(key);
      here = await page.evaluate(() => document.activeElement.id);
      const focus = here === "" ? await frame.evaluate(describeFocus) : undefined;
      if (focus?.mark !== undefined) marks.add(focus.mark);
    }
    assert.equal(here, to, `${key} leaves the frame`);
    assert.equal(marks.size, count, `${key} reaches everything in the frame`);
  }
  page.assertQuiet();
});
