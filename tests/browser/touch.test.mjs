// A finger: it presses, it drags the playhead, and where it moves up or down the page scrolls.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { closePages, openPage, seek, shutDown, stepOf, untilDrawn } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const phone = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true, reducedMotion: "reduce" };

/** Moves a finger over the page as the screen would tell of it, and lifts it. */
async function swipe(page, from, to, steps = 8) {
  const session = await page.context().newCDPSession(page);
  const send = (type, points) => session.send("Input.dispatchTouchEvent", { type, touchPoints: points });
  await send("touchStart", [from]);
  for (let i = 1; i <= steps; i += 1) {
    const at = (axis) => from[axis] + ((to[axis] - from[axis]) * i) / steps;
    await send("touchMove", [{ x: at("x"), y: at("y") }]);
    await page.waitForTimeout(20);
  }
  await send("touchEnd", []);
}

test("on a touch screen everything is large enough for a finger", async () => {
  const page = await openPage(phone);
  assert.ok(await page.evaluate(() => matchMedia("(pointer: coarse)").matches));
  const small = await page.locator(".dock button, .chip-control, .solo button, .bar-top button").evaluateAll((all) =>
    all
      .filter((of) => of.checkVisibility())
      .map((of) => [of.getAttribute("aria-label") ?? of.textContent, of.getBoundingClientRect()])
      .filter(([, { width, height }]) => width < 28 || height < 32)
      .map(([name, { width, height }]) => `${name}: ${width} × ${height}`),
  );
  assert.deepEqual(small, []);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  page.assertQuiet();
});

test("a tap steps, and a tap on an entry opens its menu, which follows it", async () => {
  const page = await openPage(phone);
  await page.getByRole("button", { name: "Step", exact: true }).tap();
  await untilDrawn(page, 1);
  await page.locator(".chip").first().tap();
  await page.getByRole("menuitem", { name: "Follow it" }).tap();
  await page.locator("#follow .events-list li").first().waitFor();
  page.assertQuiet();
});

test("along the timeline a finger drags the playhead, and up or down it scrolls the page", async () => {
  const page = await openPage(phone);
  await seek(page, 2);
  const track = await page.locator(".timeline-track").boundingBox();
  const y = track.y + track.height / 2;
  await swipe(page, { x: track.x + 40, y }, { x: track.x + track.width - 40, y });
  // The playhead follows the finger with the animation frames, and is where it was lifted when that is over.
  await page.waitForFunction(
    () => cachePlayground.frame().step > 50 && !document.documentElement.hasAttribute("data-dragging"),
  );
  const step = await stepOf(page);
  const scrolled = () => page.evaluate(() => scrollY);
  assert.equal(await scrolled(), 0);
  await swipe(page, { x: 180, y: 420 }, { x: 180, y: 120 });
  await page.waitForFunction(() => scrollY > 100);
  assert.equal(await stepOf(page), step, "the stage is no obstacle");
  page.assertQuiet();
});

test("where one lane fills the screen, a swipe goes to the next, and no further than the last", async () => {
  let page = await openPage(phone);
  const shown = () => page.locator(".lane").evaluateAll((lanes) => lanes.map((lane) => lane.getAttribute("aria-label")[5]).join(""));
  const sideways = async (from, to) => {
    const { y } = await page.locator(".lane .stage-box").first().boundingBox();
    await swipe(page, { x: from, y: y + 60 }, { x: to, y: y + 66 });
    // A tap that follows at once would be the second of a double one to the browser.
    await page.waitForTimeout(400);
  };
  await page.getByRole("button", { name: "all", exact: true }).tap();
  await sideways(300, 60);
  assert.equal(await shown(), "AB", "all lanes are there: nothing to swipe to");
  page.assertQuiet();
  // Another page: on a slow machine the browser can take a tap behind a swipe for a part of it.
  page = await openPage(phone);
  await sideways(300, 60);
  await page.waitForFunction(() => document.querySelector(".lane").ariaLabel.startsWith("Lane B"));
  await sideways(300, 60);
  assert.equal(await shown(), "B");
  await sideways(60, 300);
  await page.waitForFunction(() => document.querySelector(".lane").ariaLabel.startsWith("Lane A"));
  assert.equal(await stepOf(page), 0, "nothing else moved");
  page.assertQuiet();
});
