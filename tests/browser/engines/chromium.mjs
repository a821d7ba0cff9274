// Chromium, by playwright-core, as all other browser tests have it.
import { launch, shutDown } from "../harness.mjs";

export const name = "Chromium";

export const missing = () => undefined;

export async function start() {
  const page = await (await launch()).newPage();
  return {
    goto: (url) => page.goto(url),
    resize: (width, height) => page.setViewportSize({ width, height }),
    evaluate: (of, ...values) => page.evaluate(`(${of})(...${JSON.stringify(values)})`),
    press: (key) => page.keyboard.press(key),
    click: (x, y) => page.mouse.click(x, y),
    choose: (selector, path) => page.locator(selector).setInputFiles(path),
    screenshot: () => page.screenshot(),
    close: shutDown,
  };
}
