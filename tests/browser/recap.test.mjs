// The end of a scene: every scene is played to its end, and its recap's numbers are those of the state.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, closePages, openPage, scenesButton, seek, shutDown, untilDrawn } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const grouped = (number) => number.toLocaleString("en");
const perMille = (share) => `${share / 10} %`;
const count = (number) => (number === 0 ? "none" : grouped(number));

/** What a value of this field of the frame reads like; of a span, only its digits are compared. */
const written = {
  failed_trips: (metrics) => count(Math.max(0, metrics.failed_trips - metrics.failed_requests)),
  hit_rate: ({ hits, misses }) => perMille(Math.round((hits * 1000) / (hits + misses))),
  ...Object.fromEntries(
    ["failed_requests", "violations", "lost_writes", "stale_reads", "database_reads", "database_writes", "queued_max", "evictions", "expirations", "redirects", "throttled", "throttled_commands", "entries"].map(
      (name) => [name, (metrics) => count(metrics[name])],
    ),
  ),
};

/** A span as it is written, in microseconds, and half of its last digit. */
function span(text) {
  const [number, unit] = text.split(" ");
  const us = { µs: 1, ms: 1000, s: 1_000_000 }[unit];
  const digits = (number.split(".")[1] ?? "").length;
  return [Number(number.replaceAll(",", "")) * us, (us / 10 ** digits) * 0.51 + 1];
}

function checkLine({ about, text, numbers }, { lanes, baseline }) {
  // What it is, the native tests recompute.
  if (about === "best_hit_rate") {
    const rates = lanes.map(({ metrics: { hits, misses } }) => (hits * 100) / (hits + misses));
    assert.ok(Number.parseFloat(numbers[0]) >= Math.max(...rates) - 0.05, text);
    return;
  }
  if (about === "cost") {
    const costs = lanes.filter(({ cache, cost }) => cache.capacity > 0 && cost.total_micro_usd !== null);
    const written = costs.map(({ cost }) => `$${(cost.total_micro_usd / 1e6).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`);
    assert.deepEqual(numbers, written, text);
    assert.ok(new Set(written).size > 1, text);
    return;
  }
  const values = lanes.filter(({ cache }) => !["hit_rate", "stale_reads", "evictions", "expirations", "redirects", "throttled_commands", "entries", "read_p50_us"].includes(about) || cache.capacity > 0);
  const metrics = values.map((lane) => lane.metrics);
  if (about in written) {
    const expected = metrics.map(written[about]);
    const all = new Set(expected).size === 1 && metrics.length === lanes.length ? expected.slice(0, 1) : expected;
    assert.deepEqual(numbers, all, text);
    return;
  }
  // Typical reads have a factor for each lane, and then their spans.
  const spans = about === "read_p50_us" ? numbers.filter((number) => / (µs|ms|s)$/.test(number)) : numbers;
  const factors = numbers.filter((number) => !spans.includes(number));
  const known = metrics.map((of) => of[about]).filter((value) => value !== null);
  for (const [i, value] of known.entries()) {
    const [us, rounding] = span(spans[spans.length === 1 ? 0 : i]);
    assert.ok(Math.abs(us - value) <= rounding, `${text}: ${value}`);
    if (about === "read_p50_us") {
      const factor = factors[factors.length === 1 ? 0 : i];
      const times = baseline.read_p50_us / value;
      const said = factor.match(/^([\d,.]+) times faster$/);
      if (said) assert.ok(Math.abs(Number(said[1].replaceAll(",", "")) - times) <= Math.max(0.06, times >= 10 ? 0.56 : 0.06), `${text}: ${times}`);
      else if (factor === "over 1,000 times faster") assert.ok(times >= 999, text);
      else assert.equal(factor, times < 1 ? "slower" : "no faster", text);
    }
  }
}

test("every scene ends with a recap whose numbers are the state's", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await scenesButton(page).click();
  const titles = await page.locator("#scenes .told").evaluateAll((items) => {
    const races = [...document.querySelectorAll("#scenes .menu-heading")].at(-1);
    return items
      .filter((item) => races.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_PRECEDING)
      .map((item) => item.querySelector("button").firstChild.textContent);
  });
  await page.keyboard.press("Escape");
  assert.ok(titles.length >= 6);
  for (const title of titles) {
    await scenesButton(page).click();
    await page.locator("#scenes .told button", { hasText: title }).first().click();
    await untilDrawn(page, 0);
    assert.equal(await page.locator(".recap").count(), 0, "not before the end");
    await seek(page, await api(page, "stepCount"));
    await page.locator(".recap").waitFor();
    const lines = await page.locator(".recap li[data-about]").evaluateAll((items) =>
      items.map((item) => ({
        about: item.dataset.about,
        text: item.textContent,
        numbers: [...item.querySelectorAll("b")].map((number) => number.textContent),
      })),
    );
    assert.ok(lines.length >= 2, `${title}: ${lines.map(({ text }) => text)}`);
    const frame = await api(page, "frame");
    for (const line of lines) checkLine(line, frame);
    assert.equal(await page.locator(".recap-changed").count(), 0);
    assert.ok((await page.locator(".recap-next button").count()) >= 1, title);
  }
  page.assertQuiet();
});

test("the recap leads on, is announced once, and knows a changed scene", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await page.evaluate(() => {
    globalThis.heard = 0;
    new MutationObserver(() => globalThis.heard++).observe(document.querySelector("[aria-label=Recap] [role=status]"), { childList: true });
  });
  const last = await api(page, "stepCount");
  await seek(page, last);
  await page.locator(".recap").waitFor();
  await page.locator(".recap-told").getByText("Remember").waitFor();
  assert.equal(await page.evaluate(() => globalThis.heard), 1);
  const tall = await page.locator(".lanes").evaluate((lanes) => lanes.getBoundingClientRect().top);
  await seek(page, last - 1);
  assert.equal(await page.locator(".recap").count(), 0);
  assert.equal(await page.locator(".lanes").evaluate((lanes) => lanes.getBoundingClientRect().top), tall);
  const capacity = page.getByRole("spinbutton", { name: "Capacity of lane A, in entries" });
  await capacity.fill("3");
  await capacity.press("Enter");
  await seek(page, await api(page, "stepCount"));
  await page.locator(".recap-changed").waitFor();
  const [next] = await page.locator(".recap-next button").allTextContents();
  await page.locator(".recap-next button").first().click();
  await page.locator(".scene-button", { hasText: next }).waitFor({ state: "attached" });
  await untilDrawn(page, 0);
  assert.equal(await page.evaluate(() => document.activeElement.className), "say-text");
  page.assertQuiet();
});

test("a scenario of one's own gets what happened, and no sentence that is not about it", async () => {
  const page = await openPage({ reducedMotion: "reduce" });
  await page.evaluate(() => {
    const scenario = cachePlayground.scenario();
    scenario.title = "Mine";
    scenario.workload.script = scenario.workload.script.slice(0, 4);
    cachePlayground.load(scenario);
  });
  await seek(page, await api(page, "stepCount"));
  await page.locator(".recap").waitFor();
  assert.equal(await page.locator(".recap h2").allTextContents().then((all) => all.join()), "What happened");
  page.assertQuiet();
});
