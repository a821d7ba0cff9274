// The opening scene is seen before the program is there, and nothing moves when the program takes over.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { address, closePages, newPage, shutDown, untilReady } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

/** A page whose program does not arrive before `release`. */
async function withoutProgram({ path = "", ...options } = {}) {
  const page = await newPage(options);
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/cache-playground-*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(address(path));
  return { page, release };
}

/** The places of the parts of the page, in pixels. */
const places = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("#app > header, .say, .lanes, .lane, .stage, .code, .four, .compared, .dock")].map((part) => {
      const { left, top, width, height } = part.getBoundingClientRect();
      // What the row of comparisons says differs with its panels below: it is as wide as its words.
      const across = part.matches(".compared") ? 0 : width;
      return { name: part.className.baseVal ?? part.className, box: [left, top, across, height].map(Math.round) };
    }),
  );

for (const width of [320, 360, 390, 480, 600, 768, 1000, 1024, 1100, 1280, 1536, 1920]) {
  for (const colorScheme of width % 640 === 0 ? ["light", "dark"] : ["light"]) {
    test(`the first picture stays where it is, ${width} px wide, ${colorScheme}`, async () => {
      const { page, release } = await withoutProgram({ viewport: { width, height: 800 }, colorScheme });
      await page.locator(".lane").first().waitFor();
      const before = await places(page);
      const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const colour = await background();
      assert.ok(await page.locator("#app").evaluate((app) => app.inert && app.ariaBusy === "true"));
      release();
      await untilReady(page);
      assert.deepEqual(await places(page), before);
      assert.equal(await background(), colour);
      assert.ok(await page.locator("#app").evaluate((app) => !app.inert && !app.ariaBusy));
      page.assertQuiet();
    });
  }
}

test("an address with a state of its own shows no picture of another one", async () => {
  for (const path of ["?seed=7", "#v1.abc"]) {
    const { page } = await withoutProgram({ path });
    await page.locator(".loading").waitFor();
    await page.waitForTimeout(200);
    assert.equal(await page.locator(".lane").count(), 0);
  }
});

test("the first picture has the theme of the last visit", async () => {
  const { page, release } = await withoutProgram();
  await page.evaluate(() => localStorage.setItem("cache-playground.theme", "dark"));
  await page.reload({ waitUntil: "domcontentloaded" });
  await page.locator(".lane").first().waitFor();
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  release();
  await untilReady(page);
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  page.assertQuiet();
});
