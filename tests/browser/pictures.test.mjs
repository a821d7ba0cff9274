// What is drawn between two steps, while playing and while dragging. Counted, not timed: `benches/page.mjs`
// measures how long it takes.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, closePages, openPage, seek, shutDown, standing, untilDrawn } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

/** Four lanes of the opening scene. */
async function fourLanes(page) {
  await page.evaluate(() => {
    const { cachePlayground: playground } = globalThis;
    const scenario = playground.scenario();
    scenario.lanes = [0, 1, 0, 1].map((lane) => structuredClone(scenario.lanes[lane]));
    playground.load(scenario);
  });
  await untilDrawn(page, 0);
}

/** Pauses, and waits until nothing is drawn any more. */
async function atRest(page) {
  await api(page, "command", { type: "pause" });
  const { step } = await api(page, "frame");
  await untilDrawn(page, step);
  return step;
}

/** Where the timeline is: its middle, and where each step stands. */
async function timeline(page) {
  const last = await api(page, "stepCount");
  const box = await page.locator(".timeline-marks").boundingBox();
  return { x: (step) => box.x + (box.width * step) / last, y: box.y + box.height / 2 };
}

test("between two steps nothing is drawn again but what moves, and nobody asks where it stands", async () => {
  const page = await openPage();
  await fourLanes(page);
  await seek(page, 2);
  const seen = await page.evaluate(async () => {
    const { cachePlayground: playground } = globalThis;
    let asked = 0;
    for (const [of, name] of [
      [Element, "clientWidth"],
      [Element, "clientHeight"],
      [HTMLElement, "offsetWidth"],
    ]) {
      const { get, ...rest } = Object.getOwnPropertyDescriptor(of.prototype, name);
      const counting = function () {
        asked += 1;
        return get.call(this);
      };
      Object.defineProperty(of.prototype, name, { ...rest, get: counting });
    }
    const moved = {};
    const observer = new MutationObserver((records) => {
      for (const { type, target, attributeName } of records) {
        const what = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
        const name = `${type} ${attributeName ?? ""} ${what.closest("[class]").getAttribute("class").split(" ")[0]}`;
        moved[name] = (moved[name] ?? 0) + 1;
      }
    });
    // So slow that nothing happens meanwhile.
    playground.command({ type: "play", speed: 0.0001 });
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    const begin = playground.frame().step;
    asked = 0;
    observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    for (let frame = 0; frame < 14; frame += 1) await new Promise(requestAnimationFrame);
    observer.disconnect();
    const { step, lanes } = playground.frame();
    const inFlight = lanes.flatMap(({ messages }) => messages).length;
    playground.command({ type: "pause" });
    return { begin, step, asked, moved, inFlight };
  });
  assert.equal(seen.step, seen.begin, "no step came");
  assert.equal(seen.asked, 0, "the page is not laid out for being asked");
  const pictures = seen.moved["attributes transform pill"] / seen.inFlight;
  assert.ok(pictures >= 8, `messages move with every picture: ${JSON.stringify(seen.moved)}`);
  const others = Object.keys(seen.moved).filter((name) => !/ (transform pill|width segment)$/.test(name));
  assert.deepEqual(
    others.filter((name) => !/(aria-label bar|childList {2}bar|class segment|characterData {2}(elapsed|time|of-\w+|legend|req))$/.test(name)),
    [],
    "nothing else is drawn but a request's time",
  );
  // It is a number: it is written more rarely than pictures are drawn.
  const written = seen.moved["characterData  elapsed"] ?? 0;
  assert.ok(written > 0 && written <= 4 * 5, `${written} times written`);
  await atRest(page);
  page.assertQuiet();
});

test("a picture that is paused in the middle of a step is exact", async () => {
  const page = await openPage();
  // The database works on a query.
  await seek(page, 7);
  const shown = await page.evaluate(async () => {
    const { cachePlayground: playground } = globalThis;
    playground.command({ type: "play", speed: 0.005 });
    for (let frame = 0; frame < 9; frame += 1) await new Promise(requestAnimationFrame);
    playground.command({ type: "pause" });
    await new Promise(requestAnimationFrame);
    const lanes = [...document.querySelectorAll(".lane")].map((lane) => ({
      decades: lane.querySelectorAll(".bar .grid").length - 1,
      grown: ["x", "width"].reduce((sum, side) => sum + parseFloat([...lane.querySelectorAll(".segment")].pop().getAttribute(side)), 0),
      written: lane.querySelector(".time").firstChild.textContent,
    }));
    return lanes;
  });
  for (const { decades, grown, written } of shown) {
    const ms = 0.1 * 10 ** ((grown / 100) * decades);
    const told = parseFloat(written) / (written.endsWith(" µs") ? 1000 : 1);
    assert.ok(told > 0.5 && Math.abs(ms - told) < 0.02, JSON.stringify(shown));
  }
  assert.equal(shown[0].written, shown[1].written, "both lanes show one instant");
  page.assertQuiet();
});

test("while it plays, lanes that do the same show the same time in every picture", async () => {
  const page = await openPage();
  await fourLanes(page);
  // All of them wait for the database, for a long time.
  await seek(page, 13);
  await api(page, "command", { type: "play", speed: 0.001 });
  const pictures = await page.evaluate(async () => {
    const pictures = [];
    for (let picture = 0; picture < 40; picture += 1) {
      await new Promise(requestAnimationFrame);
      pictures.push([...document.querySelectorAll(".elapsed")].map((elapsed) => elapsed.textContent));
    }
    return pictures;
  });
  assert.ok(pictures.every((lanes) => lanes.length === 4 && new Set(lanes).size === 1), JSON.stringify(pictures));
  assert.ok(new Set(pictures.flat()).size > 4, "and it moves");
  page.assertQuiet();
});

test("while it plays nothing is shifted", async () => {
  const page = await openPage();
  await fourLanes(page);
  const shifts = await page.evaluate(async () => {
    const { cachePlayground: playground } = globalThis;
    const shifts = [];
    new PerformanceObserver((list) => shifts.push(...list.getEntries())).observe({ type: "layout-shift" });
    playground.command({ type: "play", speed: 0.02 });
    while (playground.frame().step < 40) await new Promise(requestAnimationFrame);
    playground.command({ type: "pause" });
    await new Promise((rest) => setTimeout(rest, 100));
    return shifts.map(({ value, sources }) => [value, ...sources.map(({ node }) => node?.parentElement?.outerHTML)]);
  });
  assert.deepEqual(shifts, []);
  page.assertQuiet();
});

test("a page that was dragged and played shows at rest what it shows when it goes there at once", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await fourLanes(page);
  const { x, y } = await timeline(page);
  await page.mouse.move(x(3), y);
  await page.mouse.down();
  for (const step of [10, 60, 20, 45]) {
    await page.mouse.move(x(step), y, { steps: 6 });
  }
  await untilDrawn(page, 45);
  await page.mouse.up();
  await page.mouse.move(10, 10);
  await page.locator("html:not([data-dragging])").waitFor({ state: "attached" });
  await page.locator(".tip").waitFor({ state: "detached" });
  const dragged = await standing(page);
  await seek(page, 0);
  await seek(page, 45);
  assert.deepEqual(dragged, await standing(page));

  await api(page, "command", { type: "play", speed: 0.1 });
  await page.waitForFunction(() => globalThis.cachePlayground.frame().step > 55);
  const step = await atRest(page);
  const played = await standing(page);
  await seek(page, 0);
  await seek(page, step);
  assert.deepEqual(played, await standing(page));
  page.assertQuiet();
});

test("no style of the whole page hangs on what is somewhere in it", async () => {
  const page = await openPage();
  // Each change within it would have all of the page styled again.
  const hanging = await page.evaluate(() => {
    const rulesOf = (rules) => [...rules].flatMap((rule) => (rule.cssRules?.length ? rulesOf(rule.cssRules) : [rule]));
    const selectors = [...document.styleSheets].flatMap((sheet) => rulesOf(sheet.cssRules)).map((rule) => rule.selectorText ?? "");
    return { looked: selectors.length, hanging: selectors.filter((text) => /(^|,)\s*(:root|html|body)[^\s,]*:has\(/.test(text)) };
  });
  assert.ok(hanging.looked > 200, String(hanging.looked));
  assert.deepEqual(hanging.hanging, []);
  page.assertQuiet();
});
