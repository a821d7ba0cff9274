// Acting on the thing itself: a press on something on the stage opens a menu there, and each act is one more
// step of a run of its own.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { accessibilityFaults, api, closePages, openPage, seek, shutDown, stepButton, stepOf, untilDrawn } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const laneA = (page) => page.locator(".lane").first();
const stage = (page) => laneA(page).locator("svg.stage");
const menu = (page) => page.locator(".menu.acts:popover-open");
const item = (page, name) => menu(page).getByRole("menuitem", { name, exact: true });
const row = (page, key) => stage(page).locator(`.row[data-key="${key}"]`);
const chip = (page, key) => stage(page).locator(`.chip[data-key="${key}"]`);
const said = (page) => page.locator(".say").innerText();

/** Presses what a locator finds, and chooses in its menu. */
async function act(page, thing, name) {
  await thing.click();
  await item(page, name).click();
  await menu(page).waitFor({ state: "detached" }).catch(() => menu(page).waitFor({ state: "hidden" }));
}

/** The events of a request, in lane A. */
async function eventsOf(page, request) {
  const events = await api(page, "events", 0, await api(page, "stepCount"));
  return events.filter((event) => event.lane === 0 && event.request === request).map((event) => event.kind);
}

test("three requests by pressing, and the fourth is what they let one predict", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  const { requests_begun: before } = await api(page, "frame");
  assert.equal(before, 0);
  const scenario = await api(page, "scenario");
  const own = scenario.workload.script.length;
  // A key that is not in the cache: a miss, and it is loaded.
  assert.equal(await chip(page, "user:7").count(), 0);
  const answered = async (request) => {
    const events = await api(page, "events", 0, await api(page, "stepCount"));
    const reply = events.filter((event) => event.request === request && event.kind === "reply");
    await seek(page, Math.max(...reply.map((event) => event.step)));
  };
  await act(page, row(page, "user:7"), "Read it now");
  await untilDrawn(page, 1);
  assert.match(await said(page), /You ask for user:7/);
  assert.ok((await eventsOf(page, own + 1)).includes("miss"));
  await answered(own + 1);
  await act(page, row(page, "user:7"), "Write it");
  assert.match(await said(page), /You write user:7/);
  await answered(own + 2);
  await act(page, row(page, "user:5"), "Read it now");
  await answered(own + 3);
  // The same key again: it is a hit now, after one trip.
  await act(page, row(page, "user:7"), "Read it now");
  const fourth = await eventsOf(page, own + 4);
  assert.ok(fourth.includes("hit") && !fourth.includes("miss"), fourth.join(" "));
  // Stepping goes on as usual.
  const step = await stepOf(page);
  await stepButton(page).click();
  await untilDrawn(page, step + 1);
  page.assertQuiet();
});

test("an act is undone by its name, and a link to the moment brings it back", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 6);
  const before = await api(page, "stateHash");
  await act(page, chip(page, "user:2"), "Let it expire");
  await untilDrawn(page, 7);
  assert.match(await said(page), /You let user:2 v1 expire/);
  assert.equal(await chip(page, "user:2").locator(".expired-text").count(), 1, "it is there, expired");
  const hash = await api(page, "stateHash");
  await page.getByRole("button", { name: "Share" }).click();
  const link = await page.locator("dialog input, .modal input").first().inputValue();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Undo/ }).click();
  await page.getByText("Undone: let user:2 expire.").first().waitFor();
  assert.equal(await api(page, "stateHash"), before);
  const other = await openPage({ path: new URL(link).search + new URL(link).hash, reducedMotion: "reduce" });
  assert.equal(await api(other, "stateHash"), hash);
  assert.equal(await stepOf(other), 7);
  page.assertQuiet();
});

test("with keys alone: the menu opens at the thing, is walked by arrows, and Escape gives the focus back", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 6);
  await chip(page, "user:2").focus();
  await page.keyboard.press("Enter");
  await menu(page).waitFor();
  assert.equal(await menu(page).locator(".acts-head b").innerText(), "user:2", "the whole key");
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  assert.equal(await focused(), "Read it now");
  // None of these steps the run.
  for (const key of ["ArrowDown", "ArrowDown", "ArrowRight", "ArrowLeft", ".", "n", "End"]) {
    await page.keyboard.press(key);
  }
  assert.equal(await stepOf(page), 6);
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), "Write it");
  await page.keyboard.press("Escape");
  await menu(page).waitFor({ state: "hidden" });
  assert.ok(await chip(page, "user:2").evaluate((of) => of === document.activeElement), "the entry has it again");
  await page.keyboard.press(" ");
  await item(page, "Delete the copy").press("Enter");
  await untilDrawn(page, 7);
  assert.equal(await chip(page, "user:2").count(), 0);
  assert.ok(await page.evaluate(() => document.activeElement.closest(".stage") !== null), "the focus stays on the stage");
  page.assertQuiet();
});

test("the application asks for any key, also a new one, and says what is no key", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 6);
  await stage(page).locator("[data-thing='app']").focus();
  await page.keyboard.press("Enter");
  await item(page, "Read a key…").click();
  assert.ok((await menu(page).getByRole("menuitem").count()) >= 4, "keys that are there");
  const field = menu(page).getByLabel("Another key, or a new one");
  await field.fill("two words");
  await field.press("Enter");
  await menu(page).getByRole("alert").waitFor();
  assert.match(await menu(page).getByRole("alert").innerText(), /must be a key of 1 to 250 bytes/);
  assert.equal(await stepOf(page), 6);
  await field.fill("user:99");
  await field.press("Enter");
  await untilDrawn(page, 7);
  assert.match(await said(page), /You ask for user:99/);
  const events = await api(page, "events", 7, await api(page, "stepCount"));
  assert.ok(events.some((event) => event.key === "user:99" && /has no row user:99/.test(event.text)));
  page.assertQuiet();
});

test("what is whole is not healed, and an act can be for one lane only", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 6);
  const cache = stage(page).locator("[data-thing='cache']");
  const titles = async () => {
    await cache.focus();
    await page.keyboard.press("Enter");
    return menu(page).getByRole("menuitem").allInnerTexts();
  };
  const whole = await titles();
  assert.ok(whole.includes("Cut the cache off") && !whole.includes("Heal the cache"), whole.join());
  assert.ok(!whole.includes("Fail over to the replica"), "there is none");
  await menu(page).getByRole("menuitemradio", { name: "in lane A only" }).click();
  await item(page, "Cut the cache off").click();
  await untilDrawn(page, 7);
  const cut = (await api(page, "frame")).lanes.map((lane) => lane.faults.cache_cut);
  assert.deepEqual(cut, [true, false]);
  assert.ok((await titles()).includes("Heal the cache"));
  await item(page, "Heal the cache").click();
  await untilDrawn(page, 8);
  assert.ok(!(await titles()).includes("Heal the cache"));
  await page.keyboard.press("Escape");
  // The way between them is cut and healed where it is drawn.
  await stage(page).locator("[data-thing='way-cache']").focus();
  await page.keyboard.press("Enter");
  await item(page, "Cut the cache off").click();
  await untilDrawn(page, 9);
  page.assertQuiet();
});

test("a finger opens the menu within a small screen, in both themes", async () => {
  for (const colorScheme of ["light", "dark"]) {
    const page = await openPage({ viewport: { width: 390, height: 740 }, hasTouch: true, isMobile: true, reducedMotion: "reduce", colorScheme });
    await seek(page, 6);
    for (const thing of [chip(page, "user:2"), stage(page).locator(".row").last(), stage(page).locator(".request").first()]) {
      await thing.scrollIntoViewIfNeeded();
      await thing.tap();
      await menu(page).waitFor();
      const box = await menu(page).boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= 390, `${box.x} + ${box.width}`);
      assert.ok(box.y >= 0 && box.y + box.height <= 740, `${box.y} + ${box.height}`);
      const low = await menu(page).getByRole("menuitem").evaluateAll((all) => all.filter((of) => of.getBoundingClientRect().height < 36).length);
      assert.equal(low, 0, "a finger hits each");
      assert.deepEqual(await accessibilityFaults(page, ".menu.acts:popover-open"), []);
      await page.keyboard.press("Escape");
    }
    await chip(page, "user:2").tap();
    await item(page, "Read it now").tap();
    await untilDrawn(page, 7);
    page.assertQuiet();
  }
});

test("scripts ask and let expire as a person does", async () => {
  const page = await openPage({ path: "?still" });
  await api(page, "command", { type: "request", op: "read", key: "user:7", lane: 2 });
  await untilDrawn(page, 1);
  const frame = await api(page, "frame");
  assert.deepEqual(frame.lanes.map((lane) => lane.requests.length), [0, 1]);
  assert.ok(frame.lanes[1].requests[0].by_hand);
  await api(page, "command", { type: "expire", key: "user:1" });
  const { commands } = await api(page, "scenario");
  assert.deepEqual(commands, [
    { step: 0, command: { request: { op: "read", key: "user:7" }, lane: 2 } },
    { step: 1, command: { expire: "user:1", lane: null } },
  ]);
  for (const [command, path] of [
    [{ type: "request", key: "user:7" }, ""],
    [{ type: "request", op: "read", key: "a b" }, "/request/key"],
    [{ type: "expire", key: "user:1", lane: 9 }, "/lane"],
    [{ type: "expire", key: "user:1", by: 1 }, "/by"],
  ]) {
    const told = await page.evaluate((of) => {
      try {
        cachePlayground.command(of);
        return "nothing";
      } catch (error) {
        return error.path;
      }
    }, command);
    assert.equal(told, path);
  }
  page.assertQuiet();
});
