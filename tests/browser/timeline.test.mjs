// The timeline: its marks are the events, what is pointed at is told and gone to, and zoom, loops and runs of
// their own are what they say.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import {
  accessibilityFaults,
  api,
  closePages,
  openPage,
  seek,
  shutDown,
  stepButton,
  stepOf,
  untilDrawn,
} from "./harness.mjs";

afterEach(closePages);
after(shutDown);

/** The kinds of event that the timeline marks. */
const marked = "hit miss stale fill write evict expire delete reject error fault violation".split(" ");

const tool = (page, name) => page.getByRole("button", { name, exact: true });
const slider = (page) => page.getByRole("slider", { name: "Step" });
const tip = (page) => page.locator(".tip");

/** The events of the whole run. */
const allEvents = async (page) => api(page, "events", 0, await api(page, "stepCount"));

/** Which marks are drawn, as `step lane kind`. */
function drawnMarks(page) {
  return page.locator(".step-marks").evaluateAll((groups) =>
    groups.flatMap(({ dataset, children }) =>
      [...children].map((use) => `${dataset.step} ${dataset.lane} ${use.getAttribute("href").slice(6)}`),
    ),
  );
}

/** Which marks these events need: a stale read says that it was a hit, an expiry that it led to a miss. */
function neededMarks(events) {
  const kinds = new Set(events.map(({ step, lane, kind }) => `${step} ${lane} ${kind}`));
  const needed = [...kinds].filter((mark) => {
    const [step, lane, kind] = mark.split(" ");
    const teller = { hit: "stale", miss: "expire" }[kind];
    return marked.includes(kind) && !kinds.has(`${step} ${lane} ${teller}`);
  });
  return needed.toSorted();
}

/** Where a step is on the screen, if the timeline shows these steps. */
async function placeOf(page, step, from, to) {
  const box = await page.locator(".timeline-marks").boundingBox();
  return { x: box.x + (box.width * (step - from)) / (to - from), y: box.y + box.height / 2 };
}

/** Points at a step of a run that is shown as a whole. */
async function pointAt(page, step) {
  const { x, y } = await placeOf(page, step, 0, await api(page, "stepCount"));
  await page.mouse.move(x, y);
  return { x, y };
}

/** The steps that are shown, by the first and the last mark there is of the run's. */
async function shownSteps(page) {
  const marks = await drawnMarks(page);
  return marks.map((mark) => Number(mark.split(" ")[0])).toSorted((a, b) => a - b);
}

/** A long run: so many requests to few keys. */
async function loadLong(page, requests) {
  await page.evaluate((count) => {
    const { cachePlayground: playground } = globalThis;
    const scenario = playground.scenario();
    const gap = { exponential_mean_us: 3000 };
    scenario.workload = { generated: { requests: count, keys: 200, clients: 2, gap } };
    scenario.warm = [];
    for (const lane of scenario.lanes) {
      if (lane.cache) lane.cache.capacity = 50;
    }
    playground.load(scenario);
  }, requests);
  await untilDrawn(page, 0);
}

test("every mark is an event, and every event that has a mark is there", async () => {
  const page = await openPage();
  const events = await allEvents(page);
  assert.deepEqual((await drawnMarks(page)).toSorted(), neededMarks(events));

  await api(page, "command", { type: "seek", step: 30 });
  await api(page, "command", { type: "fault", fault: "cut-cache" });
  await untilDrawn(page, 31);
  const broken = await allEvents(page);
  const drawn = await drawnMarks(page);
  assert.deepEqual(drawn.toSorted(), neededMarks(broken));
  assert.ok(drawn.includes("31 0 fault") && drawn.some((mark) => mark.endsWith("error")));
  page.assertQuiet();
});

test("what is pointed at is told in the engine's words, and pressing goes there", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const events = await allEvents(page);
  const { height } = await page.locator(".dock").boundingBox();
  for (const kind of ["stale", "evict", "miss", "expire"]) {
    const { step, text } = events.find((event) => event.kind === kind);
    const place = await pointAt(page, step);
    await tip(page).getByText(new RegExp(`^step ${step} · `)).waitFor();
    const told = (await tip(page).innerText()).replaceAll(/\s+/g, " ");
    if (kind !== "evict") {
      assert.ok(told.includes(text), `${kind}: ${told}`);
    }
    const box = await tip(page).boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 1280 && box.y >= 0, "inside of the screen");
    await page.mouse.click(place.x, place.y);
    await untilDrawn(page, step);
  }
  assert.equal((await page.locator(".dock").boundingBox()).height, height, "nothing moves");
  await page.mouse.move(100, 100);
  await tip(page).waitFor({ state: "detached" });
  page.assertQuiet();
});

test("the text stays on the screen at both ends of a narrow one", async () => {
  const page = await openPage({ viewport: { width: 320, height: 640 } });
  const last = await api(page, "stepCount");
  for (const step of [0, 1, Math.round(last / 2), last]) {
    await pointAt(page, step);
    await tip(page).waitFor();
    const box = await tip(page).boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 320 && box.y >= 0, `step ${step}: ${JSON.stringify(box)}`);
  }
  page.assertQuiet();
});

test("with the keyboard on the slider the step at the playhead is told; Escape takes it away", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 18);
  await page.keyboard.press("Tab");
  await slider(page).focus();
  await page.keyboard.press("ArrowRight");
  await untilDrawn(page, 19);
  await tip(page).getByText(/^step 19 · /).waitFor();
  await page.keyboard.press("Escape");
  await tip(page).waitFor({ state: "detached" });
  page.assertQuiet();
});

test("dragging scrubs, and ends where the hand is", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const last = await api(page, "stepCount");
  const from = await placeOf(page, 5, 0, last);
  const to = await placeOf(page, 60, 0, last);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 25 });
  await untilDrawn(page, 60);
  await page.mouse.up();
  assert.equal(await slider(page).inputValue(), "60");
  page.assertQuiet();
});

test("zooming in shows the steps around the place, and each with its marks", async () => {
  const page = await openPage();
  const events = await allEvents(page);
  const last = await api(page, "stepCount");
  await seek(page, 40);
  await tool(page, "Zoom in").click();
  const half = (last / 2) | 0;
  const from = 40 - (((40 * half) / last) | 0);
  const inside = events.filter(({ step }) => step >= from && step <= from + half);
  assert.deepEqual((await drawnMarks(page)).toSorted(), neededMarks(inside));

  // The place of a step is the window's.
  const stale = inside.find(({ kind }) => kind === "stale");
  const { x, y } = await placeOf(page, stale.step, from, from + half);
  await page.mouse.click(x, y);
  await untilDrawn(page, stale.step);

  await page.keyboard.press("-");
  assert.deepEqual((await drawnMarks(page)).toSorted(), neededMarks(events));
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  assert.ok((await shownSteps(page)).length < inside.length);
  await page.keyboard.press("0");
  assert.deepEqual((await drawnMarks(page)).toSorted(), neededMarks(events));
  page.assertQuiet();
});

test("the wheel zooms around the pointer, and the window follows the playhead", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const last = await api(page, "stepCount");
  const events = await allEvents(page);
  await pointAt(page, 60);
  for (let i = 0; i < 3; i += 1) {
    await page.mouse.wheel(0, -240);
  }
  await page.locator(".strip.zoomed").waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".step-marks").length < 30);
  const steps = await shownSteps(page);
  assert.ok(steps[0] > 20 && steps.includes(60) === neededMarks(events).some((mark) => mark.startsWith("60 ")));
  assert.equal(await page.locator(".playhead").count(), 0, "step 0 is outside");

  // To the left end, and then to the right one, one step after the other.
  await page.keyboard.press("ArrowRight");
  await untilDrawn(page, 1);
  assert.equal(await page.locator(".playhead").count(), 1);
  for (let step = 2; step <= last; step += 1) {
    await page.keyboard.press("ArrowRight");
    await untilDrawn(page, step);
    assert.equal(await page.locator(".playhead").count(), 1, `step ${step}`);
  }
  page.assertQuiet();
});

test("two fingers zoom, and what is between them stays there", async () => {
  const page = await openPage({ viewport: { width: 360, height: 640 }, hasTouch: true });
  const events = await allEvents(page);
  const last = await api(page, "stepCount");
  const { y } = await placeOf(page, 0, 0, last);
  const [left, middle, right] = [30, 40, 50].map(async (step) => (await placeOf(page, step, 0, last)).x);
  const places = [await left, await middle, await right];
  await page.locator(".timeline-track").evaluate(
    (track, [[from, , to], height, width]) => {
      const touch = (type, pointerId, clientX) =>
        track.dispatchEvent(
          new PointerEvent(type, { pointerId, clientX, clientY: height, pointerType: "touch", bubbles: true }),
        );
      touch("pointerdown", 11, from);
      touch("pointerdown", 12, to);
      touch("pointermove", 11, from - width);
      touch("pointermove", 12, to + width);
      touch("pointerup", 11, from - width);
      touch("pointerup", 12, to + width);
    },
    [places, y, places[2] - places[0]],
  );
  await page.locator(".strip.zoomed").waitFor();
  // Three times as far apart: a third of the steps.
  const steps = await shownSteps(page);
  const shown = (last / 3) | 0;
  assert.ok(steps.at(-1) - steps[0] <= shown && steps.includes(events.find(({ step, kind }) => step > 36 && marked.includes(kind)).step), `${steps}`);
  page.assertQuiet();
});

test("a long run is drawn in stretches, which tell what they come to", async () => {
  const page = await openPage();
  await loadLong(page, 1000);
  const events = await allEvents(page);
  await page.locator(".miss-share").first().waitFor();
  assert.equal(await page.locator(".step-marks").count(), 0);
  assert.ok((await page.locator(".stretch-mark").count()) > 0, "what else happens is marked");

  await pointAt(page, 2000);
  const heading = await tip(page).locator(".tip-at").textContent();
  const [from, to] = heading.match(/[\d,]+/g).map((number) => Number(number.replaceAll(",", "")));
  const lines = await tip(page).locator(".tip-said").allInnerTexts();
  for (const [lane, line] of lines.entries()) {
    const here = events.filter((event) => event.lane === lane && event.step >= from && event.step <= to);
    const count = (kind) => here.filter((event) => event.kind === kind).length;
    const lookUps = count("hit") + count("miss");
    assert.ok(line.includes(`${count("miss")} of ${lookUps} look-up`), `${line} (${heading})`);
    if (count("evict") > 0) {
      assert.ok(line.includes(`${count("evict")} evicted`), line);
    }
  }
  for (let i = 0; i < 12; i += 1) {
    await page.mouse.wheel(0, -240);
  }
  await page.locator(".step-marks").first().waitFor();
  const steps = await shownSteps(page);
  const inside = events.filter(({ step }) => step >= steps[0] && step <= steps.at(-1));
  assert.deepEqual((await drawnMarks(page)).toSorted(), neededMarks(inside));
  page.assertQuiet();
});

test("scrubbing asks for one step a picture", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await loadLong(page, 1000);
  const track = page.locator(".timeline-track");
  const box = await track.boundingBox();
  await page.mouse.move(box.x + 5, box.y + box.height / 2);
  await page.mouse.down();
  const { before, after: later, last } = await track.evaluate(async (track) => {
    const { left, width, top } = track.getBoundingClientRect();
    const picture = () => new Promise(requestAnimationFrame);
    await picture();
    await picture();
    const seen = new Set();
    const drag = (x) =>
      track.dispatchEvent(new PointerEvent("pointermove", { pointerId: 1, clientX: left + x, clientY: top + 5, bubbles: true }));
    for (let x = 10; x < width / 2; x += 3) {
      drag(x);
      seen.add(globalThis.cachePlayground.frame().step);
    }
    await picture();
    await picture();
    const after = globalThis.cachePlayground.frame().step;
    drag(width);
    await picture();
    await picture();
    return { before: seen.size, after, last: globalThis.cachePlayground.frame().step };
  });
  assert.equal(before, 1, "none is gone to at once");
  assert.ok(later > 0 && later < last, `the last one is gone to with the next picture: ${later} of ${last}`);
  page.assertQuiet();
});

test("where there is nothing further, a sentence says so", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const status = page.locator(".say [role=status]");
  const events = await allEvents(page);
  const evictions = events.filter(({ kind }) => kind === "evict").map(({ step }) => step);
  await page.getByRole("combobox", { name: "Step by", exact: true }).selectOption("eviction");
  await seek(page, evictions.at(-1));
  await stepButton(page).click();
  await status.getByText(`There is no further eviction after step ${evictions.at(-1)}.`).waitFor();
  await seek(page, evictions[0]);
  // In the field this would choose an option.
  await page.locator(".bar-top h1").click();
  await page.keyboard.press("p");
  await status.getByText(`There is no eviction before step ${evictions[0]}.`).waitFor();
  await page.keyboard.press("n");
  await untilDrawn(page, evictions.find((step) => step > evictions[0]));
  await page.getByRole("combobox", { name: "Step by", exact: true }).selectOption("error");
  await stepButton(page).click();
  await status.getByText("There is no error in this run.").waitFor();
  const last = await api(page, "stepCount");
  await seek(page, last);
  await page.locator(".bar-top h1").click();
  await page.keyboard.press("ArrowRight");
  await status.getByText(`End of the scene: step ${last} is the last one.`).waitFor();
  page.assertQuiet();
});

test("the speed is said in words, and idle time is said to be skipped", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const speed = page.getByRole("combobox", { name: /simulated millisecond/ });
  for (const [option, words] of [
    ["1 ms lasts 250 ms", "250× slower"],
    ["1 ms lasts 1 ms", "real time"],
    ["1 ms lasts 10 µs", "100× faster"],
  ]) {
    await speed.selectOption(option);
    await page.locator(".dock .ratio").getByText(words, { exact: true }).waitFor();
  }
  await page.locator(".bar-top h1").click();
  await page.keyboard.press("<");
  await page.locator(".dock .ratio").getByText("10× faster", { exact: true }).waitFor();

  const last = await api(page, "stepCount");
  const frames = [];
  for (let step = 1; step < last; step += 1) {
    const [{ at_us: at }] = await api(page, "events", step, step);
    const [{ at_us: next }] = await api(page, "events", step + 1, step + 1);
    frames.push({ step, span: next - at });
  }
  const longest = frames.reduce((a, b) => (a.span > b.span ? a : b));
  await speed.selectOption("1 ms lasts 1 s");
  await seek(page, longest.step);
  await page.locator(".bar-top h1").click();
  await page.keyboard.press(" ");
  await page.locator(".say-at").getByText(/^skipping [\d.]+ m?s$/).waitFor();
  page.assertQuiet();
});

test("a loop is drawn by buttons, keys and dragging, and playing repeats it", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 10);
  await tool(page, "Loop from here").click();
  await seek(page, 14);
  await page.keyboard.press("]");
  await page.locator(".loop-band").waitFor();
  assert.equal(await tool(page, "Loop").getAttribute("aria-pressed"), "true");
  await page.evaluate(() => {
    globalThis.shown = [];
    const note = () => globalThis.shown.push(globalThis.cachePlayground.frame().step);
    const whole = { subtree: true, characterData: true, childList: true };
    new MutationObserver(note).observe(document.querySelector(".say-at"), whole);
  });
  await page.getByRole("combobox", { name: /simulated millisecond/ }).selectOption("1 ms lasts 1 ms");
  await page.getByRole("button", { name: "Play" }).click();
  await page.waitForFunction(() => {
    const { shown } = globalThis;
    const back = shown.indexOf(10, shown.indexOf(14));
    return shown.includes(14) && back > 0 && shown.indexOf(14, back) > 0;
  });
  const shown = await page.evaluate(() => globalThis.shown);
  assert.ok(shown.every((step) => step >= 10 && step <= 14), `${shown}`);
  await page.getByRole("button", { name: "Pause" }).click();

  // An edit leaves it where it was in time; switched off it is passed.
  await page.getByLabel("TTL of lane B").selectOption("none");
  await page.locator(".loop-band").waitFor();
  await tool(page, "Loop").click();
  await page.locator(".loop.off").waitFor();
  await tool(page, "Clear loop").click();
  await page.locator(".loop-band").waitFor({ state: "detached" });

  const last = await api(page, "stepCount");
  const [from, to] = [await placeOf(page, 20, 0, last), await placeOf(page, 30, 0, last)];
  await page.keyboard.down("Shift");
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await tip(page).getByText("Loop from step 20 to 30").waitFor();
  await page.mouse.up();
  await page.keyboard.up("Shift");
  await page.mouse.move(100, 100);
  const band = await page.locator(".loop-band").boundingBox();
  assert.ok(Math.abs(band.x - from.x) < 2 && Math.abs(band.x + band.width - to.x) < 2);
  assert.ok((await stepOf(page)) < 20, "the playhead has stayed where it was");
  page.assertQuiet();
});

test("the map of runs leads there and back, to the same states", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  assert.equal(await page.locator(".runs").count(), 0, "with one run there is no map");
  await seek(page, 19);
  const hashes = [await api(page, "stateHash")];
  await api(page, "command", { type: "fault", fault: "restart-cache" });
  await untilDrawn(page, 20);
  await seek(page, 40);
  await api(page, "command", { type: "fault", fault: "slow-database" });
  await untilDrawn(page, 41);
  const runs = page.locator(".runs").getByRole("button");
  assert.equal(await runs.count(), 3);
  const [, second, third] = await runs.allInnerTexts();
  const [{ text }] = await api(page, "events", 41, 41);
  assert.match(second, /^Step 19: The cache restarts/);
  assert.ok(third.startsWith("Step 40: ") && text.startsWith(third.slice("Step 40: ".length).trim()), third);
  const current = () => runs.evaluateAll((all) => all.map((run) => run.getAttribute("aria-current")));
  assert.deepEqual(await current(), [null, null, "true"]);

  // At a step that all three share they are the same; after that, they are not.
  for (const step of [19, 60]) {
    const states = [];
    for (const place of [0, 1, 2, 1, 0]) {
      await runs.nth(place).click();
      await seek(page, step);
      states.push(await api(page, "stateHash"));
    }
    assert.deepEqual(states.slice(3), [states[1], states[0]], "the way back leads to the same");
    assert.equal(new Set(states).size, step === 19 ? 1 : 3, `step ${step}`);
    hashes.push(states[0]);
  }
  assert.equal(hashes[0], hashes[1]);
  assert.deepEqual(await current(), ["true", null, null]);
  assert.equal(await page.locator(".branch").count(), 1, "the step of the branch is marked");
  assert.deepEqual(await accessibilityFaults(page, ".dock"), []);
  page.assertQuiet();
});

test("on a phone everything is there, and the transport stays small", async () => {
  for (const width of [320, 360, 620]) {
    const page = await openPage({ viewport: { width, height: 640 }, reducedMotion: "reduce" });
    await seek(page, 19);
    await api(page, "command", { type: "fault", fault: "restart-cache" });
    await untilDrawn(page, 20);
    const { height } = await page.locator(".dock").boundingBox();
    assert.ok(height <= 640 / 3, `${height} px at ${width} px`);
    await tool(page, "More controls").click();
    await tool(page, "Zoom in").click();
    await page.locator(".strip.zoomed").waitFor();
    await tool(page, "Loop").click();
    await page.locator(".loop-band").waitFor();
    await page.locator(".marks-legend").waitFor();
    assert.deepEqual(await accessibilityFaults(page, ".dock"), []);
    await tool(page, "More controls").click();
    await tool(page, "Zoom in").waitFor({ state: "hidden" });
    page.assertQuiet();
  }
});
