// The playhead: forward and back is the same way, and each way of moving it lands where it says.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import {
  address,
  api,
  backButton,
  closePages,
  newPage,
  openPage,
  seek,
  shutDown,
  stepButton,
  stepOf,
  untilDrawn,
  untilReady,
} from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const unitField = (page) => page.getByRole("combobox", { name: "Step by", exact: true });
const speedField = (page) => page.getByRole("combobox", { name: /simulated millisecond/ });
const slider = (page) => page.getByRole("slider", { name: "Step" });
const requestField = (page) => page.getByRole("spinbutton", { name: /^Request at the playhead/ });

/** Presses a button that may be marked as out of use, which a person can press all the same. */
const press = (button) => button.click({ force: true });

/**
 * The state's hash and the drawn step before and after so many presses of a button. Pressed inside the
 * page, since a hundred clicks by mouse take seconds; the tests by unit click for real.
 */
function hashesByPressing(page, button, presses) {
  return button.evaluate(async (element, times) => {
    const drawn = () => Number(/\d+/.exec(document.querySelector(".say-at").textContent)[0]);
    const note = () => ({ step: drawn(), hash: globalThis.cachePlayground.stateHash() });
    const notes = [note()];
    for (let i = 0; i < times; i += 1) {
      element.click();
      await new Promise(requestAnimationFrame);
      notes.push(note());
    }
    return notes;
  }, presses);
}

test("the Back button passes through the states of the way forward, in reverse", async () => {
  const page = await openPage();
  const last = await api(page, "stepCount");
  assert.ok(last > 20);
  const forward = await hashesByPressing(page, stepButton(page), last);
  const steps = forward.map(({ step }) => step);
  assert.deepEqual(steps, Array.from({ length: last + 1 }, (_, step) => step));
  const hashes = forward.map(({ hash }) => hash);
  assert.equal(new Set(hashes).size, hashes.length, "each step is another state");

  await press(stepButton(page));
  assert.equal(await stepOf(page), last, "there is nothing after the end");
  const back = await hashesByPressing(page, backButton(page), last);
  assert.deepEqual(back, forward.toReversed());
  await press(backButton(page));
  assert.equal(await stepOf(page), 0, "there is nothing before the start");
  page.assertQuiet();
});

/** What the field offers to step by, and the kind of event that it stands for. */
const units = {
  request: "request",
  miss: "miss",
  eviction: "evict",
  expiry: "expire",
  "stale read": "stale",
};

for (const [unit, kind] of Object.entries(units)) {
  test(`stepping by ${unit} lands on every ${kind} and nowhere else`, async () => {
    const page = await openPage({ reducedMotion: "reduce" });
    const last = await api(page, "stepCount");
    const events = await api(page, "events", 0, last);
    const expected = [...new Set(events.filter((e) => e.kind === kind).map((e) => e.step))];
    assert.ok(expected.length > 0, `the opening scene has a ${kind}`);

    await unitField(page).selectOption(unit);
    for (const step of expected) {
      await press(stepButton(page));
      await untilDrawn(page, step);
      const here = await api(page, "events", step, step);
      assert.ok(here.some((event) => event.kind === kind), `step ${step}`);
    }
    // Past the last request is the end of the run; of anything else the last one is the last.
    await press(stepButton(page));
    assert.equal(await stepOf(page), unit === "request" ? last : expected.at(-1));

    await seek(page, last);
    for (const step of expected.toReversed().filter((step) => step < last)) {
      await press(backButton(page));
      await untilDrawn(page, step);
    }
    page.assertQuiet();
  });
}

test("the slider moves the playhead", async () => {
  const page = await openPage();
  const last = await api(page, "stepCount");
  await slider(page).fill("40");
  await untilDrawn(page, 40);
  assert.equal(await stepOf(page), 40);

  const box = await slider(page).boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  // If an animation frame is on its way, the playhead goes there with it.
  await page.waitForFunction(() => globalThis.cachePlayground.frame().step !== 40);
  const middle = await stepOf(page);
  assert.ok(Math.abs(middle - last / 2) <= 1, `${middle} of ${last}`);
  await untilDrawn(page, middle);
  assert.equal(await slider(page).inputValue(), String(middle));
  page.assertQuiet();
});

test("the drawn playhead stands under the slider's knob", async () => {
  const page = await openPage();
  const last = await api(page, "stepCount");
  const box = await slider(page).boundingBox();
  for (const step of [0, 20, last]) {
    await seek(page, step);
    const knob = await page.locator(".playhead-knob").boundingBox();
    // A slider's knob is 16 px wide in Chromium, and its middle stays inside by half of that.
    const middle = box.x + 8 + ((box.width - 16) * step) / last;
    assert.ok(Math.abs(knob.x + knob.width / 2 - middle) <= 3, `step ${step}`);
  }
  page.assertQuiet();
});

test("the request field moves the playhead, and refuses what there is none of", async () => {
  const page = await openPage();
  const events = await api(page, "events", 0, await api(page, "stepCount"));
  for (const number of [5, 13, 1]) {
    await requestField(page).fill(String(number));
    await requestField(page).press("Enter");
    const begins = events.find((e) => e.kind === "request" && e.request === number);
    await untilDrawn(page, begins.step);
  }
  await requestField(page).fill("0");
  await requestField(page).press("Enter");
  await untilDrawn(page, 0);

  await seek(page, 30);
  const shown = await requestField(page).inputValue();
  for (const bad of ["999", "-1", "1.5", ""]) {
    await requestField(page).fill(bad);
    await requestField(page).press("Enter");
    assert.equal(await requestField(page).inputValue(), shown, `after ${bad}`);
    assert.equal(await stepOf(page), 30);
  }
  page.assertQuiet();
});

/** The clock's ids of animation frames begin at 10^12, which a 32-bit number of wasm can't hold. */
function giveSmallIds() {
  const { requestAnimationFrame: ask, cancelAnimationFrame: cancel } = globalThis;
  const ids = [];
  globalThis.requestAnimationFrame = (callback) => ids.push(ask(callback));
  globalThis.cancelAnimationFrame = (place) => cancel(ids[place - 1]);
}

/** A page whose time the test lets pass, standing at a step. */
async function pageAt(step, options) {
  const page = await newPage(options);
  await page.clock.install({ time: 0 });
  await page.addInitScript(giveSmallIds);
  await page.goto(address());
  await untilReady(page);
  await page.clock.pauseAt(60_000);
  await seek(page, step);
  return page;
}

for (const reducedMotion of ["no-preference", "reduce"]) {
  test(`playing goes on to the end and pauses there (motion: ${reducedMotion})`, async () => {
    const page = await pageAt(0, { reducedMotion });
    const last = await api(page, "stepCount");
    await speedField(page).selectOption("1 ms lasts 1 ms");
    await page.evaluate(() => {
      globalThis.shown = [];
      const note = () => globalThis.shown.push(globalThis.cachePlayground.frame().step);
      const whole = { subtree: true, characterData: true, childList: true };
      new MutationObserver(note).observe(document.querySelector(".say-at"), whole);
    });
    await page.getByRole("button", { name: "Play" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    for (let second = 0; second < 60 && (await stepOf(page)) < last; second += 1) {
      await page.clock.runFor(1_000);
    }
    await untilDrawn(page, last);
    await page.getByRole("button", { name: "Play" }).waitFor();
    const shown = await page.evaluate(() => globalThis.shown);
    assert.ok(shown.length > 10, "the steps between are shown too");
    assert.deepEqual(shown, shown.toSorted((a, b) => a - b), "it never goes back");

    const played = await api(page, "stateHash");
    await seek(page, 3);
    await seek(page, last);
    assert.equal(await api(page, "stateHash"), played);
    page.assertQuiet();
  });

  test(`Pause stops (motion: ${reducedMotion})`, async () => {
    const page = await pageAt(0, { reducedMotion });
    await speedField(page).selectOption("1 ms lasts 1 ms");
    await page.getByRole("button", { name: "Play" }).click();
    await page.clock.runFor(3_000);
    await page.getByRole("button", { name: "Pause" }).click();
    const paused = await stepOf(page);
    assert.ok(paused > 0 && paused < (await api(page, "stepCount")));
    await page.clock.runFor(30_000);
    assert.equal(await stepOf(page), paused);
    page.assertQuiet();
  });
}

for (const reducedMotion of ["no-preference", "reduce"]) {
  test(`at reading pace each telling sentence of the opening stands for 1.5 s (motion: ${reducedMotion})`, async () => {
    const page = await pageAt(0, { reducedMotion });
    const last = await api(page, "stepCount");
    const told = (await api(page, "events", 0, last)).filter(({ kind }) =>
      ["request", "hit", "stale", "miss", "fill", "evict", "expire", "write", "reply"].includes(kind),
    );
    await page.evaluate(() => {
      globalThis.shown = [];
      const said = document.querySelector(".say-text");
      const note = () => globalThis.shown.push({ text: said.textContent, at: performance.now() });
      new MutationObserver(note).observe(said, { subtree: true, characterData: true, childList: true });
    });
    await page.getByRole("button", { name: "Play" }).click();
    for (let second = 0; second < 300 && (await stepOf(page)) < last; second += 10) {
      await page.clock.runFor(10_000);
    }
    await untilDrawn(page, last);
    const shown = (await page.evaluate(() => globalThis.shown)).filter(({ text }, i, all) => text !== all[i - 1]?.text);
    shown.slice(1).forEach(({ at }, i) => {
      assert.ok(at - shown[i].at >= 1_450, `“${shown[i].text}” stood for ${at - shown[i].at} ms`);
    });
    // Of events of one instant, those that tell less are left out, as when a person steps.
    const missing = told.filter(({ text }) => !shown.some((said) => said.text.includes(text.split(":")[0])));
    assert.ok(missing.length < told.length / 8, missing.map(({ text }) => text).join("\n"));
    page.assertQuiet();
  });
}

test("a run of thousands of requests plays in minutes, and says what to watch", async () => {
  const page = await openPage({ path: "?scenario=product-page" });
  await page.getByText("all in 3 min", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Play" }).click();
  await page.getByText(/^Playing 10,000 requests: watch the numbers/).waitFor();
  await page.waitForFunction(() => globalThis.cachePlayground.frame().step > 300);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText(/^Playing 10,000 requests/).waitFor({ state: "detached" });
  page.assertQuiet();
});

test("a simulated millisecond takes as long as the speed says", async () => {
  const page = await pageAt(6);
  // Steps 6 to 8 are inside a request, where no time is cut short.
  const [from, to] = [await api(page, "events", 6, 6), await api(page, "events", 7, 7)];
  const wall_ms = ((to[0].at_us - from[0].at_us) / 1000) * 250;
  await speedField(page).selectOption("1 ms lasts 250 ms");
  await page.getByRole("button", { name: "Play" }).click();
  await page.clock.runFor(wall_ms * 0.5);
  assert.equal(await stepOf(page), 6);
  await page.clock.runFor(wall_ms * 0.5 + 100);
  assert.equal(await stepOf(page), 7);
  page.assertQuiet();
});

test("playing on after a pause goes on in the middle of the step", async () => {
  // Between steps 7 and 8 the database works for milliseconds: long enough to stop inside.
  const page = await pageAt(7);
  const [from, to] = [await api(page, "events", 7, 7), await api(page, "events", 8, 8)];
  const wall_ms = ((to[0].at_us - from[0].at_us) / 1000) * 250;
  const time = page.locator(".lane").first().locator(".time");
  const before = await time.textContent();
  await speedField(page).selectOption("1 ms lasts 250 ms");
  await page.getByRole("button", { name: "Play" }).click();
  await page.clock.runFor(wall_ms * 0.8);
  await page.getByRole("button", { name: "Pause" }).click();
  const paused = await time.textContent();
  assert.notEqual(paused, before, "the request's time goes on within the step");
  await page.clock.runFor(5_000);
  assert.equal(await time.textContent(), paused, "and stays where it was paused");
  await page.getByRole("button", { name: "Play" }).click();
  await page.clock.runFor(wall_ms * 0.2 + 100);
  assert.equal(await stepOf(page), 8, "only the rest of the step was left");
  page.assertQuiet();
});

test("nothing plays by itself", async () => {
  const page = await pageAt(0);
  await page.clock.runFor(60_000);
  assert.equal(await stepOf(page), 0);
  page.assertQuiet();
});

test("a change says what is different, and the next step says what happens", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 19);
  const status = page.locator(".say [role=status]");
  await page.getByLabel("Writes of lane A").selectOption("DB, delete");
  await status.getByText("Lane A now writes the database, then deletes the key").waitFor();
  await page.getByLabel("TTL of lane B").selectOption("none");
  await status.getByText("Lane B: copies now have no TTL.").waitFor();
  const step = await stepOf(page);
  await stepButton(page).click();
  await untilDrawn(page, step + 1);
  const [{ text }] = await api(page, "events", step + 1, step + 1);
  assert.doesNotMatch(await status.textContent(), / now[.:]/);
  assert.ok(text.length > 0);
  page.assertQuiet();
});
