// The page's program comes in two parts. The first picture and the first steps need the first only, and
// nobody can tell where something is, except by how long it takes.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { after, afterEach, test } from "node:test";
import {
  address,
  api,
  closePages,
  newPage,
  openPage,
  shutDown,
  stepOf,
  untilReady,
} from "./harness.mjs";
import { doEverything, play, stepThrough } from "./opening.mjs";

afterEach(closePages);
after(shutDown);

const LATER = "**/*_later.wasm";

/** A scenario that the first part alone can neither read nor run. */
const foreign = {
  workload: { script: [1, 2, 3, 1].map((key, at) => ({ at_us: at * 1_000_000, op: "read", key: `${key}` })) },
  lanes: [{ strategy: { read: "cache-aside", write: "write-around" }, cache: { policy: "s3fifo", capacity: 2 } }],
};

/**
 * An opened page whose second part is not answered in the background until `release`; `asked` tells of
 * every request for it: `fetch`, or `xhr` if the page stands still meanwhile.
 */
async function withoutSecondPart(options) {
  const page = await newPage(options);
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const asked = [];
  await page.route(LATER, async (route) => {
    const kind = route.request().resourceType();
    asked.push(kind);
    if (kind === "fetch") await held;
    await route.continue().catch(() => {});
  });
  await page.addInitScript(() => {
    globalThis.waits = [];
    const { send } = XMLHttpRequest.prototype;
    XMLHttpRequest.prototype.send = function () {
      globalThis.waits.push(new Error().stack);
      send.call(this);
    };
    Error.stackTraceLimit = 20;
  });
  await page.goto(address());
  await untilReady(page);
  return { page, release, asked };
}

/** Which function has which number in the built first part, if it was built in the usual place. */
const SYMBOLS = new URL("../../target/parts/first.symbols", import.meta.url);

/** Nothing waited for the second part: the names of the functions that did are in the message. */
async function assertNothingWaited(page, asked) {
  const lines = existsSync(SYMBOLS) ? readFileSync(SYMBOLS, "utf8").split("\n") : [];
  const names = new Map(lines.map((line) => [line.split(":", 1)[0], line.slice(line.indexOf(":") + 1)]));
  const stacks = await page.evaluate(() => globalThis.waits);
  const numbers = stacks.map((stack) => [...stack.matchAll(/wasm-function\[(\d+)\]/g)].slice(0, 8));
  const told = numbers.map((stack) => stack.map(([, number]) => names.get(number) ?? number).join(" < "));
  assert.deepEqual(asked, ["fetch"], `The page waited for the second part in\n${told.join("\n")}\nIf that is as it should be: cargo xtask profile`);
}

const isWhole = (page) => page.evaluate(() => document.documentElement.dataset.whole === "true");
const untilWhole = (page) => page.waitForSelector("html[data-whole='true']", { state: "attached" });

/** What the page makes of the foreign scenario. */
async function played(page) {
  await api(page, "load", foreign);
  await api(page, "command", { type: "seek", step: await api(page, "stepCount") });
  return { frame: await api(page, "frame"), log: await api(page, "logHash"), state: await api(page, "stateHash") };
}

for (const width of [1280, 360, 1920]) {
  test(`the opening is seen, stepped, scrubbed and played without the second part, ${width} px wide`, async () => {
    const viewport = { width, height: 800 };
    const { page, asked } = await withoutSecondPart({ viewport, reducedMotion: "reduce" });
    await doEverything(page);
    await assertNothingWaited(page, asked);
    assert.equal(await isWhole(page), false);
    page.assertQuiet();
  });
}

test("it glides and plays without the second part where motion is not reduced", async () => {
  const { page, asked } = await withoutSecondPart();
  await doEverything(page);
  await page.waitForTimeout(1_500);
  await assertNothingWaited(page, asked);
  page.assertQuiet();
});

test("the second part comes by itself after the first picture, and once", async () => {
  const asked = [];
  const page = await newPage();
  page.on("request", (request) => /_later\.wasm/.test(request.url()) && asked.push(request.resourceType()));
  await page.goto(address());
  await untilReady(page);
  await untilWhole(page);
  await played(page);
  assert.deepEqual(asked, ["fetch"]);
  page.assertQuiet();
});

test("what needs the second part sooner waits for it, and does the same", async () => {
  const whole = await openPage();
  await untilWhole(whole);
  const expected = await played(whole);
  const { page, release, asked } = await withoutSecondPart();
  assert.deepEqual(await played(page), expected);
  assert.deepEqual(asked, ["fetch", "xhr"]);
  assert.ok(await isWhole(page));
  // Then it comes once more, which changes nothing.
  release();
  await page.waitForTimeout(300);
  assert.deepEqual(await played(page), expected);
  page.assertQuiet();
});

test("a link's state finds the second part there already", async () => {
  const asked = [];
  const page = await newPage();
  page.on("request", (request) => /_later\.wasm/.test(request.url()) && asked.push(request.resourceType()));
  await page.goto(address("#v1.abc"));
  await untilReady(page);
  await untilWhole(page);
  await played(page);
  assert.deepEqual(asked, ["fetch"]);
});

test("without the second part the opening goes on, and what needs it tells", async () => {
  const page = await newPage({ reducedMotion: "reduce" });
  await page.route(LATER, (route) => route.fulfill({ status: 404, body: "not here" }));
  await page.goto(address());
  await untilReady(page);
  await page.waitForTimeout(200);
  await stepThrough(page);
  await play(page);
  assert.ok(await page.locator("#failure").isHidden());
  page.assertQuiet({ except: [/_later\.wasm/] });
  await assert.rejects(api(page, "load", foreign));
  const card = page.locator("#failure");
  assert.ok(await card.isVisible());
  const sentence = "The rest of the program could not be loaded. Check the connection and try again.";
  assert.equal(await page.locator("#failure-sentence").textContent(), sentence);
});

test("in a sandboxed frame it waits for the second part as well", async () => {
  const page = await newPage();
  const asked = [];
  await page.route(LATER, async (route) => {
    const kind = route.request().resourceType();
    asked.push(kind);
    if (kind === "xhr") await route.continue();
  });
  // The page around it comes from this machine, since Chromium keeps other pages from framing what does.
  const body = `<!doctype html><iframe title="A simulation" sandbox="allow-scripts" src="${address()}"></iframe>`;
  await page.route(address("host"), (route) => route.fulfill({ contentType: "text/html", body }));
  await page.goto(address("host"));
  await page.frameLocator("iframe").locator("html[data-ready='true']").waitFor();
  const frame = page.frames().find((each) => each !== page.mainFrame());
  assert.equal((await played(frame)).frame.lanes.length, 1);
  assert.deepEqual(asked, ["fetch", "xhr"]);
  page.assertQuiet();
});

test("a connection that comes back is enough", async () => {
  const page = await newPage({ reducedMotion: "reduce" });
  await page.route(LATER, (route) => route.abort());
  await page.goto(address());
  await untilReady(page);
  await page.waitForTimeout(200);
  await page.unroute(LATER);
  assert.equal((await played(page)).frame.lanes.length, 1);
  assert.equal(await stepOf(page), await api(page, "stepCount"));
  page.assertQuiet({ except: [/_later\.wasm/] });
});
