// The panel "Day": what it shows is what the program computes, a moment can be read by pointer and keys, a link keeps
// the day, and what cannot be is refused.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, button, closePages, openPage, shutDown } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const panel = (page) => page.locator("#day");
const field = (page, name) => panel(page).getByLabel(name, { exact: true });
const chart = (page, name) => panel(page).getByRole("slider", { name, exact: true });
const says = (page, what) => panel(page).locator(".plan-verdict").filter({ hasText: what }).waitFor();

const dollars = (micro) =>
  `$${(Math.round(micro / 10_000) / 100).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

async function open(options) {
  const page = await openPage({ reducedMotion: "reduce", ...options });
  await button(page, "Day").click();
  await panel(page).waitFor();
  return page;
}

const untilInForce = (page, name, value) =>
  page.waitForFunction(([name, value]) => cachePlayground.scenario().day[name] === value, [name, value]);

async function type(page, name, value) {
  await field(page, name).fill(value);
  await field(page, name).press("Enter");
}

/** What the page shows is what the program computes. */
async function agrees(page) {
  const { total, even } = await api(page, "day");
  const expected = [total.nodes.day, total.serverless.day].map((cost) => dollars(cost.total_micro_usd));
  await page.waitForFunction(
    (expected) => [...document.querySelectorAll("#day .plan-total output")].map((of) => of.textContent).join("|") === expected,
    expected.join("|"),
  );
  const cells = await panel(page).locator(".day-even tbody tr").evaluateAll((rows) =>
    rows.map((row) => [...row.children].map((cell) => cell.textContent)),
  );
  const rows = Object.fromEntries(cells.map(([name, ...values]) => [name, values]));
  const both = (of) => [of(total), of(even)];
  const count = (value) => value.toLocaleString("en");
  assert.deepEqual(rows["Node-based, a month"], both((of) => dollars(of.nodes.month.total_micro_usd)));
  assert.deepEqual(rows["Serverless, a month"], both((of) => dollars(of.serverless.month.total_micro_usd)));
  assert.deepEqual(rows["Serverless throttles"], both((of) => count(of.serverless.throttled)));
  assert.deepEqual(rows["Nodes leave unserved"], both((of) => count(of.nodes.beyond + of.nodes.failed)));
  return { total, even };
}

test("ten busy minutes against a steady load, in dollars", async () => {
  const page = await open();
  await agrees(page);
  await button(page, "Ten busy minutes, pre-scaled").click();
  await says(page, /^Serverless is cheaper by \$13\.61 a day: \$3\.21 against \$16\.82\. Both serve every request\.$/);
  const { total, even } = await agrees(page);
  assert.equal(total.requests, 86_400_000);
  assert.deepEqual([total, even].map((of) => dollars(of.serverless.month.total_micro_usd)), ["$97.59", "$67.36"]);
  await button(page, "The same requests, steady").click();
  await says(page, /^Serverless is cheaper by \$6\.20 a day: \$2\.21 against \$8\.41\./);
  await panel(page).locator("[aria-pressed=true]", { hasText: "The same requests, steady" }).waitFor();
  await agrees(page);
  await button(page, "Ten busy minutes").click();
  await says(page, /Serverless throttles .* The nodes serve every request\.$/);
  await agrees(page);
  page.assertQuiet();
});

test("every moment of the day can be read, by keys and by pointer", async () => {
  const page = await open();
  await button(page, "Ten busy minutes").click();
  await untilInForce(page, "shape", "spike");
  const { steps } = await api(page, "day");
  const step = (await api(page, "frame")).step;
  const traffic = chart(page, "Traffic");
  const spoken = () => traffic.getAttribute("aria-valuetext");
  const read = async (second) => {
    const of = steps[second / 10];
    const rate = (requests) => Math.round(requests / 10).toLocaleString("en");
    const at = `Demand ${rate(of.requests)}, Nodes support ${rate(of.nodes.supports)}, Serverless supports ${rate(of.serverless.supports)}`;
    assert.ok((await spoken()).endsWith(at), `${await spoken()} is not ${at}`);
  };
  await traffic.focus();
  await page.keyboard.press("Home");
  assert.match(await spoken(), /^Time of day 0:00,/);
  for (let hour = 0; hour < 12; hour++) await page.keyboard.press("PageUp");
  assert.match(await spoken(), /^Time of day 12:00,/);
  await read(43_200);
  for (let times = 0; times < 15; times++) await page.keyboard.press("ArrowRight");
  assert.match(await spoken(), /^Time of day 12:02:30,/);
  await read(43_350);
  assert.equal(steps[4335].serverless.ecpu_per_second, 60_000, "doubled after 150 s");
  await page.keyboard.press("PageDown");
  assert.match(await spoken(), /^Time of day 11:02:30,/);
  await page.keyboard.press("End");
  assert.match(await spoken(), /^Time of day 23:59:50,/);
  assert.equal((await api(page, "frame")).step, step, "the page's own keys leave the chart alone");
  // The ten minutes closer up.
  await button(page, "Busiest hour").click();
  await traffic.focus();
  await page.keyboard.press("Home");
  assert.match(await spoken(), /^Time of day 12:00,/);
  await page.keyboard.press("PageUp");
  assert.match(await spoken(), /^Time of day 12:02:30,/);
  await read(43_350);
  await page.keyboard.press("End");
  assert.match(await spoken(), /^Time of day 12:59:50,/);
  await button(page, "Whole day").click();
  // Both charts are read at one moment.
  const box = await traffic.boundingBox();
  await traffic.hover({ position: { x: box.width / 2, y: box.height / 2 } });
  assert.match(await chart(page, "Not served").getAttribute("aria-valuetext"), /^Time of day 1[12]:/);
  page.assertQuiet();
});

test("a failover, a table of the hours, and a link that keeps the day", async () => {
  const page = await open();
  await type(page, "Peak rate", "90000");
  await untilInForce(page, "peak_per_second", 90_000);
  await field(page, "Shape").selectOption("Steady");
  await untilInForce(page, "shape", "steady");
  await panel(page).getByRole("switch", { name: "Failover hour" }).click();
  await untilInForce(page, "failover_hour", 12);
  const hour = panel(page).getByRole("spinbutton", { name: "Failover hour", exact: true });
  await hour.fill("7");
  await hour.press("Enter");
  await untilInForce(page, "failover_hour", 7);
  const { total } = await agrees(page);
  assert.equal(total.nodes.failed, 90_000 * 5.2);
  await panel(page).getByText("The primary of one shard fails at 7:00, and 468,000 requests fail for 5.2 s, until a replica has taken over.").waitFor();
  await button(page, "As a table").click();
  const row = panel(page).locator("table", { hasText: "hour by hour" }).locator("tbody tr").nth(7);
  assert.deepEqual(await row.locator("th, td").allTextContents(), ["7:00", "324,000,000", "0", "468,000", "0"]);
  const hash = await page.evaluate(() => new Promise((resolve) => setTimeout(() => resolve(location.hash), 800)));
  const other = await openPage({ path: hash, reducedMotion: "reduce" });
  await panel(other).waitFor();
  const { day } = await api(other, "scenario");
  assert.deepEqual([day.shape, day.peak_per_second, day.failover_hour], ["steady", 90_000, 7]);
  page.assertQuiet();
});

test("what cannot be is refused with the field, the value and the range", async () => {
  const page = await open();
  await type(page, "Peak rate", "20000001");
  const why = panel(page).getByRole("alert");
  assert.equal(await why.textContent(), "Peak rate must be from 0 to 20000000, but is 20000001.");
  const thrown = await page.evaluate(() => {
    const scenario = cachePlayground.scenario();
    scenario.day.busy_minutes = 0;
    try {
      cachePlayground.load(scenario);
    } catch (error) {
      return [error.path, error.message];
    }
  });
  assert.deepEqual(thrown, ["/day/busy_minutes", "day.busy_minutes must be from 1 to 720, but is 0."]);
  page.assertQuiet();
});

test("on a narrow screen and with large text, nothing scrolls sideways", async () => {
  const page = await open({ viewport: { width: 320, height: 720 } });
  await button(page, "Ten busy minutes, pre-scaled").click();
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(await wide(), 0);
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  const [has, shows] = await panel(page).evaluate((of) => [of.scrollWidth, of.clientWidth]);
  assert.ok(has <= shows, `${has} px in ${shows} px`);
  page.assertQuiet();
});
