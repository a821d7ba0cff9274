// Everything by keyboard alone, and no key taken from a control that wants it.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { describeFocus, markControls } from "./focus.mjs";
import {
  api,
  closePages,
  openPage,
  seek,
  shutDown,
  standing,
  stepButton,
  stepOf,
  untilDrawn,
} from "./harness.mjs";

afterEach(closePages);
after(shutDown);

/** Presses Tab until the focus leaves the page, or comes round to what it has visited. */
async function walk(page, key) {
  const visited = [];
  for (let i = 0; i < 100; i += 1) {
    await page.keyboard.press(key);
    const focus = await page.evaluate(describeFocus);
    const again = focus?.mark !== undefined && visited.some(({ mark }) => mark === focus.mark);
    if (focus === null || again) {
      return { visited, left: focus === null };
    }
    visited.push(focus);
  }
  throw new Error(`The focus never came round: ${visited.map(({ name }) => name).join(", ")}`);
}

for (const viewport of [{ width: 1280, height: 800 }, { width: 360, height: 640 }]) {
  test(`Shift+Tab reaches every control in reverse order, ${viewport.width} px wide`, async () => {
    const page = await openPage({ viewport, reducedMotion: "reduce" });
    const count = await markControls(page);
    assert.ok(count >= 14, `${count} controls`);
    // A headless browser has nothing before the page: back from the first control is the last.
    const { visited } = await walk(page, "Shift+Tab");
    // Chromium also stops at what can be scrolled, such as long pseudocode: that has no mark.
    const marks = visited.map(({ mark }) => mark).filter((mark) => mark !== undefined);
    assert.deepEqual(marks, Array.from({ length: count }, (_, i) => String(count - 1 - i)));
    page.assertQuiet();
  });
}

test("the order is the page's: the bar, lane A, lane B, the transport", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const names = (await walk(page, "Tab")).visited.map(({ name }) => name);
  const at = (pattern) => names.findIndex((name) => pattern.test(name));
  const order = [/trace/, /lane A/, /lane B/, /To the start/, /^Step$/].map(at);
  assert.ok(order.every((place) => place >= 0), `${order}: ${names}`);
  assert.deepEqual(order, order.toSorted((a, b) => a - b), names.join(", "));
  page.assertQuiet();
});

test("the focus stays on the stage when the entry that has it is evicted", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const events = await api(page, "events", 0, await api(page, "stepCount"));
  const { step, lane, key } = events.find(({ kind }) => kind === "evict");
  await seek(page, step - 1);
  const stage = page.locator("svg.stage").nth(lane);
  await stage.locator(`.chip[data-key="${key}"]`).focus();
  await seek(page, step);
  assert.equal(await stage.locator(`.chip[data-key="${key}"]`).count(), 0);
  assert.ok(await stage.evaluate((element) => element === document.activeElement), "the stage has it");
  await page.keyboard.press("ArrowDown");
  assert.ok(await stage.evaluate((element) => element !== document.activeElement && element.contains(document.activeElement)));
  // Who has left the stage is not fetched back.
  await stepButton(page).focus();
  await seek(page, 0);
  assert.ok(await stepButton(page).evaluate((element) => element === document.activeElement));
  page.assertQuiet();
});

/** The steps at which a request begins. */
async function requestSteps(page) {
  const events = await api(page, "events", 0, await api(page, "stepCount"));
  return [...new Set(events.filter(({ kind }) => kind === "request").map(({ step }) => step))];
}

test("the keys of the sheet do what it says, from anywhere", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const last = await api(page, "stepCount");
  const requests = await requestSteps(page);
  const presses = [
    ["ArrowRight", 1],
    [".", 2],
    ["ArrowRight", 3],
    [",", 2],
    ["ArrowLeft", 1],
    ["Shift+ArrowRight", requests[1]],
    ["Shift+ArrowRight", requests[2]],
    ["Shift+ArrowLeft", requests[1]],
    ["End", last],
    ["ArrowRight", last],
    ["Home", 0],
    ["ArrowLeft", 0],
  ];
  for (const focus of ["body", "a button"]) {
    if (focus === "a button") {
      await page.getByRole("button", { name: "Open a trace" }).focus();
    }
    for (const [key, step] of presses) {
      await page.keyboard.press(key);
      await untilDrawn(page, step);
      assert.equal(await stepOf(page), step, `${key} from ${focus}`);
    }
  }
  page.assertQuiet();
});

test("Space plays and pauses, but on a button it presses the button", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  // Inside a request a simulated millisecond takes a second: nothing moves on while this is looked at.
  await seek(page, 7);
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Play" }).waitFor();
  assert.equal(await stepOf(page), 7);

  await stepButton(page).focus();
  await page.keyboard.press("Space");
  await untilDrawn(page, 8);
  await page.keyboard.press("Enter");
  await untilDrawn(page, 9);
  assert.equal(await page.getByRole("button", { name: "Play" }).count(), 1, "it does not play as well");
  page.assertQuiet();
});

test("? opens the sheet, Escape closes it, and the focus comes back", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const opener = page.getByRole("button", { name: "Keyboard shortcuts" });
  const sheet = page.getByRole("dialog", { name: "Keys" });
  for (const control of [stepButton(page), opener]) {
    await control.focus();
    await page.keyboard.press("?");
    await sheet.waitFor();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("End");
    assert.equal(await stepOf(page), 0, "the page behind does not move");
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "hidden" });
    assert.ok(await control.evaluate((element) => element === document.activeElement));
  }
  await opener.press("Enter");
  await sheet.waitFor();
  assert.ok(await page.evaluate(() => Boolean(document.activeElement.closest("dialog"))));
  await page.keyboard.press("?");
  await sheet.waitFor({ state: "hidden" });
  await opener.press("Enter");
  await sheet.getByRole("button", { name: "Close" }).press("Enter");
  await sheet.waitFor({ state: "hidden" });
  assert.ok(await opener.evaluate((element) => element === document.activeElement));
  page.assertQuiet();
});

/** Keys that are shortcuts elsewhere. */
const shortcuts = ["?", "o", "t", " ", ".", ",", "ArrowRight", "ArrowLeft", "Shift+ArrowRight", "Home", "End"];

test("no shortcut fires while a field has the focus", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 19);
  let asked = 0;
  page.on("filechooser", () => (asked += 1));
  const theme = await page.locator("html").getAttribute("data-theme");
  const { hash, step, scenario } = await standing(page);
  const fields = [
    page.getByRole("spinbutton", { name: /^Capacity of lane A/ }),
    page.getByRole("spinbutton", { name: /^Request at the playhead/ }),
  ];
  for (const field of fields) {
    await field.focus();
    for (const key of shortcuts) {
      await page.keyboard.press(key);
      assert.equal(await stepOf(page), step, `${key} in ${field}`);
    }
    assert.equal(await page.locator("dialog[open]").count(), 0);
    assert.equal(await page.getByRole("button", { name: "Play" }).count(), 1);
    await field.evaluate((element) => (element.value = element.defaultValue));
  }
  assert.equal(await page.locator("html").getAttribute("data-theme"), theme);
  assert.equal(asked, 0, "no file chooser");
  const { hash: hashAfter, scenario: scenarioAfter } = await standing(page);
  assert.deepEqual([hashAfter, scenarioAfter], [hash, scenario]);
  page.assertQuiet();
});

test("no shortcut fires while a select has the focus", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 19);
  const theme = await page.locator("html").getAttribute("data-theme");
  const unit = page.getByRole("combobox", { name: "Step by", exact: true });
  await unit.focus();
  for (const key of shortcuts.filter((key) => key !== " ")) {
    await page.keyboard.press(key);
    assert.equal(await stepOf(page), 19, key);
  }
  assert.equal(await page.locator("dialog[open]").count(), 0);
  assert.equal(await page.locator("html").getAttribute("data-theme"), theme);
  page.assertQuiet();
});

test("a select is changed by keyboard, and the scenario with it", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const before = await api(page, "logHash");
  const policy = page.getByRole("combobox", { name: "Eviction policy of lane A" });
  await policy.focus();
  await page.keyboard.press("F");
  await page.waitForFunction(() => globalThis.cachePlayground.scenario().lanes[0].cache.policy === "fifo");
  assert.notEqual(await api(page, "logHash"), before);
  assert.ok(await policy.evaluate((element) => element === document.activeElement), "it keeps the focus");
  await page.keyboard.press("ArrowUp");
  await page.waitForFunction(() => globalThis.cachePlayground.scenario().lanes[0].cache.policy === "lru");
  assert.equal(await api(page, "logHash"), before);
  page.assertQuiet();
});

test("a field is changed by keyboard, and a bad value is refused and taken back", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 19);
  const capacity = page.getByRole("spinbutton", { name: /^Capacity of lane A/ });
  const before = await standing(page);
  for (const bad of ["0", "-3", "2.5", "99999999999", ""]) {
    await capacity.focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.type(bad);
    if (bad === "") await page.keyboard.press("Delete");
    await page.keyboard.press("Enter");
    await page.locator(".notice.refused").waitFor();
    assert.equal(await capacity.inputValue(), "4", `after ${bad}`);
    assert.deepEqual(await standing(page), before);
    await page.getByRole("button", { name: "Dismiss" }).press("Enter");
    await page.locator(".notice").waitFor({ state: "detached" });
  }
  await capacity.focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("6");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => globalThis.cachePlayground.scenario().lanes[0].cache.capacity === 6);
  page.assertQuiet();
});

test("the slider moves by one step a key", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const requests = await requestSteps(page);
  await page.getByRole("slider", { name: "Step" }).focus();
  const presses = [
    ["ArrowRight", 1],
    ["ArrowRight", 2],
    ["ArrowLeft", 1],
    ["Shift+ArrowRight", requests.find((step) => step > 1)],
    ["End", await api(page, "stepCount")],
    ["Home", 0],
  ];
  for (const [key, step] of presses) {
    await page.keyboard.press(key);
    await untilDrawn(page, step);
    assert.equal(await stepOf(page), step, key);
  }
  page.assertQuiet();
});
