// What every browser test needs: one Chromium, pages that are ready, and no complaint left unseen.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import { chromium } from "playwright-core";
import { serve } from "./server.mjs";

/** The address of the site in `dist/`, which `cargo xtask build` writes, or of another one. */
export const SITE =
  process.env.CACHE_PLAYGROUND_URL ?? (await serve(fileURLToPath(new URL("../../dist", import.meta.url))));

/** How long the page may take to become ready on a busy machine. */
const READY_MS = 20_000;

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
  "--disable-dev-shm-usage",
];

let running;

/** The one Chromium of this test file. */
export function launch() {
  running ??= chromium.launch({
    executablePath: process.env.CHROME ?? "/usr/bin/chromium",
    args: ARGUMENTS,
  });
  return running;
}

/** Closes it: call from `after`, or node waits for ever. */
export async function shutDown() {
  await (await running)?.close();
  running = undefined;
}

/** Closes every page: call from `afterEach`, or those that play or glide slow down the next test. */
export async function closePages() {
  const browser = await launch();
  await Promise.all(browser.contexts().map((context) => context.close()));
}

/**
 * A page of its own context, not yet anywhere. It notes what the console, the page and the content
 * security policy complain of; `page.assertQuiet({except})` throws if there was anything.
 */
export async function newPage({
  viewport = { width: 1280, height: 800 },
  colorScheme = "light",
  reducedMotion = "no-preference",
  ...context
} = {}) {
  const browser = await launch();
  const page = await browser.newPage({ viewport, colorScheme, reducedMotion, ...context });
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.stack ?? error}`));
  page.on("console", (message) => {
    if (message.type() === "error") {
      complaints.push(`console: ${message.text()} ${message.location().url}`);
    }
  });
  await page.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
    ),
  );
  page.complaints = () => complaints;
  page.assertQuiet = ({ except = [] } = {}) => {
    const unexpected = complaints.filter((text) => !except.some((pattern) => pattern.test(text)));
    if (unexpected.length > 0) {
      throw new Error(`The page complained:\n${unexpected.join("\n")}`);
    }
  };
  return page;
}

/** The address of a path such as `?seed=7#v1.abc` in the site. */
export function address(path = "") {
  return new URL(path, SITE).href;
}

/** A page at this path that has started and drawn itself. Options as for `newPage`. */
export async function openPage({ path = "", ...options } = {}) {
  const page = await newPage(options);
  await page.goto(address(path));
  await untilReady(page);
  return page;
}

/** Waits until the page says that it is ready, and repeats the failure card's text if it fails. */
export async function untilReady(page) {
  await page.waitForSelector("html[data-ready='true'], #failure:not([hidden])", {
    state: "attached",
    timeout: READY_MS,
  });
  const card = page.locator("#failure");
  if (await card.isVisible()) {
    const details = await page.locator("#failure-text").textContent();
    throw new Error(`The page failed instead of becoming ready: ${await card.innerText()}\n${details}`);
  }
}

/** Opens the table of all numbers, if only four are shown. */
export async function showAllNumbers(page) {
  if ((await page.locator(".metrics").count()) === 0) {
    await button(page, "All numbers").click();
    await page.locator(".metrics").waitFor();
  }
}

/** Writes `target/screenshots/NAME.png` and gives its path. */
export async function screenshot(page, name, options = {}) {
  const folder = new URL("../../target/screenshots/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  const path = fileURLToPath(new URL(`${name}.png`, folder));
  await page.screenshot({ path, ...options });
  return path;
}

/**
 * The accessibility rules the page breaks, each as one line; `selector` narrows the search, `rules` the
 * rules.
 */
export async function accessibilityFaults(page, selector = "html", rules = undefined) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    ([scope, runOnly]) => globalThis.axe.run(scope, runOnly ? { runOnly } : {}),
    [selector, rules],
  );
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ target }) => target).join(", ")})`,
  );
}

/** Loads the rules into a page, for several examinations of it. */
export const prepareAccessibility = (page) => page.evaluate(axe.source);

/** The same of a page that has been prepared, without what takes time and finds nothing here. */
export async function quickAccessibilityFaults(page, rules = undefined) {
  const violations = await page.evaluate(async (runOnly) => {
    const options = { resultTypes: ["violations"], preload: false, ...(runOnly ? { runOnly } : {}) };
    const { violations } = await globalThis.axe.run(document, options);
    return violations.map(({ id, help, nodes }) => ({ id, help, targets: nodes.map(({ target }) => target.join(" ")) }));
  }, rules);
  return violations.map(({ id, help, targets }) => `${id}: ${help} (${targets.slice(0, 4).join(", ")})`);
}

/** A button by its whole name. */
export const button = (page, name) => page.getByRole("button", { name, exact: true });

/** The button that opens the list of scenes: its text says which one is open. */
export const scenesButton = (page) => page.getByRole("button", { name: /^Scenes\b/ });

/** Calls a function of the page's API as a host's script would, such as `api(page, "events", 0, 5)`. */
export function api(page, call, ...values) {
  return page.evaluate(
    ([name, args]) => globalThis.cachePlayground[name](...args),
    [call, values],
  );
}

/** The step at the playhead, according to the session. */
export async function stepOf(page) {
  return (await api(page, "frame")).step;
}

/** Waits until the page has drawn this step: what is said follows last, where not all is drawn at once. */
export function untilDrawn(page, step) {
  const drawn = page.locator(".say-at", { hasText: new RegExp(`^step ${step.toLocaleString("en")} of `) });
  return drawn.waitFor({ state: "attached" });
}

/** Moves the playhead through the API and waits for the picture. */
export async function seek(page, step) {
  await api(page, "command", { type: "seek", step });
  await untilDrawn(page, step);
}

/** The Step button: the slider is called that too. */
export function stepButton(page) {
  return page.getByRole("button", { name: "Step", exact: true });
}

/** The button back, whatever it goes back by. */
export function backButton(page) {
  return page.getByRole("button", { name: /^Back by one / });
}

/** Gives the page a file, and waits until it has been opened or refused. */
export async function openTrace(page, name, content) {
  const buffer = Buffer.from(content);
  await page.locator("#trace-file").setInputFiles({ name, mimeType: "text/plain", buffer });
  const answer = page.locator(".whole-file, .notice.refused").filter({ hasText: name });
  await answer.first().waitFor();
  return { opened: (await page.locator(".notice").count()) === 0 };
}

/** What must stay the same when something is refused: the state, the inputs and the picture. */
export async function standing(page) {
  const picture = await page.locator("main .lanes, .say, .four, .dock").evaluateAll((parts) =>
    parts.map((part) => part.innerHTML),
  );
  const [hash, log, scenario, step] = await page.evaluate(() => {
    const { cachePlayground: playground } = globalThis;
    return [playground.stateHash(), playground.logHash(), playground.scenario(), playground.frame().step];
  });
  return { hash, log, scenario, step, picture };
}
