// The page in Chromium, Firefox and WebKit: the same simulation, and what a person does with it works. Engines
// that are not installed are skipped.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ENGINES, open, press, until } from "./engines/index.mjs";
import { geometryFaults } from "./geometry.mjs";
import { address } from "./harness.mjs";

const rows = readFileSync(new URL("../support/data/hashes.tsv", import.meta.url), "utf8").split(/\r?\n/);
const GOLDEN = rows.map((row) => row.split("\t")).find(([name]) => name === "opening")?.[1];

const folder = mkdtempSync(join(tmpdir(), "cache-playground-"));
after(() => rmSync(folder, { recursive: true }));

/** The hashes of all lanes at every step of the opening scene in the first engine, for the others to compare with. */
let reference;

const step = (driver) => driver.evaluate(() => cachePlayground.frame().step);

/** Waits until this step is drawn. */
const drawn = (driver, step) =>
  until(driver, `step ${step} is drawn`, (step) => document.querySelector(".say-at").textContent.startsWith(`step ${step.toLocaleString("en")} of `), step);

/** Two pictures later everything is drawn at its new size. */
async function settled(driver) {
  await driver.evaluate(() => {
    window.pictures = 0;
    const count = () => (window.pictures += 1) < 3 && requestAnimationFrame(count);
    requestAnimationFrame(count);
  });
  await until(driver, "two pictures are drawn", () => window.pictures >= 3);
}

for (const engine of ENGINES) {
  const missing = engine.missing();
  if (missing) console.log(`Skipping ${engine.name}: ${missing}.`);
  describe(engine.name, { skip: missing !== undefined }, () => {
    /** @type {import("./engines/index.mjs").Driver} */
    let driver;
    before(async () => {
      driver = await engine.start();
      await driver.resize(1280, 800);
    });
    after(() => driver?.close());

    test("every step has the same state forward and back as in every other engine, and the golden log", async () => {
      await open(driver, address("?motion=reduce"));
      const { forward, back, log } = await driver.evaluate(() => {
        const steps = cachePlayground.stepCount();
        const hashes = (by) =>
          Array.from({ length: steps }, () => {
            cachePlayground.command({ type: "step", by, unit: "event" });
            return cachePlayground.stateHash();
          });
        const start = cachePlayground.stateHash();
        const forward = [start, ...hashes(1)];
        const back = [forward.at(-1), ...hashes(-1)];
        return { forward, back, log: cachePlayground.logHash() };
      });
      assert.ok(forward.length > 50, `${forward.length} steps`);
      assert.deepEqual(back.toReversed(), forward);
      assert.equal(log, GOLDEN);
      reference ??= forward;
      assert.deepEqual(forward, reference);
    });

    test("the Step button and the arrow keys step, both ways", async () => {
      await open(driver, address("?motion=reduce"));
      await press(driver, ".ic.main");
      await drawn(driver, 1);
      for (const [key, to] of [["ArrowRight", 2], ["ArrowRight", 3], ["ArrowLeft", 2], ["End", reference.length - 1], ["Home", 0]]) {
        await driver.press(key);
        await drawn(driver, to);
      }
    });

    test("Play moves the picture through the steps, and pauses", async () => {
      await open(driver, address());
      await press(driver, "[aria-label=Play]");
      await until(driver, "it has come to step 2", () => cachePlayground.frame().step >= 2);
      // What is on its way is drawn at many places between its ends.
      await driver.evaluate(() => {
        window.places = new Set();
        const note = () => {
          for (const pill of document.querySelectorAll(".stage .pill")) places.add(pill.getAttribute("transform"));
          requestAnimationFrame(note);
        };
        note();
      });
      await until(driver, "something has moved", () => places.size >= 6);
      await press(driver, "[aria-label=Pause]");
      await until(driver, "it has paused", () => document.querySelector("[aria-label=Play]") !== null);
      const paused = await step(driver);
      await new Promise((done) => setTimeout(done, 400));
      assert.equal(await step(driver), paused);
    });

    test("a press on an entry of the stage acts on that entry", async () => {
      await open(driver, address("?motion=reduce&step=20"));
      const key = await driver.evaluate(() => document.querySelector(".stage .chip[data-key]").dataset.key);
      await press(driver, ".stage .chip[data-key]");
      await until(driver, "its menu is open", () => document.querySelector(".menu.acts:popover-open") !== null);
      const follow = [...Array(9).keys()].map((nth) => `.menu.acts [role=menuitem]:nth-of-type(${nth + 1})`);
      const place = await driver.evaluate(
        (all) => all.findIndex((item) => document.querySelector(item)?.textContent === "Follow it"),
        follow,
      );
      await press(driver, follow[place]);
      await until(driver, "its events are listed", () => document.querySelector("#follow .events-list li") !== null);
      const heading = await driver.evaluate(() => document.querySelector("#follow").textContent);
      assert.ok(heading.includes(key), `${key} in ${heading.slice(0, 200)}`);
    });

    test("a trace file is opened", async () => {
      await open(driver, address("?motion=reduce"));
      const path = join(folder, "shop.txt");
      writeFileSync(path, Array.from({ length: 3000 }, (_, i) => `product:${(i * i * 7) % 613}`).join("\n"));
      await driver.choose("#trace-file", path);
      await until(driver, "the whole file is counted", () => document.querySelector(".whole-file")?.textContent.includes("shop.txt"));
      const keys = await driver.evaluate(() => cachePlayground.scenario().workload.script.slice(0, 3).map(({ key }) => key));
      assert.deepEqual(keys, ["product:0", "product:7", "product:28"]);
    });

    test("a link opens the very moment that it was made at", async () => {
      await open(driver, address("?motion=reduce"));
      await driver.evaluate(() => {
        cachePlayground.command({ type: "seek", step: 12 });
        cachePlayground.command({ type: "fault", fault: "restart-cache", lane: 1 });
        cachePlayground.command({ type: "seek", step: 25 });
      });
      const hash = await driver.evaluate(() => cachePlayground.stateHash());
      await until(driver, "the address is written", () => location.hash.length > 3);
      const url = await driver.evaluate(() => location.href);
      await open(driver, url);
      assert.equal(await driver.evaluate(() => cachePlayground.stateHash()), hash);
      await drawn(driver, 25);
    });

    for (const width of [1280, 390]) {
      test(`everything fits and can be read, ${width} px wide`, async () => {
        await driver.resize(width, 800);
        for (const [at, oneLine] of [["?motion=reduce&step=20", width > 1240], ["?motion=reduce&scenario=leaderboard&step=300"], ["?motion=reduce&embed=1&step=20"]]) {
          await open(driver, address(at));
          await settled(driver);
          assert.equal(await driver.evaluate(() => innerWidth), width);
          assert.deepEqual(await driver.evaluate(geometryFaults), [], at);
          assert.deepEqual(await driver.evaluate(layoutFaults, oneLine ?? false), [], at);
        }
      });
    }
  });
}

/** Parts that overlap or break into more lines than they have in another engine. Runs in the page. */
function layoutFaults(oneLine) {
  const faults = [];
  const boxes = (selector) => [...document.querySelectorAll(selector)].filter((of) => of.checkVisibility()).map((of) => [of, of.getBoundingClientRect()]);
  for (const [lane, { bottom }] of boxes(".lane")) {
    for (const selector of [".top", ".stage", ".code", ".req"]) {
      const part = lane.querySelector(selector).getBoundingClientRect();
      if (part.bottom > bottom + 1) faults.push(`${selector} ends ${(part.bottom - bottom).toFixed(1)} px below its lane`);
    }
  }
  const parts = boxes(".bar-top, .say, .lanes, .metrics-box, .compared, .tabs, main > .panels:not(:empty)");
  parts.forEach(([part, box], i) => {
    const before = parts[i - 1];
    const beside = before && box.left >= before[1].right - 1;
    if (before && !beside && box.top < before[1].bottom - 1) faults.push(`.${part.className} overlaps .${before[0].className}`);
  });
  const controls = boxes(".chips > *, .bar-top > *");
  controls.forEach(([one, a], i) => {
    for (const [other, b] of controls.slice(i + 1)) {
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1 && !one.closest(".sr-only") && !other.closest(".sr-only")) {
        faults.push(`“${one.textContent.slice(0, 20)}” overlaps “${other.textContent.slice(0, 20)}”`);
      }
    }
  });
  if (!oneLine) return faults;
  // On a wide page the inputs of a lane stand in one line beside its name, and the legend in one line.
  for (const [top] of boxes(".top")) {
    const lines = new Set([...top.querySelectorAll(".chip-control")].map((control) => Math.round(control.getBoundingClientRect().top)));
    const name = top.querySelector(".lane-name").getBoundingClientRect();
    const chips = top.querySelector(".chips").getBoundingClientRect();
    if (lines.size > 1 || chips.top > name.bottom) faults.push(`the inputs of a lane stand in ${lines.size} lines, ${chips.top > name.bottom ? "below" : "beside"} its name`);
  }
  for (const [legend] of boxes(".marks-legend")) {
    const tops = new Set([...legend.children].filter((of) => of.checkVisibility()).map((of) => Math.round(of.getBoundingClientRect().top)));
    if (tops.size > 1) faults.push(`the legend stands in ${tops.size} lines`);
  }
  return faults;
}
