// The panel "Plan": dragging changes dollars, the break-even is the program's own, a link keeps the plan and the
// prices, and what cannot be a price is refused.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, button, closePages, openPage, seek, shutDown } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const panel = (page) => page.locator("#plan");
const says = (page, what) => page.locator(".plan-verdict").filter({ hasText: what }).waitFor();
const totals = (page) => page.locator(".plan-total output").allTextContents();
const slider = (page, name) => panel(page).getByRole("slider", { name: `${name}, slider`, exact: true });
const field = (page, name) => panel(page).getByLabel(name, { exact: true });

const dollars = (micro) =>
  `$${(Math.round(micro / 10_000) / 100).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

async function open(options) {
  const page = await openPage({ reducedMotion: "reduce", ...options });
  await button(page, "Plan").click();
  await panel(page).waitFor();
  return page;
}

/** Waits until the plan in force is the one that is shown. */
const untilInForce = (page, name, value) =>
  page.waitForFunction(([name, value]) => cachePlayground.scenario().plan[name] === value, [name, value]);

async function type(page, name, value) {
  await field(page, name).fill(value);
  await field(page, name).press("Enter");
}

/** What the page shows is what the program computes. */
async function agrees(page) {
  const { node_based: nodes, serverless, break_even: even } = await api(page, "plan");
  const sides = [nodes, serverless].filter(Boolean);
  const expected = sides.map((side) => dollars(side.cost.total_micro_usd));
  // A change is drawn with the next picture.
  await page.waitForFunction(
    (expected) => [...document.querySelectorAll(".plan-total output")].map((of) => of.textContent).join() === expected,
    expected.join(),
  );
  const said = await page.locator(".plan-even li").allTextContents();
  const rate = even.requests_per_second;
  assert.ok(
    rate === null ? said[0].endsWith("at every rate.") : said[0].includes(`at ${rate.toLocaleString("en")} requests per second`),
    said[0],
  );
  assert.equal(even.data_bytes.length === 0, said[1].endsWith("at every data size."), said[1]);
  const marks = await page.locator("#plan .plot").first().locator(".plot-mark-name").allTextContents();
  if (rate !== null) assert.deepEqual(marks, [rate.toLocaleString("en")]);
  return { nodes, serverless, even };
}

test("dragging changes dollars at once, and the scenario once it rests", async () => {
  const page = await open();
  const before = await agrees(page);
  assert.deepEqual(await totals(page), ["$255.79", "$67.36"]);
  // The transport stands over the lower end of the window.
  await slider(page, "Data size").evaluate((of) => of.scrollIntoView({ block: "center" }));
  const box = await slider(page, "Data size").boundingBox();
  const at = (share) => [box.x + box.width * share, box.y + box.height / 2];
  await page.mouse.move(...at(0.43));
  await page.mouse.down();
  await page.mouse.move(...at(0.6), { steps: 4 });
  const dragged = await totals(page);
  assert.notEqual(dragged[1], "$67.36");
  await page.mouse.up();
  await page.waitForFunction(() => cachePlayground.scenario().plan.data_bytes > 1e9);
  assert.deepEqual(await totals(page), dragged);
  await agrees(page);

  // By the keyboard, a stop at a time; the page's own keys leave the slider alone.
  const step = (await api(page, "frame")).step;
  await slider(page, "Requests per second").focus();
  await page.keyboard.press("ArrowRight");
  await untilInForce(page, "requests_per_second", 1100);
  await page.keyboard.press("End");
  await untilInForce(page, "requests_per_second", 20_000_000);
  assert.equal((await api(page, "frame")).step, step);
  await says(page, /^Serverless reaches a limit\. Nodes cost/);
  await panel(page).getByRole("list", { name: "Limits of serverless" }).getByText("15,000,000 ECPU per second").waitFor();

  await type(page, "Requests per second", "41305");
  await type(page, "Data size", "0.1");
  const { even } = await agrees(page);
  assert.equal(even.requests_per_second, 41_305);
  await says(page, /^Node-based is cheaper by \$0\.01 a month|^Both cost/);
  await type(page, "Requests per second", "41000");
  await says(page, /^Serverless is cheaper by \$1\.84 a month: \$253\.95 against \$255\.79\./);
  await field(page, "Engine").selectOption("Redis OSS");
  await agrees(page);
  await field(page, "Node type").selectOption("m7g.large");
  const after = await agrees(page);
  assert.notEqual(after.nodes.cost.total_micro_usd, before.nodes.cost.total_micro_usd);
  await field(page, "Engine").selectOption("Memcached");
  await panel(page).getByRole("region", { name: "Node-based" }).getByText("No source gives the price").waitFor();
  page.assertQuiet();
});

test("a link keeps the plan and the prices that were changed", async () => {
  const page = await open();
  await type(page, "Busy hours a day", "2");
  await panel(page).locator("summary", { hasText: "Prices" }).click();
  await type(page, "Storage, Valkey", "0.1");
  await button(page, "Back to the published prices").and(page.locator("[aria-disabled=false]")).waitFor();
  const shown = await totals(page);
  await page.waitForFunction(() => location.hash.startsWith("#v1."));
  const hash = await page.evaluate(
    () => new Promise((resolve) => setTimeout(() => resolve(location.hash), 800)),
  );
  const other = await openPage({ path: hash, reducedMotion: "reduce" });
  const { plan, prices } = await api(other, "scenario");
  assert.deepEqual([plan.busy_hours, prices.valkey_gb_hour_micro_usd, prices.valkey_million_ecpu_micro_usd], [2, 100_000, 2_300]);
  await panel(other).waitFor();
  assert.deepEqual(await totals(other), shown);
  await other.locator("#plan summary", { hasText: "Prices" }).click();
  await panel(other).getByText("Published: 0.084 $ per GB-hour.").waitFor();
  await button(other, "Back to the published prices").click();
  await other.waitForFunction(() => cachePlayground.scenario().prices.valkey_gb_hour_micro_usd === 84_000);
  await agrees(other);
  other.assertQuiet();
});

test("what is no price is refused with the field, the value and the range", async () => {
  const page = await open();
  await panel(page).locator("summary", { hasText: "Prices" }).click();
  const before = await api(page, "scenario");
  const why = panel(page).getByRole("alert");
  for (const [name, typed, said] of [
    ["Storage, Valkey", "-0.5", "Storage, Valkey must be from 0 to 100 $ per GB-hour, but is -0.5."],
    ["Node r7g.large, Valkey", "100.5", "Node r7g.large, Valkey must be from 0 to 100 $ an hour, but is 100.5."],
  ]) {
    await type(page, name, typed);
    assert.equal(await why.textContent(), said);
    assert.deepEqual(await api(page, "scenario"), before);
    await field(page, name).press("Escape");
    assert.equal(await why.count(), 0);
  }
  const thrown = await page.evaluate(() => {
    const scenario = cachePlayground.scenario();
    scenario.prices.redis_oss_gb_hour_micro_usd = -1;
    try {
      cachePlayground.load(scenario);
    } catch (error) {
      return [error.path, error.message];
    }
  });
  const path = "/prices/redis_oss_gb_hour_micro_usd";
  assert.deepEqual(thrown, [path, "prices.redis_oss_gb_hour_micro_usd must be from 0 to 100000000, but is -1."]);
  page.assertQuiet();
});

test("a lane and an open trace fill in what they have measured", async () => {
  const page = await open();
  assert.equal(await button(page, "From lane A").count(), 0, "nothing has been measured yet");
  await seek(page, 30);
  for (const [lane, letter] of [[0, "A"], [1, "B"]]) {
    await button(page, `From lane ${letter}`).click();
    const frame = await api(page, "frame");
    const { metrics, cache } = frame.lanes[lane];
    const { commands } = metrics;
    const expected = {
      requests_per_second: Math.max(1, Math.round(commands / (frame.at_us / 1e6))),
      value_bytes: Math.round(metrics.stored_bytes / metrics.entries),
      data_bytes: cache.used_bytes,
      read_per_mille: Math.floor((metrics.reads * 1000) / (metrics.reads + metrics.writes)),
    };
    const { plan } = await api(page, "scenario");
    for (const [name, value] of Object.entries(expected)) assert.equal(plan[name], value, `${letter}: ${name}`);
    await panel(page).getByText(`From lane ${letter} at step 30: ${commands} commands in`).waitFor();
  }
  const lines = Array.from({ length: 400 }, (_, i) => `product:${i % 50}`).join("\n");
  await page.locator("#trace-file").setInputFiles({ name: "shop.txt", mimeType: "text/plain", buffer: Buffer.from(lines) });
  await page.locator(".whole-file").waitFor();
  await button(page, "Plan").click();
  await button(page, "From the open trace").click();
  const { plan, workload } = await api(page, "scenario");
  const sizes = workload.script.map((request) => request.value_bytes);
  assert.equal(plan.value_bytes, Math.round(sizes.reduce((sum, size) => sum + size, 0) / sizes.length));
  assert.equal(plan.read_per_mille, 1000);
  await panel(page).getByText("From shop.txt: the first 400 requests: the file has no times").waitFor();
  page.assertQuiet();
});

test("on a narrow screen and with large text, nothing scrolls sideways", async () => {
  const page = await open({ viewport: { width: 320, height: 720 } });
  await panel(page).locator("summary", { hasText: "Prices" }).click();
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(await wide(), 0);
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  const [has, shows] = await panel(page).evaluate((of) => [of.scrollWidth, of.clientWidth]);
  assert.ok(has <= shows, `${has} px in ${shows} px`);
  page.assertQuiet();
});
