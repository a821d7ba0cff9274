// The kinds of databases, as a person meets them: a hot partition on the stage, and a kind chosen in Set-up.
import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";
import { api, closePages, openPage, seek, shutDown, untilDrawn } from "./harness.mjs";

afterEach(closePages);
after(shutDown);

const stageOf = (page, lane) => page.locator(".stage").nth(lane);
const panel = (page) => page.locator("#set-up");
const field = (page, name) => panel(page).getByLabel(name, { exact: true });

test("a hot key's partition throttles, and the stage says which and how much", async () => {
  const page = await openPage({ path: "?scenario=hot-partition&motion=reduce" });
  const count = await api(page, "stepCount");
  const events = await api(page, "events", 0, count);
  const throttled = events.find((event) => event.kind === "refuse" && event.lane === 0);
  const [, number, needs] = /partition (\d) has used 3,000 of its 3,000 read units in this second, and the query needs (\d)/.exec(throttled.text);
  assert.equal(needs, "5");
  await seek(page, throttled.step);
  const { lanes } = await api(page, "frame");
  assert.deepEqual(lanes.map(({ database }) => [database.kind, database.connections, database.throttled]), [["dynamodb", 0, 1], ["dynamodb", 0, 0]]);
  const used = lanes[0].database.units.map((units) => units.read_used);
  assert.equal(used[number - 1], 3000);
  assert.ok(used.every((units, i) => i === number - 1 || units < 2000), String(used));
  const stage = stageOf(page, 0);
  assert.match(await stage.textContent(), new RegExp(`DynamoDB.*1 throttled.*part(\\.|ition) ${number}: 3,000( of |/)3,000 read`));
  assert.match(await stage.locator(".pill-error").first().textContent(), /throttled/);
  assert.equal(await stage.locator(".partition.used").count(), 4);
  assert.equal(await stage.locator(".connection").count(), 0);
  // At the end the table counts them, and the errors that they were.
  await seek(page, count);
  const { metrics } = (await api(page, "frame")).lanes[0];
  assert.ok(metrics.throttled > 300);
  assert.equal(metrics.failed_trips, metrics.throttled);
  page.assertQuiet();
});

test("a kind chosen in Set-up brings its latencies, and is in the link", async () => {
  const page = await openPage({ path: "?motion=reduce" });
  await page.getByRole("button", { name: "Set-up", exact: true }).click();
  await panel(page).getByRole("button", { name: "Database", exact: true }).click();
  await field(page, "Kind of lane A").selectOption("DynamoDB");
  const database = async (of) => (await api(of, "scenario")).lanes[0].database;
  assert.equal((await database(page)).kind, "dynamodb");
  assert.deepEqual((await database(page)).read, { p50_us: 4_000, p90_us: 7_300, p99_us: 12_000, max_us: 36_000 });
  await field(page, "Capacity mode of lane A").selectOption("Provisioned");
  const partitions = panel(page).locator("input").and(field(page, "Partitions of lane A"));
  await partitions.fill("65");
  await partitions.press("Enter");
  assert.equal((await database(page)).partitions, 4, "65 is out of range");
  await partitions.fill("64");
  await partitions.press("Enter");
  assert.equal((await database(page)).partitions, 64);
  await page.waitForFunction(() => location.hash.length > 3);
  const other = await openPage({ path: new URL(page.url()).search + new URL(page.url()).hash });
  assert.deepEqual(await database(other), await database(page));
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await untilDrawn(page, (await api(page, "frame")).step);
  const before = await database(page);
  assert.deepEqual([before.kind, before.read.p99_us], ["relational", 20_000], "the choice is undone as a whole");
  page.assertQuiet();
});
