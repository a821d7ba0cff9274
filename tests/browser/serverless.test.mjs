// A serverless cache, as a person meets it: a slot that throttles on the stage, and the deployment chosen in Set-up.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, closePages, openPage, seek, shutDown } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const stageOf = (page, lane) => page.locator(".stage").nth(lane);
const panel = (page) => page.locator("#set-up");
const field = (page, name) => panel(page).getByLabel(name, { exact: true });

test("a hot key's slot throttles, and the stage says which and how much", async () => {
  const page = await openPage({ path: "?scenario=hot-key-serverless&motion=reduce" });
  const count = await api(page, "stepCount");
  const events = await api(page, "events", 0, count);
  const throttled = events.find((event) => event.kind === "throttle" && event.lane === 0);
  const [, slot] = /slot (\d+) has used 30 of 30 ECPUs in this second/.exec(throttled.text);
  await seek(page, throttled.step);
  const { lanes } = await api(page, "frame");
  const rate = lanes[0].cache.serverless;
  assert.deepEqual([rate.slot, rate.slot_used_milli_ecpu, rate.throttled], [Number(slot), 30_000, 1]);
  assert.ok(rate.used_milli_ecpu < 60_000 && rate.ecpu_per_second === 300);
  const words = await stageOf(page, 0).textContent();
  assert.match(words, new RegExp(`of 300 ECPU/s.*slot ${slot}: 30 of 30`));
  assert.match(words, /1 throttled/);
  assert.match(await stageOf(page, 0).locator(".pill-error").first().textContent(), /throttled/);
  assert.equal(await stageOf(page, 0).locator(".rate.used").count(), 2);
  await seek(page, count);
  const { metrics, cost } = (await api(page, "frame")).lanes[0];
  assert.ok(metrics.throttled_commands > 80);
  assert.deepEqual(cost.parts.map((part) => part.name), ["Storage", "Requests", "Database"]);
  assert.equal(cost.serverless, null);
  page.assertQuiet();
});

test("serverless chosen in Set-up brings its policy, and offers no fault of a node", async () => {
  const page = await openPage({ path: "?motion=reduce" });
  await page.getByRole("button", { name: "Set-up", exact: true }).click();
  await panel(page).getByRole("button", { name: "Cache", exact: true }).click();
  const before = page.url();
  await field(page, "Deployment of lane A").selectOption("Serverless");
  const cache = async (of) => (await api(of, "scenario")).lanes[0].cache;
  assert.deepEqual([(await cache(page)).deployment.kind, (await cache(page)).scope], ["serverless", "volatile"]);
  await page.waitForFunction((before) => location.href !== before, before);
  const other = await openPage({ path: new URL(page.url()).search + new URL(page.url()).hash });
  assert.deepEqual(await cache(other), await cache(page));
  await stageOf(page, 0).locator('[data-thing="cache"]').focus();
  await page.keyboard.press("Enter");
  const menu = page.getByRole("menu");
  await menu.waitFor();
  const acts = await menu.textContent();
  assert.match(acts, /Cut/i);
  page.assertQuiet();
});
