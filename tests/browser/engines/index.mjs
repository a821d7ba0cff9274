// One page in each of three engines, with the same few things that a test can do with it.
import * as chromium from "./chromium.mjs";
import * as firefox from "./firefox.mjs";
import * as webkit from "./webkit.mjs";

/**
 * What an engine's file gives: its name; `missing()`, what has to be installed, or nothing; and
 * `start()`, which gives a driver.
 *
 * @typedef {{
 *   goto: (url: string) => Promise<void>,
 *   resize: (width: number, height: number) => Promise<void>,
 *   evaluate: (of: Function, ...values: unknown[]) => Promise<any>,
 *   press: (key: string) => Promise<void>,
 *   click: (x: number, y: number) => Promise<void>,
 *   choose: (selector: string, path: string) => Promise<void>,
 *   screenshot: () => Promise<Buffer>,
 *   close: () => Promise<void>,
 * }} Driver
 */
export const ENGINES = [chromium, firefox, webkit];

/** How long a page may take to do anything on a busy machine. */
const PATIENCE_MS = 20_000;

/**
 * Waits until a function of the page gives something true, and gives that. A page that is only just
 * being opened may answer with an error: that is not the end of waiting, but told if nothing follows.
 */
export async function until(driver, what, of, ...values) {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    let failure;
    try {
      const found = await driver.evaluate(of, ...values);
      if (found) return found;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}.`, { cause: failure });
    await new Promise((done) => setTimeout(done, 40));
  }
}

/** Opens an address, and waits until the page is ready. */
export async function open(driver, url) {
  // The same address with another fragment would not be opened anew.
  await driver.goto("about:blank");
  await driver.goto(url);
  const state = await until(driver, "the page is ready", () => {
    const card = document.querySelector("#failure");
    if (card && !card.hidden) return card.textContent;
    return document.documentElement.dataset.ready === "true" && "ready";
  });
  if (state !== "ready") throw new Error(`The page failed: ${state}`);
}

/** Presses the middle of what a selector finds, as a pointer does: another element must not cover it. */
export async function press(driver, selector) {
  const { x, y, covered } = await until(
    driver,
    `there is ${selector}`,
    (selector) => {
      const element = document.querySelector(selector);
      if (!element) return undefined;
      element.scrollIntoView({ block: "center" });
      const box = element.getBoundingClientRect();
      const [x, y] = [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
      const top = document.elementFromPoint(x, y);
      return { x, y, covered: element.contains(top) || top?.contains(element) ? "" : (top?.outerHTML.slice(0, 80) ?? "nothing") };
    },
    selector,
  );
  if (covered) throw new Error(`${selector} is covered by ${covered}`);
  await driver.click(x, y);
}
