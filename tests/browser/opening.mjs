// What a person does with the opening before anything else, by the page's own controls: what all of it
// takes is the first part of the page's program. Other colours and another size of the window can wait for the second,
// which comes by itself a moment after the first picture.
import { backButton, stepButton, untilDrawn } from "./harness.mjs";

const slider = (page) => page.getByRole("slider", { name: "Step" });
const lastStep = async (page) => Number(await slider(page).getAttribute("max"));
const frames = (page, count) =>
  page.evaluate(async (left) => {
    for (; left > 0; left -= 1) await new Promise(requestAnimationFrame);
  }, count);

/** Steps forth and back by button and key, one by one through the whole run, and by every unit. */
export async function stepThrough(page) {
  const last = await lastStep(page);
  const until = (number) => untilDrawn(page, number);
  await stepButton(page).click();
  await until(1);
  await stepButton(page).click();
  await until(2);
  await backButton(page).click();
  await until(1);
  await page.keyboard.press("End");
  await until(last);
  await page.keyboard.press("ArrowLeft");
  await until(last - 1);
  await page.keyboard.press("Home");
  await until(0);
  for (let number = 1; number <= last; number += 1) {
    await page.keyboard.press("ArrowRight");
    await until(number);
  }
  const units = page.getByRole("combobox", { name: "Step by", exact: true });
  for (const unit of await units.locator("option").evaluateAll((all) => all.map(({ value }) => value))) {
    await page.keyboard.press("Home");
    await until(0);
    await units.selectOption(unit);
    await units.evaluate((element) => element.blur());
    for (const key of ["n", "n", "n", "p", "Shift+ArrowRight", "Shift+ArrowLeft"]) {
      await page.keyboard.press(key);
      await frames(page, 2);
    }
    await stepButton(page).click({ force: true });
    await backButton(page).click({ force: true });
    await frames(page, 2);
  }
  await page.keyboard.press("Home");
  await until(0);
}

/** Plays a while, at several speeds, and pauses. */
export async function play(page) {
  await page.getByRole("button", { name: /^Play/ }).click();
  await page.locator(".say-at", { hasText: /^step [1-9]/ }).waitFor({ state: "attached" });
  for (const key of [">", "<"]) {
    await page.keyboard.press(key);
    await frames(page, 20);
  }
  await page.getByRole("button", { name: /^Pause/ }).click();
}

/** Points at the timeline, presses there and drags along it, and by the slider's keys. */
export async function scrub(page) {
  const { x, y, width, height } = await page.locator(".timeline-marks").boundingBox();
  const at = (share) => [x + width * share, y + height / 2];
  for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) {
    await page.mouse.move(...at(share));
    await frames(page, 2);
  }
  await page.mouse.down();
  for (let share = 0.9; share > 0.1; share -= 0.05) {
    await page.mouse.move(...at(share));
    await frames(page, 1);
  }
  await page.mouse.up();
  await page.mouse.move(10, 10);
  await slider(page).focus();
  for (const key of ["ArrowRight", "ArrowLeft", "PageUp", "PageDown", "Home"]) {
    await page.keyboard.press(key);
    await frames(page, 2);
  }
  await slider(page).evaluate((element) => element.blur());
  await untilDrawn(page, 0);
}

/** Points at the stage and scrolls, as a mouse does that is on its way while the page loads. */
export async function lookAround(page) {
  const { width, height } = page.viewportSize();
  for (const [x, y] of [[0.2, 0.3], [0.4, 0.3], [0.6, 0.4], [0.8, 0.5], [0.5, 0.9]]) {
    await page.mouse.move(width * x, height * y);
    await frames(page, 1);
  }
  await page.mouse.wheel(0, 400);
  await frames(page, 3);
}

/** All of it. */
export async function doEverything(page) {
  await stepThrough(page);
  await scrub(page);
  await play(page);
  await lookAround(page);
}
