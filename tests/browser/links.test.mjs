// The address holds inputs, playhead and open panel, and gives them back; whatever else is in it gives
// the opening scene and one sentence.
import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { after, afterEach, test } from "node:test";
import { accessibilityFaults, address, closePages, newPage, openPage, scenesButton, screenshot, shutDown, untilReady } from "./harness.mjs";

after(shutDown);
afterEach(closePages);

const state = (page) =>
  page.evaluate(() => ({
    hash: cachePlayground.stateHash(),
    step: cachePlayground.frame().step,
    scenario: JSON.stringify(cachePlayground.scenario()),
  }));

/** The fragment, once the page has been at rest. */
async function fragment(page, before = "") {
  await page.waitForFunction((before) => location.hash.length > 3 && location.hash !== before, before);
  return page.evaluate(() => location.hash);
}

const packed = (text) => `#v1.${deflateRawSync(Buffer.from(text)).toString("base64url")}`;

test("an address that nobody has changed anything at stays as it is", async () => {
  const page = await openPage();
  await page.waitForTimeout(700);
  assert.equal(new URL(page.url()).hash, "");
});

for (const [name, act] of [
  ["a step of the opening scene", (page) => page.evaluate(() => cachePlayground.command({ type: "seek", step: 23 }))],
  ["a changed capacity", async (page) => {
    await page.getByLabel("Capacity of lane A, in entries").fill("3");
    await page.keyboard.press("Enter");
    await page.evaluate(() => cachePlayground.command({ type: "seek", step: 31 }));
  }],
  ["a fork by a fault", async (page) => {
    await page.evaluate(() => cachePlayground.command({ type: "seek", step: 12 }));
    await page.evaluate(() => cachePlayground.command({ type: "fault", fault: "restart-cache", lane: 1 }));
  }],
]) {
  test(`the address restores ${name} in another browser`, async () => {
    const page = await openPage();
    await act(page);
    const wanted = await state(page);
    const path = await fragment(page);
    const other = await openPage({ path });
    assert.deepEqual(await state(other), wanted);
    other.assertQuiet();
  });
}

test("a workload and its open panel come back, and another address in the same page is followed", async () => {
  const page = await openPage();
  await scenesButton(page).click();
  await page.getByRole("button", { name: "Leaderboard" }).click();
  await page.evaluate(() => cachePlayground.command({ type: "step", by: 3, unit: "eviction" }));
  await page.getByRole("button", { name: "Plots", exact: true }).click();
  const wanted = await state(page);
  await page.waitForTimeout(800);
  const path = await page.evaluate(() => location.hash);
  const other = await openPage({ path });
  assert.deepEqual(await state(other), wanted);
  assert.equal(await other.getByRole("button", { name: "Plots", exact: true }).getAttribute("aria-expanded"), "true");
  const opening = await openPage();
  await opening.evaluate(() => cachePlayground.command({ type: "seek", step: 5 }));
  const five = await fragment(opening);
  const there = await state(opening);
  await other.evaluate((hash) => (location.hash = hash), five);
  await other.waitForFunction(() => cachePlayground.frame().step === 5);
  assert.deepEqual(await state(other), there);
});

test("a bad fragment gives the opening scene and one sentence", async () => {
  const fresh = await state(await openPage());
  const bad = {
    "#v1.": /end is missing/,
    "#v1.%%%": /no link has/,
    "#v9.AAAA": /version 9/,
    "#elsewhere": /does not begin with v1/,
    [packed("{")]: /line 1/,
    [packed(" ".repeat(70_000))]: /64 KiB/,
    [packed('{"__proto__":{}}')]: /__proto__/,
    [packed('{"inputs":{"lanes":[]}}')]: /workload/,
    [packed('{"inputs":{"workload":{"script":[]},"lanes":[],"seed":"NaN"}}')]: /seed/,
    [`#v1.${"A".repeat(100_000)}`]: /longer/,
  };
  for (const [path, sentence] of Object.entries(bad)) {
    const page = await openPage({ path });
    assert.deepEqual(await state(page), fresh);
    const notice = page.locator(".notice.refused");
    assert.match(await notice.innerText(), sentence);
    assert.equal(await notice.count(), 1);
    page.assertQuiet();
    await page.close();
  }
});

test("a bad fragment costs less than 50 ms", async () => {
  const page = await openPage();
  const took = await page.evaluate(async (hash) => {
    const begin = performance.now();
    location.hash = hash;
    await new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
    return performance.now() - begin;
  }, packed(`{"inputs":${"[".repeat(30_000)}`));
  assert.ok(took < 50, `${took} ms`);
});

test("what the query asks for is there, and what is wrong in it is named", async () => {
  const page = await openPage({ path: "?scenario=leaderboard&SEED=9&step=40&theme=dark" });
  assert.equal((await state(page)).step, 40);
  const scenario = JSON.parse((await state(page)).scenario);
  assert.deepEqual([scenario.title, scenario.seed], ["Leaderboard", "9"]);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  assert.equal(await page.evaluate(() => localStorage.getItem("cache-playground.theme")), null);
  const other = await openPage({ path: "?embed=maybe&lesson=ttl&step=9999999" });
  const notice = await other.locator(".notice.refused").innerText();
  for (const word of ["embed", "lesson", "9999999"]) assert.ok(notice.includes(word), notice);
});

test("Share gives the link, and a file that brings the scenario back", async () => {
  const page = await openPage({ permissions: ["clipboard-read", "clipboard-write"] });
  await page.evaluate(() => cachePlayground.command({ type: "seek", step: 19 }));
  await fragment(page);
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("button", { name: "Copy: Link to this moment" }).click();
  await page.getByText("Copied.").waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(link, page.url());
  const snippet = await page.getByRole("textbox", { name: "Embed code" }).inputValue();
  assert.match(snippet, /^<iframe src="[^"]+\?embed=1#v1\.[^"]+" title="[^"]+"/);
  assert.deepEqual(await accessibilityFaults(page, "dialog.share"), []);
  await screenshot(page, "share");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save the scenario" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "cache-aside-or-write-through.json");
  const wanted = await page.evaluate(() => JSON.stringify(cachePlayground.scenario()));
  const other = await openPage({ path: "?scenario=leaderboard" });
  await other.getByRole("button", { name: "Share" }).click();
  await other.getByLabel("Open a scenario").setInputFiles(await download.path());
  await other.waitForFunction(() => cachePlayground.scenario().title !== "Leaderboard");
  assert.equal(await other.evaluate(() => JSON.stringify(cachePlayground.scenario())), wanted);
  await other.getByRole("button", { name: "Share" }).click();
  await other.getByLabel("Open a scenario").setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from('{"lanes":[}') });
  await other.getByText(/x\.json was not opened.*line 1, column 11/).waitFor();
  assert.equal(await other.evaluate(() => JSON.stringify(cachePlayground.scenario())), wanted);
});

/** A host page with frames of the page in it, which notes what they tell. */
async function host(frames, options) {
  const page = await newPage(options);
  const html = frames.map((path, i) => `<iframe id="f${i}" src="${address(path)}" title="Frame ${i}" width="100%" height="300" sandbox="allow-scripts allow-popups"></iframe>`);
  await page.route("**/host.html", (route) =>
    route.fulfill({ contentType: "text/html", body: `<!doctype html><body style="margin:0">${html.join("")}
      <script>window.told = []; onmessage = (event) => {
        const frame = [...document.querySelectorAll("iframe")].findIndex((frame) => frame.contentWindow === event.source);
        told.push({ frame, data: event.data, at: performance.now() });
        if (event.data.subject === "lti.frameResize") document.querySelectorAll("iframe")[frame].height = event.data.height;
      }</script>` }));
  await page.goto(address("host.html"));
  for (let i = 0; i < frames.length; i++) {
    const frame = await (await page.waitForSelector(`#f${i}`)).contentFrame();
    await untilReady(frame);
  }
  return page;
}

test("an embedded page has no bar, and tells its host how tall it is until it is quiet", async () => {
  for (const width of [1280, 360]) {
    const page = await host(["?embed=1"], { viewport: { width, height: 900 } });
    await page.waitForTimeout(1_000);
    const frame = page.frames()[1];
    assert.equal(await frame.locator(".bar-top").count(), 0);
    const told = await page.evaluate(() => told);
    assert.ok(told.length >= 1 && told.length < 8, JSON.stringify(told));
    const last = told.at(-1).data;
    assert.equal(last.subject, "lti.frameResize");
    const inside = await frame.evaluate(() => [document.documentElement.scrollHeight, innerHeight]);
    assert.ok(Math.abs(inside[0] - last.height) < 2, `${inside} ${last.height}`);
    for (let i = 1; i < told.length; i++) assert.ok(told[i].at - told[i - 1].at > 80);
    // Nothing changes any more, and so nothing is told.
    await page.waitForTimeout(500);
    assert.equal((await page.evaluate(() => told)).length, told.length);
    await screenshot(page, `embedded-${width}`, { fullPage: true });
    const tops = await frame.evaluate(() =>
      [".say", ".dock", ".lanes", ".four"].map((part) => document.querySelector(part).getBoundingClientRect().top),
    );
    assert.deepEqual(tops, tops.toSorted((a, b) => a - b), "the transport stands between the sentence and the stage");
    assert.equal(await frame.locator(".lane").count(), width < 621 ? 1 : 2);
    await frame.getByRole("button", { name: "Step", exact: true }).click();
    // The click is handled a moment after it was given.
    await frame.waitForFunction(() => cachePlayground.frame().step === 1);
    const link = await frame.getByRole("link", { name: "Open in Cache Playground" }).getAttribute("href");
    assert.ok(link.startsWith(address("")), link);
  }
});

test("two frames are independent, and each tells in the form it was asked for", async () => {
  const page = await host(["?embed=1&resize=lti-string", "?embed=1&resize=none&controls=step"]);
  await page.waitForTimeout(700);
  const told = await page.evaluate(() => told);
  assert.ok(told.length >= 1);
  for (const { frame, data } of told) {
    assert.equal(frame, 0);
    assert.equal(JSON.parse(data).subject, "lti.frameResize");
  }
  const [, first, second] = page.frames();
  await first.evaluate(() => cachePlayground.command({ type: "seek", step: 9 }));
  assert.equal(await second.evaluate(() => cachePlayground.frame().step), 0);
  assert.ok(await second.getByRole("button", { name: "Step", exact: true }).isVisible());
  assert.equal(await second.locator(".chips").first().isVisible(), false);
});

test("in a frame, undo goes no further back than to what the host has loaded", async () => {
  const page = await openPage({ path: "?embed=1&scenario=leaderboard" });
  const title = () => page.evaluate(() => cachePlayground.scenario().title);
  const undo = () => page.keyboard.press("Control+z");
  await undo();
  assert.equal(await title(), "Leaderboard");
  await page.evaluate(() => cachePlayground.load({ ...cachePlayground.scenario(), title: "The host's" }));
  await page.getByRole("spinbutton", { name: "Capacity of lane A, in entries" }).fill("7");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => cachePlayground.scenario().lanes[0].cache.capacity === 7);
  await page.getByRole("button", { name: "Step", exact: true }).focus();
  await undo();
  await page.waitForFunction(() => cachePlayground.scenario().lanes[0].cache.capacity !== 7);
  await undo();
  assert.equal(await title(), "The host's");
  // A link is where somebody begins as well, in a page of its own.
  const own = await openPage({ path: "?scenario=leaderboard" });
  await own.getByRole("button", { name: "Undo: nothing to undo" }).waitFor();
});
