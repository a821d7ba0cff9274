// Race mode: found, won, taken back, defended and compared, by the page's own controls.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import {
  accessibilityFaults,
  api,
  closePages,
  openPage,
  scenesButton,
  shutDown,
  stepOf,
  untilDrawn,
} from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const button = (page, name) => page.getByRole("button", { name, exact: true });
const client = (page, number) => page.getByRole("button", { name: new RegExp(`^Client ${number}\\b`) });
const defence = (page, name) => page.getByRole("switch", { name });
const state = (page) => page.locator(".race-lanes > li");

async function openRace(page, title) {
  await scenesButton(page).click();
  await button(page, title).click();
  await page.locator(".scene-button", { hasText: title }).waitFor({ state: "attached" });
}

/** Presses a client's button, and waits for the end of its move. */
async function move(page, number) {
  const before = (await api(page, "scenario")).schedule;
  await client(page, number).click();
  await page.waitForFunction(
    (length) => document.querySelectorAll(".race-chip").length === length,
    before.length + 1,
  );
  assert.deepEqual((await api(page, "scenario")).schedule, [...before, number]);
}

test("a race is won move by move, the monitor names the step, and a defence keeps the promise", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await openRace(page, "Read and delete");
  await page.locator(".race-goal").getByText("Make the cache serve stale data for good.").waitFor();
  assert.match(await state(page).textContent(), /Not reached yet/);
  assert.equal(await api(page, "stepCount"), 0, "nobody has moved");

  // What a button announces is what the client then sends.
  const sends = { "cache.GET": "GET", "db.SELECT": "SELECT", "db.UPDATE": "UPDATE", "cache.DELETE": "DELETE", "cache.SET": "SET" };
  for (const number of [1, 1, 2, 2, 1, 3]) {
    const announced = await client(page, number).locator("code").textContent();
    const before = await stepOf(page);
    await move(page, number);
    const events = await api(page, "events", before + 1, await stepOf(page));
    const sent = events.filter(({ kind }) => kind === "send");
    assert.equal(sent.length, 1);
    const verb = sends[/(cache|db)\.[A-Z]+/.exec(announced)[0]];
    assert.match(sent[0].text, new RegExp(`sends ${verb} user:7`));
  }
  const violation = (await api(page, "events", 0, await stepOf(page))).find(({ kind }) => kind === "violation");
  const said = (await state(page).textContent()).replaceAll(/\s+/g, " ");
  assert.ok(said.includes(`You did it (step ${violation.step}). ${violation.text}`), said);
  assert.deepEqual(await accessibilityFaults(page), []);

  // The step that caused it is the one that stored the old row.
  const end = await stepOf(page);
  await page.getByRole("button", { name: /^Go to step \d+, which caused it/ }).click();
  const cause = await stepOf(page);
  assert.ok(cause < violation.step);
  const filled = (await api(page, "events", cause, cause)).find(({ kind }) => kind === "fill");
  assert.match(filled.text, /it is stale/);
  assert.match(await state(page).textContent(), /Not reached yet/);
  await page.locator(".race-chip").last().click();
  await untilDrawn(page, end);

  // The same moves, with leases.
  const { schedule } = await api(page, "scenario");
  await defence(page, "Lease").click();
  await page.locator(".say [role=status]").getByText("With “Lease” the same moves do not reach the goal.").waitFor();
  assert.deepEqual((await api(page, "scenario")).schedule, schedule);
  const refused = (await api(page, "events", 0, await stepOf(page))).find(({ kind }) => kind === "reject");
  assert.ok((await state(page).textContent()).includes(refused.text));
  assert.equal(await defence(page, "Lease").getAttribute("aria-checked"), "true");

  // Side by side: the lane without loses, the one with does not.
  await button(page, "Put both side by side").click();
  await page.waitForFunction(() => globalThis.cachePlayground.frame().lanes.length === 2);
  const texts = await state(page).allTextContents();
  assert.match(texts[0], /You did it/);
  assert.match(texts[1], /Not reached\. /);
  const { lanes } = await api(page, "frame");
  assert.deepEqual(lanes.map(({ metrics }) => metrics.violations), [1, 0]);
  assert.deepEqual(await accessibilityFaults(page), []);
  page.assertQuiet();
});

test("moves are taken back and made again, by button, chip and key", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await openRace(page, "Two writers");
  const hashes = [await api(page, "stateHash")];
  for (const number of [1, 2, 2, 1]) {
    await page.keyboard.press(String(number));
    await page.waitForFunction((made) => document.querySelectorAll(".race-chip").length === made, hashes.length);
    hashes.push(await api(page, "stateHash"));
  }
  const current = () => page.locator(".race-chip[aria-current]").count();
  for (const made of [3, 2, 1, 0]) {
    await button(page, "Undo move").click();
    assert.equal(await api(page, "stateHash"), hashes[made], `undone to ${made}`);
    assert.equal(await page.locator(".race-chip.back").count(), 4 - made);
    assert.equal(await current(), Math.min(made, 1));
  }
  assert.equal(await button(page, "Undo move").getAttribute("aria-disabled"), "true");
  for (const made of [1, 2, 3, 4]) {
    await button(page, "Redo move").click();
    assert.equal(await api(page, "stateHash"), hashes[made], `made again to ${made}`);
  }
  await page.getByRole("button", { name: "Move 2: client 2" }).click();
  assert.equal(await api(page, "stateHash"), hashes[2]);
  await page.keyboard.press("1");
  await page.waitForFunction(() => document.querySelectorAll(".race-chip").length === 3);
  assert.deepEqual((await api(page, "scenario")).schedule, [1, 2, 1], "another move drops those taken back");

  await page.keyboard.press("0");
  await page.getByRole("button", { name: "Move 4: nobody" }).waitFor();
  await page.locator(".say [role=status]").getByText("A second passes").waitFor();

  // A client that has finished says so, and pressing it makes no move.
  assert.equal(await client(page, 1).getAttribute("aria-disabled"), "true");
  assert.match(await client(page, 1).textContent(), /has finished/);
  await client(page, 1).click({ force: true });
  await page.keyboard.press("1");
  assert.equal((await api(page, "scenario")).schedule.length, 4);
  await button(page, "Start over").click();
  await page.locator(".race-none").waitFor();
  assert.deepEqual((await api(page, "scenario")).schedule, []);
  assert.equal(await api(page, "stateHash"), hashes[0]);
  page.assertQuiet();
});

test("a hint is played on request only, and reaches the goal", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  for (const [title, words] of [["Delete first", /You did it/], ["Lost write", /is lost/]]) {
    await openRace(page, title);
    assert.deepEqual((await api(page, "scenario")).schedule, []);
    await button(page, "Show me").click();
    await button(page, "Pause").waitFor();
    await button(page, "Pause").click();
    const last = await api(page, "stepCount");
    await api(page, "command", { type: "seek", step: last });
    await untilDrawn(page, last);
    assert.match(await state(page).textContent(), words);
  }
  page.assertQuiet();
});

test("race mode works on a phone, and nothing above the lanes' states moves", async () => {
  const page = await openPage({ viewport: { width: 320, height: 640 }, reducedMotion: "reduce" });
  await openRace(page, "Read and delete");
  const top = () => client(page, 3).evaluate((element) => element.offsetTop);
  const before = await top();
  for (const number of [1, 1, 2, 2, 1, 3]) {
    await move(page, number);
    assert.equal(await top(), before, "the buttons stay where they are");
  }
  for (const box of await page.locator(".race button").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON()))) {
    assert.ok(box.height >= 24 && box.width >= 24, JSON.stringify(box));
    assert.ok(box.right <= 320, JSON.stringify(box));
  }
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  assert.deepEqual(await accessibilityFaults(page), []);
  page.assertQuiet();
});

test("where time decides there is no race mode", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  assert.equal(await page.locator(".race").count(), 0);
  const before = await api(page, "stateHash");
  await page.keyboard.press("1");
  assert.equal(await api(page, "stateHash"), before);
});
