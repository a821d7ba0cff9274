// Present mode: what an audience looks at is in the window, large, and a remote control steps.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { geometryFaults } from "./geometry.mjs";
import { api, button, closePages, openPage, screenshot, seek, shutDown, stepOf, untilDrawn } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const present = async (options = {}) => {
  const page = await openPage({ reducedMotion: "reduce", ...options });
  await button(page, "Present").click();
  await button(page, "Leave").waitFor();
  return page;
};

const isOn = (page) => page.evaluate(() => document.documentElement.hasAttribute("data-present"));

test("the button begins present mode, and the one beside the title, Escape and F5 end it", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await seek(page, 12);
  const sizes = () => page.locator(".say-text, .stage .chip .k").evaluateAll((parts) => parts.slice(0, 2).map((part) => part.getBoundingClientRect().height));
  const before = await sizes();
  for (const leave of [() => button(page, "Leave").click(), () => page.keyboard.press("Escape"), () => page.keyboard.press("F5")]) {
    await button(page, "Present").click();
    await button(page, "Leave").waitFor();
    assert.ok(await isOn(page));
    const larger = await sizes();
    larger.forEach((size, i) => assert.ok(size > before[i] * 1.1, `${before[i]} px became ${size}`));
    for (const gone of [".bar-top", ".tabs", ".panels", ".chips", ".opts"]) assert.ok(await page.locator(gone).first().isHidden(), gone);
    await leave();
    await page.locator(".bar-top").waitFor();
    assert.ok(!(await isOn(page)));
    assert.deepEqual(await sizes(), before);
    assert.equal(await stepOf(page), 12);
  }
  page.assertQuiet();
});

test("the address begins it as well, in the same form", async () => {
  const look = (page) =>
    page.evaluate(() => [...document.querySelectorAll("#app *")].map((of) => {
      const { x, y, width, height } = of.getBoundingClientRect();
      return [of.tagName, ...[x, y, width, height].map(Math.round), of.children.length === 0 ? of.textContent : ""].join(" ");
    }));
  const pressed = await present();
  const asked = await openPage({ path: "?present=1", reducedMotion: "reduce" });
  const [one, other] = [await look(asked), await look(pressed)];
  assert.deepEqual(one.filter((of, i) => of !== other[i]), []);
  await asked.keyboard.press("Escape");
  await asked.locator(".bar-top").waitFor();
});

test("the keys of a remote control step, and empty the screen", async () => {
  const page = await present();
  for (const [key, step] of [["PageDown", 1], ["PageDown", 2], ["PageUp", 1], ["ArrowRight", 2], ["ArrowLeft", 1]]) {
    await page.keyboard.press(key);
    await untilDrawn(page, step);
  }
  for (const key of [".", "b"]) {
    await page.keyboard.press(key);
    await page.locator(".screen-blank").waitFor();
    const [width, height] = await page.locator(".screen-blank").evaluate((of) => [of.clientWidth, of.clientHeight]);
    assert.deepEqual([width, height], [1280, 800]);
    // Any key brings the page back, and does nothing else.
    await page.keyboard.press("PageDown");
    await page.locator(".screen-blank").waitFor({ state: "detached" });
    assert.equal(await stepOf(page), 1);
    assert.ok(await isOn(page));
  }
  // With "step by" set to requests, a press of the remote control is one request.
  await page.keyboard.press("Escape");
  await page.getByLabel("Step by", { exact: true }).selectOption("request");
  await button(page, "Present").click();
  const begun = (await api(page, "frame")).requests_begun;
  await page.keyboard.press("PageDown");
  await page.waitForFunction((begun) => cachePlayground.frame().requests_begun === begun + 1, begun);
  page.assertQuiet();
});

test("behind the last step the remote control shows the recap, and goes back to the stage", async () => {
  const page = await present();
  const last = await api(page, "stepCount");
  await seek(page, last - 1);
  await page.keyboard.press("PageDown");
  await untilDrawn(page, last);
  await page.locator(".recap").waitFor();
  const isRead = () => page.evaluate(() => document.activeElement.matches(".recap") && document.activeElement.getBoundingClientRect().top < innerHeight / 2);
  assert.ok(!(await isRead()));
  for (const _ of [1, 2]) {
    await page.keyboard.press("PageDown");
    assert.ok(await isRead());
    assert.equal(await stepOf(page), last);
  }
  await page.keyboard.press("PageUp");
  assert.equal(await page.evaluate(() => scrollY), 0);
  assert.equal(await stepOf(page), last);
  await page.keyboard.press("PageUp");
  await untilDrawn(page, last - 1);
  page.assertQuiet();
});

test("keys belong to a sheet that is open above the page", async () => {
  const page = await present();
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("b");
  await page.keyboard.press("PageDown");
  assert.equal(await page.locator(".screen-blank").count(), 0);
  assert.equal(await stepOf(page), 0);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.ok(await isOn(page));
});

/** Screens of projectors, and how much a browser enlarges the page on them. */
const SCREENS = [1280, 1920].flatMap((width) => [1, 1.25, 1.5].map((scale) => [width, (width * 9) / 16, scale]));

for (const [width, height, scale] of SCREENS) {
  test(`at ${width} × ${height} and ${scale * 100} % the sentence, both stages and the transport are in the window`, async () => {
    const viewport = { width: Math.floor(width / scale), height: Math.floor(height / scale) };
    const page = await present({ viewport, deviceScaleFactor: scale });
    for (const step of [0, 7, 19, 25, await api(page, "stepCount")]) {
      await seek(page, step);
      // Where the window is low the stage shrinks to fit: what counts is its size on the projector's screen.
      const found = await page.evaluate(geometryFaults);
      const small = /is ([\d.]+) px$/;
      assert.deepEqual(found.filter((fault) => !(fault.match(small)?.[1] * scale >= 14)), [], `step ${step}`);
      const faults = await page.evaluate(() => {
        const dock = document.querySelector(".dock").getBoundingClientRect();
        const parts = [".bar-present", ".say", ".lane .stage", ".lane .under", ".dock"].flatMap((of) => [...document.querySelectorAll(of)]);
        const boxes = parts.map((part) => [part.getAttribute("class"), part.getBoundingClientRect(), part]);
        return boxes.flatMap(([name, box, part]) => {
          const end = name === "dock" ? innerHeight : dock.top;
          const said = part.querySelector?.(".say-text");
          return [
            box.top < -1 || box.bottom > end + 1 ? `${name} is at ${box.top} to ${box.bottom}, and ${end} is the end` : [],
            said && said.scrollHeight > said.clientHeight + 1 ? `${said.scrollHeight} px of sentences in ${said.clientHeight} px` : [],
          ].flat();
        });
      });
      assert.deepEqual(faults, [], `step ${step}`);
    }
    await seek(page, 19);
    await screenshot(page, `present-${width}-${scale * 100}`);
    page.assertQuiet();
  });
}
